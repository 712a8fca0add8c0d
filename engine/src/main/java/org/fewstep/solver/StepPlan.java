package org.fewstep.solver;

import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * A sampling run with every scalar worked out: for each step a list of instructions over numbered values. Value 0 is the
 * start; a value may be read in later steps, which is how multistep solvers keep their history.
 *
 * <p>{@link #toString} prints it as a program.
 *
 * @param solver name of the solver
 * @param field what the field has to give
 * @param steps in order
 */
public record StepPlan(String solver, Prediction field, List<Step> steps) {
    /**
     * One step.
     *
     * @param from where it starts
     * @param to where it ends
     * @param instructions in order
     * @param result number of the value that is the state at {@code to}
     */
    public record Step(GridPoint from, GridPoint to, List<Instruction> instructions, int result) {
        public Step {
            instructions = List.copyOf(instructions);
        }
    }

    public StepPlan {
        steps = List.copyOf(steps);
    }

    /** Evaluations of the field in all steps. */
    public int evaluations() {
        return count(Instruction.Evaluate.class);
    }

    /** Noise draws in all steps. */
    public int draws() {
        return count(Instruction.DrawNoise.class);
    }

    private int count(Class<? extends Instruction> kind) {
        int count = 0;
        for (Step step : steps) {
            for (Instruction instruction : step.instructions) {
                count += kind.isInstance(instruction) ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(solver).append(": ").append(steps.size()).append(" steps, ");
        text.append(evaluations()).append(" evaluations of ").append(field).append(", ");
        text.append(draws()).append(" draws\n");
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            text.append("step ").append(i).append(": t ").append(step.from.t());
            text.append(" -> ").append(step.to.t()).append('\n');
            for (Instruction instruction : step.instructions) {
                text.append("  ").append(instruction).append('\n');
            }
            text.append("  state v").append(step.result).append('\n');
        }
        return text.toString();
    }
}
