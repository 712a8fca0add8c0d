package org.fewstep.train;

import org.fewstep.path.Path;
import org.fewstep.path.UniformPairs;

/** Which pairs of start and end a flow map is trained for; both times are uniform. */
public enum Directions {
    /** from noise to data: a triangle of times */
    ONE,
    /** also from data to noise: the square, which the inversion of samples needs */
    BOTH;

    /** The law of the pairs on a path. */
    UniformPairs of(Path path) {
        if (this == BOTH) {
            return new UniformPairs(UniformPairs.Order.BOTH);
        }
        return new UniformPairs(path.noiseTime() == 0 ? UniformPairs.Order.RISING : UniformPairs.Order.FALLING);
    }
}
