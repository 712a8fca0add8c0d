package org.fewstep.loss;

import java.util.Arrays;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Rng;

/**
 * Neighbouring levels r = t_i &lt; t = t_(i+1) of a rising Karras grid, where interval i has the share of a lognormal law
 * that falls into it: erf((ln t_(i+1) - mean) / (sqrt(2) std)) - erf((ln t_i - mean) / (sqrt(2) std)).
 *
 * @param grid of the levels
 * @param scales number of levels at a step
 * @param mean of ln t; -1.1 as published
 * @param std of ln t, above 0; 2 as published
 * @paper Song, Dhariwal: Improved Techniques for Training Consistency Models, 2023, arXiv:2310.14189, equation 8
 */
public record LognormalKarrasPairs(KarrasGrid grid, ScaleSchedule scales, double mean, double std)
        implements TimePairSampler {
    public LognormalKarrasPairs {
        if (!Double.isFinite(mean) || !(std > 0) || Double.isInfinite(std)) {
            throw new IllegalArgumentException(
                    "lognormal pairs: got mean " + mean + ", std " + std + "; expected finite numbers, std above 0");
        }
    }

    /** The published law. */
    public LognormalKarrasPairs(KarrasGrid grid, ScaleSchedule scales) {
        this(grid, scales, -1.1, 2);
    }

    /** The rising levels. */
    public double[] levels(int count) {
        double[] falling = grid.levels(count);
        double[] rising = new double[count];
        for (int i = 0; i < count; i++) {
            rising[i] = falling[count - 1 - i];
        }
        return rising;
    }

    /** Weights of the intervals between rising levels; not of sum 1. */
    public double[] weights(double[] levels) {
        LogNormalTimes law = new LogNormalTimes(new EdmSchedule(), mean, std);
        double[] weights = new double[levels.length - 1];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 2 * law.share(levels[i], levels[i + 1]);
        }
        return weights;
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        double[] levels = levels(scales.scales(step));
        double[] cumulative = weights(levels);
        Arrays.parallelPrefix(cumulative, Double::sum);
        double[] u = rng.stream("pair").uniform(0, count, step);
        int[] index = new int[count];
        for (int i = 0; i < count; i++) {
            int at = Arrays.binarySearch(cumulative, u[i] * cumulative[cumulative.length - 1]);
            index[i] = Math.min(at >= 0 ? at + 1 : -at - 1, cumulative.length - 1);
        }
        return pairs(index, levels);
    }

    /** The pairs of given intervals. */
    public TimePairs pairs(int[] index, double[] levels) {
        double[] t = new double[index.length];
        double[] r = new double[index.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = levels[index[i] + 1];
            r[i] = levels[index[i]];
        }
        return new TimePairs(t, r);
    }
}
