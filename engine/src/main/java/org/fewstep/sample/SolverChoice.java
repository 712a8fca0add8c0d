package org.fewstep.sample;

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
    HEUN
}
