package org.fewstep.path;

/**
 * The width of the latent noise of a stochastic interpolant, 0 at both ends.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden 2023: Stochastic Interpolants, arXiv:2303.08797
 */
public enum Gamma {
    /** sqrt(t (1 - t)), a Brownian bridge. */
    BROWNIAN("brownian"),
    /** sqrt(2 t (1 - t)). */
    SQRT_2("sqrt2t1mt"),
    /** sin^2(pi t), smooth at the ends. */
    SINE_SQUARED("sinesquared"),
    /** No latent noise. */
    ZERO("zero");

    private final String text;

    Gamma(String text) {
        this.text = text;
    }

    /** Name as in recipes. */
    public String text() {
        return text;
    }

    /** gamma(t). */
    public double at(double t) {
        return switch (this) {
            case BROWNIAN -> Math.sqrt(t * (1 - t));
            case SQRT_2 -> Math.sqrt(2 * t * (1 - t));
            case SINE_SQUARED -> {
                double sine = Math.sin(Math.PI * t);
                yield sine * sine;
            }
            case ZERO -> 0;
        };
    }

    /** gamma'(t); infinite at the ends of the square roots. */
    public double derivative(double t) {
        return this == SINE_SQUARED ? Math.PI * Math.sin(2 * Math.PI * t) : this == ZERO ? 0 : product(t) / at(t);
    }

    /** gamma gamma', half the derivative of the variance; finite on all of [0, 1]. */
    public double product(double t) {
        return switch (this) {
            case BROWNIAN -> 0.5 - t;
            case SQRT_2 -> 1 - 2 * t;
            case SINE_SQUARED -> at(t) * derivative(t);
            case ZERO -> 0;
        };
    }
}
