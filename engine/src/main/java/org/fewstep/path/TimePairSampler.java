package org.fewstep.path;

import org.fewstep.tensor.Rng;

/** Law of the two training times of a flow map, start t and end r; with r &lt;= t unless the law says otherwise. */
@FunctionalInterface
public interface TimePairSampler {
    /**
     * Draws pairs of times.
     *
     * @param step training step; with the seed it fixes all numbers
     * @param count batch size B
     */
    TimePairs sample(Rng rng, int step, int count);
}
