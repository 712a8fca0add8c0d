package org.fewstep.train;

import org.jspecify.annotations.Nullable;

/** A method whose loss compares samples by a distance that can be chosen. */
interface Comparing {
    /** The distance; null for the method's own. */
    @Nullable
    Metric distance();
}
