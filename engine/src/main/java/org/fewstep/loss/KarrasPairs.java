package org.fewstep.loss;

import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Rng;

/**
 * Neighbouring levels t &gt; r of a Karras grid, each pair equally likely (Song et al. 2023, arXiv:2303.01469, algorithms 2
 * and 3).
 *
 * @param grid of the levels
 * @param scales number of levels at a step
 */
public record KarrasPairs(KarrasGrid grid, ScaleSchedule scales) implements TimePairSampler {
    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        int levels = scales.scales(step);
        return pairs(rng.stream("pair").integers(0, count, step, levels - 1), levels);
    }

    /** The pairs of the levels i and i + 1, counted from the highest, of so many. */
    public TimePairs pairs(int[] index, int levels) {
        double[] t = new double[index.length];
        double[] r = new double[index.length];
        for (int i = 0; i < t.length; i++) {
            if (index[i] < 0 || index[i] > levels - 2) {
                throw new IllegalArgumentException("karras pairs: got pair " + index[i] + " of " + levels
                        + " levels; expected 0 to " + (levels - 2));
            }
            t[i] = grid.level(index[i] / (levels - 1.0));
            r[i] = grid.level((index[i] + 1) / (levels - 1.0));
        }
        return new TimePairs(t, r);
    }
}
