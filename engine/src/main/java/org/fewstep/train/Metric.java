package org.fewstep.train;

import org.fewstep.loss.Distance;

/** Distance of a consistency function from its target. */
public enum Metric {
    /** mean square over coordinates */
    L2,
    /** mean absolute difference over coordinates */
    L1,
    /** pseudo-Huber of the norm, c = 0.00054 sqrt(d) */
    HUBER;

    /** The distance for samples of so many numbers. */
    Distance of(int dim) {
        return switch (this) {
            case L2 -> new Distance.MeanSquare();
            case L1 -> new Distance.MeanAbsolute();
            case HUBER -> Distance.PseudoHuber.ofDimension(dim);
        };
    }
}
