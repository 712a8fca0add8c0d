package org.fewstep.loss;

import org.fewstep.solver.KarrasSpacing;

/**
 * Noise levels of consistency training, falling from sigma_max to sigma_min in equal steps of sigma^(1/rho).
 *
 * @param sigmaMin above 0
 * @param sigmaMax above sigma_min
 * @param rho above 0
 */
public record KarrasGrid(double sigmaMin, double sigmaMax, double rho) {
    /** The published levels: 0.002 to 80, rho 7. */
    public static final KarrasGrid PUBLISHED = new KarrasGrid(0.002, 80, 7);

    public KarrasGrid {
        if (!(sigmaMin > 0) || !(sigmaMax > sigmaMin) || !(rho > 0) || Double.isInfinite(sigmaMax + rho)) {
            throw new IllegalArgumentException("karras grid: got sigma " + sigmaMin + " to " + sigmaMax + ", rho " + rho
                    + "; expected 0 < sigma_min < sigma_max and rho above 0, all finite");
        }
    }

    /** The level a fraction u of the way down, 0 to 1. */
    public double level(double u) {
        return new KarrasSpacing(rho).level(sigmaMax, sigmaMin, u);
    }

    /** All n levels, n at least 2. */
    public double[] levels(int n) {
        return new KarrasSpacing(rho).levels(n, sigmaMax, sigmaMin);
    }
}
