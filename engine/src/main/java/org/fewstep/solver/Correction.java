package org.fewstep.solver;

/** How the solvers of the DPM family weigh the first derivative of the prediction, from a difference. */
public enum Correction {
    /** half the weight of the constant: "dpmsolver" and "midpoint" in the published implementations */
    MIDPOINT,
    /** the exact weight phi_2: "taylor" and "heun" there */
    TAYLOR
}
