package org.fewstep.path;

/**
 * One point of a time grid with its path coefficients.
 *
 * @param t time of the path
 * @param alpha data coefficient
 * @param sigma noise coefficient
 */
public record GridPoint(double t, double alpha, double sigma) {
    /** Half log signal-to-noise ratio ln(alpha / sigma); infinite at a clean or empty end. */
    public double lambda() {
        return Math.log(alpha / sigma);
    }

    /** Noise over data sigma / alpha, the sigma of EDM's coordinates. */
    public double rho() {
        return sigma / alpha;
    }
}
