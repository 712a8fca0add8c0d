package org.fewstep.loss;

/**
 * Guidance scales on [1, 1 + range] with a density proportional to w^-beta.
 *
 * @param beta exponent; 1 is uniform in the logarithm
 * @param range above 0; 7 as published
 */
public record PowerLawScales(double beta, double range) {
    public PowerLawScales {
        if (!(range > 0) || Double.isInfinite(range) || !Double.isFinite(beta)) {
            throw new IllegalArgumentException("guidance scales: got beta " + beta + ", range " + range
                    + "; expected finite numbers, the range above 0");
        }
    }

    /** The scale that a number u in [0, 1) stands for. */
    public double scale(double u) {
        double log = Math.log1p(range);
        double power = 1 - beta;
        return Math.exp(beta == 1 ? u * log : Math.log1p(u * Math.expm1(power * log)) / power);
    }
}
