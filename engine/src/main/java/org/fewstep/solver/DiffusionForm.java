package org.fewstep.solver;

import org.fewstep.path.Path;

/**
 * How much noise an interpolant SDE dx = (v + w score) dt + sqrt(2 w) dW adds on its way from noise to data. The marginals
 * are the same for every w of at least 0; w = 0 is the ODE.
 *
 * <p>With s the distance in time from the noise end, 0 to 1, and n a norm:
 *
 * @paper Ma et al. 2024: SiT, arXiv:2401.08740
 */
public enum DiffusionForm {
    /** w = n. */
    CONSTANT,
    /** w = n g^2 / 2 with g of the path's own diffusion: the reverse SDE of score-based models. */
    SBDM,
    /** w = n sigma. */
    SIGMA,
    /** w = n (1 - s). */
    LINEAR,
    /** w = (n cos(pi s) + 1)^2 / 4. */
    DECREASING,
    /** w = n sin^2(pi s). */
    INCREASING_DECREASING;

    /**
     * The diffusion w.
     *
     * @param t time of the path
     * @param norm n, at least 0
     */
    public double at(Path path, double t, double norm) {
        double s = Math.abs(t - path.noiseTime());
        return switch (this) {
            case CONSTANT -> norm;
            case SBDM -> norm * 0.5 * path.squaredDiffusion(t);
            case SIGMA -> norm * path.sigma(t);
            case LINEAR -> norm * (1 - s);
            case DECREASING -> square(norm * Math.cos(Math.PI * s) + 1) / 4;
            case INCREASING_DECREASING -> norm * square(Math.sin(Math.PI * s));
        };
    }

    private static double square(double x) {
        return x * x;
    }
}
