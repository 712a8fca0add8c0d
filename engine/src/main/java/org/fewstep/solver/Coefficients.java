package org.fewstep.solver;

/** Which coefficients a solver takes where the published ones lose order. */
public enum Coefficients {
    /** as in the published implementation */
    PUBLISHED,
    /** as the order of the method demands */
    EXACT
}
