package org.fewstep.train;

import org.jspecify.annotations.Nullable;

/** A method whose loss compares samples by a distance that can be chosen. */
interface Comparing extends Perceiving {
    /** The distance; null for the method's own. */
    @Nullable
    Metric distance();

    @Override
    default boolean perceptual() {
        return distance() == Metric.PERCEPTUAL;
    }
}
