package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Times t = sin^2(pi u / 2) with u uniform: the arcsine law on (0, 1), dense at both ends, where the Brownian interpolant
 * moves as the root of the way.
 */
public record ArcsineTimes() implements TimeSampler {
    @Override
    public double[] sample(Rng rng, int step, int count) {
        double[] t = rng.stream("t").uniform(0, count, step);
        for (int i = 0; i < count; i++) {
            double sine = StrictMath.sin(Math.PI / 2 * t[i]);
            t[i] = sine * sine;
        }
        return t;
    }
}
