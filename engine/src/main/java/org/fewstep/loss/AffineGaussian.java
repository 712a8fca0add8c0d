package org.fewstep.loss;

/**
 * Score distillation in closed form: a student x = m + s z that is to match data N(mu, S^2) in one dimension, at a noise level
 * sigma of x + sigma n, with an exact fake score.
 *
 * <pre>
 * g_T = S^2 / (S^2 + sigma^2)     g_F = s^2 / (s^2 + sigma^2)
 *        d/dm                     d/ds
 * SDS    (1 - g_T) (m - mu)       s (1 - g_T)
 * VSD    (1 - g_T) (m - mu)       s (g_F - g_T)
 * SiD                             2 s (g_T - g_F) ((g_T - 1) - a (g_T - g_F))   at m = mu
 * </pre>
 *
 * <p>The factor of VSD is that of clean data, as in DMD and Diff-Instruct. Gradients of means over z and n, without weights.
 *
 * @param mean mu
 * @param std S, above 0
 */
public record AffineGaussian(double mean, double std) {
    public AffineGaussian {
        if (!(std > 0) || Double.isInfinite(std) || !Double.isFinite(mean)) {
            throw new IllegalArgumentException(
                    "affine gaussian: got mean " + mean + ", std " + std + "; expected finite numbers, std above 0");
        }
    }

    /** g of a spread. */
    private static double share(double spread, double sigma) {
        return spread * spread / (spread * spread + sigma * sigma);
    }

    /** d/dm of SDS and VSD. */
    public double ofMean(double m, double sigma) {
        return (1 - share(std, sigma)) * (m - mean);
    }

    /** d/ds of SDS: above 0 for every s, so that the spread always falls to 0. */
    public double sds(double s, double sigma) {
        return s * (1 - share(std, sigma));
    }

    /** d/ds of VSD: 0 at s = S alone. */
    public double vsd(double s, double sigma) {
        return s * (share(s, sigma) - share(std, sigma));
    }

    /** d/ds of SiD. */
    public double sid(double alpha, double s, double sigma) {
        double teacher = share(std, sigma);
        double difference = teacher - share(s, sigma);
        return 2 * s * difference * ((teacher - 1) - alpha * difference);
    }

    /** Value of SiD, (1 - a) (g_T - g_F)^2 (s^2 + sigma^2): never above 0 for a of 1 or more, whatever the student. */
    public double sidValue(double alpha, double s, double sigma) {
        double difference = share(std, sigma) - share(s, sigma);
        return (1 - alpha) * difference * difference * (s * s + sigma * sigma);
    }

    /** Whether SiD drives a student that is spread too widely further out: g_F above g_T + (1 - g_T) / a. */
    public boolean drivenOut(double alpha, double s, double sigma) {
        double teacher = share(std, sigma);
        return share(s, sigma) > teacher + (1 - teacher) / alpha;
    }
}
