package org.fewstep.solver;

import org.fewstep.path.GridPoint;

/** How much noise SA-Solver adds: 0 is the ODE, 1 the reverse SDE. */
@FunctionalInterface
public interface Tau {
    /** Of the step that ends at a point; at least 0. */
    double at(GridPoint end);

    /** The same everywhere. */
    static Tau constant(double tau) {
        if (!(tau >= 0) || Double.isInfinite(tau)) {
            throw new IllegalArgumentException("tau: got " + tau + "; expected at least 0, finite");
        }
        return end -> tau;
    }

    /** tau where low <= sigma / alpha <= high, otherwise 0. */
    static Tau between(double tau, double low, double high) {
        Tau inside = constant(tau);
        return end -> end.rho() >= low && end.rho() <= high ? inside.at(end) : 0;
    }
}
