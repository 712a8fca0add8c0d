package org.fewstep.train;

import org.fewstep.loss.TrigFlowConsistency.Bound;

/** How the tangent g is made small. */
public enum TangentBound {
    /** g / (|g| + c) */
    NORMALISED,
    /** each coordinate clipped to [-1, 1] */
    CLIPPED;

    Bound of(double c) {
        return this == NORMALISED ? new Bound.Normalised(c, false) : new Bound.Clipped();
    }
}
