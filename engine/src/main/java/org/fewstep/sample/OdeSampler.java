package org.fewstep.sample;

import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Prediction;
import org.fewstep.solver.ConvertedField;
import org.fewstep.solver.Field;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Solver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Stepper;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Carries samples along a time grid by a network's velocity, with guidance where the condition asks for it. What a solver asks
 * for beside the velocity, x0, eps or the score, follows from the velocity and the path.
 *
 * <p>Cost: the solver's evaluations, twice as many inside the guidance interval unless guidance is an input.
 *
 * @shape x (B, ...)
 */
public final class OdeSampler {
    private final Guidance guidance;
    private final Solver solver;

    /** With guidance where the condition asks for it. */
    public OdeSampler(Guidance guidance, Solver solver) {
        this.guidance = guidance;
        this.solver = solver;
    }

    /** Without guidance. */
    public OdeSampler(VelocityNet net, Solver solver) {
        this(new Guidance(net, 0, Guidance.Form.BATCHED), solver);
    }

    /**
     * Carries x from the first time of the grid to the last.
     *
     * @param x state at the first time, left as it is
     * @param grid times of the network's path
     * @param observer sees the state at every time
     * @return the state at the last time, in the innermost scope
     */
    public Tensor sample(Tensor x, TimeGrid grid, Cond cond, StepObserver observer) {
        return sample(x, grid, cond, NoiseSource.NONE, observer);
    }

    /** As above, with draws for a solver that makes noise. */
    public Tensor sample(Tensor x, TimeGrid grid, Cond cond, NoiseSource noise, StepObserver observer) {
        StepPlan plan = solver.plan(grid);
        Field v = (state, point) -> guidance.v(state, point.t(), cond);
        Field field = new ConvertedField(v, Prediction.V, plan.field(), grid.schedule());
        return run(plan, field, x, noise, observer);
    }

    /** Carries x through a plan by a field that gives what the plan names. */
    static Tensor run(StepPlan plan, Field field, Tensor x, NoiseSource noise, StepObserver observer) {
        observer.at(0, plan.steps().get(0).from().t(), x);
        try (NoGrad off = NoGrad.open();
                Stepper stepper = new Stepper(plan, x.stopGradient())) {
            Tensor state = x;
            while (!stepper.isFinished()) {
                Tensor next = stepper.step(field, noise);
                if (state != x) {
                    Scope.drop(state.buffer());
                }
                state = next;
                observer.at(stepper.done(), stepper.point().t(), state);
            }
            return state;
        }
    }
}
