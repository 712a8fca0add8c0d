package org.fewstep.solver;

import org.fewstep.kernels.Scope;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** Runs a plan from start to end without recording, holding one step's values at a time. */
public final class Sampler {
    private Sampler() {}

    /** A deterministic run. */
    public static Tensor run(StepPlan plan, Field field, Tensor start) {
        return run(plan, field, start, NoiseSource.NONE);
    }

    /**
     * A run.
     *
     * @param start state (B, ...) at the plan's first point
     * @return state at its last point, in the innermost scope
     */
    public static Tensor run(StepPlan plan, Field field, Tensor start, NoiseSource noise) {
        try (NoGrad off = NoGrad.open();
                Stepper stepper = new Stepper(plan, start.stopGradient())) {
            Tensor x = start;
            while (!stepper.isFinished()) {
                Tensor next = stepper.step(field, noise);
                if (x != start) {
                    Scope.drop(x.buffer());
                }
                x = next;
            }
            return x;
        }
    }
}
