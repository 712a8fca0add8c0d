package org.fewstep.train;

import org.fewstep.loss.Distance;

/** Distance of a consistency function from its target. */
public enum Metric {
    /** mean square over coordinates */
    L2,
    /** mean absolute difference over coordinates */
    L1,
    /** pseudo-Huber of the norm, c = 0.00054 sqrt(d) */
    HUBER,
    /** LPIPS in the states of the recipe's perceptual network, a classifier */
    PERCEPTUAL;

    /** The distance of samples. */
    Distance of(Roles roles) {
        return switch (this) {
            case L2 -> new Distance.MeanSquare();
            case L1 -> new Distance.MeanAbsolute();
            case HUBER -> Distance.PseudoHuber.ofDimension(roles.dim());
            case PERCEPTUAL -> roles.requirePerceptual().distance();
        };
    }
}
