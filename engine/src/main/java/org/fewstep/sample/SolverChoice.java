package org.fewstep.sample;

import org.fewstep.solver.Euler;
import org.fewstep.solver.Heun;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.Solver;

/** How a trained network's time is stepped through. */
public enum SolverChoice {
    /** {@link #FLOW_MAP} for a network with two times, {@link #EULER} for one. */
    AUTO,
    /** Jumps by the average velocity, one evaluation a step; needs two times. */
    FLOW_MAP,
    /** Euler's method on the velocity, one evaluation a step. */
    EULER,
    /** The midpoint method, two evaluations a step. */
    MIDPOINT,
    /** Heun's method, two evaluations a step. */
    HEUN;

    /**
     * The ODE solver of that name.
     *
     * @throws IllegalArgumentException for {@link #AUTO} and {@link #FLOW_MAP}, which are none
     */
    public Solver ode() {
        return switch (this) {
            case EULER -> new Euler();
            case MIDPOINT -> new Midpoint();
            case HEUN -> new Heun();
            case AUTO, FLOW_MAP ->
                throw new IllegalArgumentException("solver: got " + this + "; expected EULER, MIDPOINT or HEUN");
        };
    }
}
