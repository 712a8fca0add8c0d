package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/** Writes a {@link StepPlan} line by line; a solver's formulas read as in its paper. */
public final class PlanBuilder {
    private final String solver;
    private final Prediction field;
    private final List<StepPlan.Step> steps = new ArrayList<>();
    private List<Instruction> instructions = new ArrayList<>();
    private int next = 1;
    private int draws;
    private int state;

    /**
     * An empty plan.
     *
     * @param field what the field has to give
     */
    public PlanBuilder(String solver, Prediction field) {
        this.solver = solver;
        this.field = field;
    }

    /** The state at the start of the current step. */
    public int state() {
        return state;
    }

    /** The field at a state. */
    public int evaluate(int value, GridPoint at) {
        instructions.add(new Instruction.Evaluate(next, known(value), at));
        return next++;
    }

    /** The next standard normal draw. */
    public int noise() {
        return noise(draws);
    }

    /** The standard normal draw of a number, where a solver counts them by its steps; the next one has the number behind it. */
    public int noise(int number) {
        draws = number + 1;
        instructions.add(new Instruction.DrawNoise(next, state, number));
        return next++;
    }

    /** A weighted value for {@link #combine}. */
    public Instruction.Term term(double coefficient, int value) {
        if (!Double.isFinite(coefficient)) {
            throw new IllegalArgumentException(solver + ": got coefficient " + coefficient + " in step " + steps.size()
                    + "; expected a finite one; keep the grid off that end of the path");
        }
        return new Instruction.Term(coefficient, known(value));
    }

    /** The sum of the terms; those with coefficient 0 are left out, unless all are. */
    public int combine(List<Instruction.Term> terms) {
        List<Instruction.Term> kept = new ArrayList<>();
        for (Instruction.Term term : terms) {
            if (term.coefficient() != 0) {
                kept.add(term);
            }
        }
        if (kept.isEmpty()) {
            kept.add(terms.get(0));
        }
        instructions.add(new Instruction.Combine(next, kept));
        return next++;
    }

    /** As {@link #combine(List)}. */
    public int combine(Instruction.Term... terms) {
        return combine(List.of(terms));
    }

    /** Ends the current step with a value as the new state. */
    public void step(GridPoint from, GridPoint to, int result) {
        steps.add(new StepPlan.Step(from, to, instructions, known(result)));
        instructions = new ArrayList<>();
        state = result;
    }

    /** The plan. */
    public StepPlan build() {
        if (steps.isEmpty() || !instructions.isEmpty()) {
            throw new IllegalStateException(
                    solver + ": got a plan with an open step; expected at least one step, each ended by step(...)");
        }
        return new StepPlan(solver, field, steps);
    }

    private int known(int value) {
        if (value < 0 || value >= next) {
            throw new IllegalArgumentException(
                    solver + ": got value " + value + "; expected one of the " + next + " made so far");
        }
        return value;
    }
}
