package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Path;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** Integrates a velocity from noise to data in equal steps, with guidance. */
public final class OdeSampler {
    private final Path path;
    private final Guidance guidance;

    public OdeSampler(VelocityNet net, Path path, int classes, SolverChoice solver) {
        if (solver != SolverChoice.EULER) {
            throw new IllegalArgumentException("ode sampler: got " + solver + "; expected EULER");
        }
        this.path = path;
        this.guidance = new Guidance(net, classes, true);
    }

    public Tensor sample(Tensor x, int steps, Cond cond, StepObserver observer) {
        Tensor state = x;
        double a = path.noiseTime();
        double b = path.dataTime();
        observer.at(0, a, state);
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < steps; k++) {
                double t = a + (b - a) * k / steps;
                double u = a + (b - a) * (k + 1) / steps;
                Tensor next;
                try (Scope step = x.device().scope()) {
                    next = add(state, scale(guidance.v(state, t, cond), u - t)).keep(step);
                }
                if (state != x) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(k + 1, u, state);
            }
        }
        return state;
    }
}
