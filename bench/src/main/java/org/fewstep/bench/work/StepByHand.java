package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.solver.Instruction;
import org.fewstep.solver.StepPlan;

/** The run of {@link SolverStep} as one would write it for float arrays alone: a loop over all points for each sum. */
public final class StepByHand {
    /** The state, the predicted one and the corrected one. */
    private static final int STATES = 3;

    private final List<StepPlan.Step> steps;
    private final float[] start = SolverStep.start(SolverStep.POINTS);
    private final float[][] predictions = new float[SolverStep.PREDICTIONS][];
    private final float[][] draws = new float[SolverStep.DRAWS][];
    private final float[][] states = new float[STATES][SolverStep.POINTS];

    /** The plan's values by number. */
    private final float[][] values;

    private int done;
    private int evaluations;
    private int sums;

    /** At the start of a run. */
    public StepByHand(String solver) {
        this.steps = SolverStep.plan(solver).steps();
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = SolverStep.prediction(i, SolverStep.POINTS);
        }
        for (int i = 0; i < draws.length; i++) {
            draws[i] = SolverStep.draw(i, SolverStep.POINTS);
        }
        int most = 0;
        for (StepPlan.Step step : steps) {
            for (Instruction instruction : step.instructions()) {
                most = Math.max(most, instruction.value());
            }
        }
        values = new float[most + 1][];
        values[0] = start;
    }

    /** Takes the next step, from the start again after the last; the state is overwritten three sums later. */
    public float[] step() {
        if (done == steps.size()) {
            done = 0;
            evaluations = 0;
        }
        StepPlan.Step step = steps.get(done++);
        for (Instruction instruction : step.instructions()) {
            if (instruction instanceof Instruction.Combine combine) {
                float[] y = states[sums++ % STATES];
                sum(y, combine.terms());
                values[combine.value()] = y;
            } else if (instruction instanceof Instruction.DrawNoise draw) {
                values[draw.value()] = draws[draw.number() % SolverStep.DRAWS];
            } else {
                values[instruction.value()] = predictions[evaluations++ % SolverStep.PREDICTIONS];
            }
        }
        return values[step.result()];
    }

    private void sum(float[] y, List<Instruction.Term> terms) {
        float[] c = new float[terms.size()];
        float[][] x = new float[c.length][];
        for (int j = 0; j < c.length; j++) {
            c[j] = (float) terms.get(j).coefficient();
            x[j] = values[terms.get(j).value()];
        }
        switch (c.length) {
            case 2 -> two(y, c[0], x[0], c[1], x[1]);
            case 3 -> three(y, c[0], x[0], c[1], x[1], c[2], x[2]);
            case 4 -> four(y, c[0], x[0], c[1], x[1], c[2], x[2], c[3], x[3]);
            case 5 -> five(y, c[0], x[0], c[1], x[1], c[2], x[2], c[3], x[3], c[4], x[4]);
            case 6 -> six(y, c[0], x[0], c[1], x[1], c[2], x[2], c[3], x[3], c[4], x[4], c[5], x[5]);
            default -> throw new IllegalStateException("step: got " + c.length + " terms; expected 2 to 6");
        }
    }

    private static void two(float[] y, float a, float[] p, float b, float[] q) {
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.fma(b, q[i], a * p[i]);
        }
    }

    private static void three(float[] y, float a, float[] p, float b, float[] q, float c, float[] r) {
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.fma(c, r[i], Math.fma(b, q[i], a * p[i]));
        }
    }

    private static void four(
            float[] y, float a, float[] p, float b, float[] q, float c, float[] r, float d, float[] s) {
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.fma(d, s[i], Math.fma(c, r[i], Math.fma(b, q[i], a * p[i])));
        }
    }

    private static void five(
            float[] y,
            float a,
            float[] p,
            float b,
            float[] q,
            float c,
            float[] r,
            float d,
            float[] s,
            float e,
            float[] t) {
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.fma(e, t[i], Math.fma(d, s[i], Math.fma(c, r[i], Math.fma(b, q[i], a * p[i]))));
        }
    }

    private static void six(
            float[] y,
            float a,
            float[] p,
            float b,
            float[] q,
            float c,
            float[] r,
            float d,
            float[] s,
            float e,
            float[] t,
            float f,
            float[] u) {
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.fma(
                    f, u[i], Math.fma(e, t[i], Math.fma(d, s[i], Math.fma(c, r[i], Math.fma(b, q[i], a * p[i])))));
        }
    }
}
