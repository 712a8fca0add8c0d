package org.fewstep.path;

import org.fewstep.tensor.Rng;

/** Samples of a mixture, for laws that hold in expectation. */
public final class MixtureDraws {
    private MixtureDraws() {}

    /** count samples (count, D), row by row. */
    public static double[] of(GaussianMixture mixture, Rng rng, int count) {
        int d = mixture.dim();
        double[] x = rng.stream("normal").normal(0, count * d, 0);
        double[] u = rng.stream("component").uniform(0, count, 0);
        for (int i = 0; i < count; i++) {
            int k = 0;
            for (double left = u[i] - mixture.weights()[0]; left > 0 && k + 1 < mixture.stds().length; ) {
                k++;
                left -= mixture.weights()[k];
            }
            for (int j = 0; j < d; j++) {
                x[i * d + j] = mixture.means()[k][j] + mixture.stds()[k] * x[i * d + j];
            }
        }
        return x;
    }
}
