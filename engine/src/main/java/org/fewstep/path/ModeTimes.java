package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Mode-weighted times t = f(u), u uniform, whose density is above 0 at both ends, unlike that of {@link LogitNormalTimes}:
 *
 * <pre>
 * f(u) = 1 - u - scale (cos^2(pi u / 2) - 1 + u)
 * </pre>
 *
 * <p>f falls from 1 to 0 and is odd about 1/2, so the law is the same in either direction of time. scale 0 is uniform, above 0
 * prefers the middle, below 0 the ends.
 *
 * @param scale s in [-1, 2 / (pi - 2)], where f is monotone; published best 1.29
 * @paper Esser et al. 2024: Scaling Rectified Flow Transformers for High-Resolution Image Synthesis, arXiv:2403.03206,
 *     section 3.1
 */
public record ModeTimes(double scale) implements TimeSampler {
    /** Where f stops being monotone, about 1.75. */
    public static final double MOST = 2 / (Math.PI - 2);

    public ModeTimes {
        if (!(-1 <= scale && scale <= MOST)) {
            throw new IllegalArgumentException("mode-weighted times: got scale " + scale + "; expected -1 to " + MOST
                    + ", where they are monotone");
        }
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        return times(rng.stream("t").uniform(0, count, step));
    }

    /** The times that numbers in [0, 1] stand for, falling as they rise. */
    public double[] times(double[] uniform) {
        double[] t = new double[uniform.length];
        for (int i = 0; i < t.length; i++) {
            double u = uniform[i];
            double cosine = Math.cos(0.5 * Math.PI * u);
            double f = 1 - u - scale * (cosine * cosine - 1 + u);
            // Rounding must not pass the ends.
            t[i] = Math.min(1, Math.max(0, f));
        }
        return t;
    }
}
