package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/** What a solver asks at a point: the velocity for ODE solvers, or the prediction that its {@link StepPlan} names. */
@FunctionalInterface
public interface Field {
    /**
     * The value of the field.
     *
     * @param x states (B, ...)
     * @param point the same for the whole batch
     * @return (B, ...)
     */
    Tensor at(Tensor x, GridPoint point);
}
