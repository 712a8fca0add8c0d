package org.fewstep.path;

/**
 * The coefficients of a path for a batch: one number a sample, or one for all samples.
 *
 * @param alpha of the data
 * @param sigma of the noise
 * @param dAlpha derivative of alpha in time
 * @param dSigma derivative of sigma in time
 */
public record PathCoefficients(double[] alpha, double[] sigma, double[] dAlpha, double[] dSigma) {
    public PathCoefficients {
        int n = alpha.length;
        if (sigma.length != n || dAlpha.length != n || dSigma.length != n) {
            throw new IllegalArgumentException("path coefficients: got " + n + ", " + sigma.length + ", "
                    + dAlpha.length + " and " + dSigma.length + " numbers; expected as many of each");
        }
    }

    /** The coefficients at given times: one a sample (B), or a single one. */
    public static PathCoefficients of(NoiseSchedule path, double... t) {
        double[] alpha = new double[t.length];
        double[] sigma = new double[t.length];
        double[] dAlpha = new double[t.length];
        double[] dSigma = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            alpha[i] = path.alpha(t[i]);
            sigma[i] = path.sigma(t[i]);
            dAlpha[i] = path.dAlpha(t[i]);
            dSigma[i] = path.dSigma(t[i]);
        }
        return new PathCoefficients(alpha, sigma, dAlpha, dSigma);
    }

    /** A single point whose derivatives are not known: x0, eps and score can be had from each other there, and v not. */
    public static PathCoefficients of(GridPoint point) {
        return new PathCoefficients(
                new double[] {point.alpha()}, new double[] {point.sigma()}, new double[] {Double.NaN}, new double[] {
                    Double.NaN
                });
    }

    /** Number of points, B or 1. */
    public int size() {
        return alpha.length;
    }
}
