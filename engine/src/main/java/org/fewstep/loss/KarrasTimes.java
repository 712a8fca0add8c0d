package org.fewstep.loss;

import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Rng;

/**
 * Noise levels uniform in sigma^(1/rho) between the least level of a grid and a share of the way up: SiD's law of the levels at
 * which a generator is judged.
 *
 * @param grid levels
 * @param share of the way up that is the highest level, above 0, at most 1; 0.8 as published
 */
public record KarrasTimes(KarrasGrid grid, double share) implements TimeSampler {
    public KarrasTimes {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "karras times: got a share of " + share + "; expected above 0, at most 1");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").uniform(0, count, step));
    }

    /** The levels that uniform numbers in (0, 1) stand for. */
    public double[] times(double[] uniform) {
        double[] sigma = new double[uniform.length];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = grid.level(1 - uniform[i] * share);
        }
        return sigma;
    }
}
