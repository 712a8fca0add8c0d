package org.fewstep.path;

import java.util.ArrayList;
import java.util.List;

/**
 * A two-sided stochastic interpolant x_t = a(t) x0 + b(t) x1 + gamma(t) z between any two laws, source at 0 and target at
 * 1. {@link TwoSidedMixture} has its exact fields between mixtures.
 *
 * <p>A one-sided interpolant, whose source is the noise itself, is a {@link Path} with noise at 0, and {@link
 * GaussianMixture} has its exact fields; {@link MirrorInterpolant} goes from the data to the data.
 *
 * <p>The derivative of gamma may be infinite at the ends; gamma gamma' never is.
 *
 * @param mean a and b
 * @param gamma width of the latent noise
 * @paper Albergo, Boffi, Vanden-Eijnden 2023: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions,
 *     arXiv:2303.08797
 */
public record StochasticInterpolant(InterpolantMean mean, Gamma gamma) implements Bridge {
    /**
     * The interpolant of a {@link #name}.
     *
     * @throws IllegalArgumentException for a name that there is not
     */
    public static StochasticInterpolant named(String name) {
        List<String> names = new ArrayList<>();
        for (InterpolantMean mean : InterpolantMean.values()) {
            for (Gamma gamma : Gamma.values()) {
                StochasticInterpolant one = new StochasticInterpolant(mean, gamma);
                if (one.name().equals(name)) {
                    return one;
                }
                names.add(one.name());
            }
        }
        throw new IllegalArgumentException(
                "interpolant: got \"" + name + "\"; expected one of " + String.join(", ", names));
    }

    @Override
    public String name() {
        return mean.text() + "-" + gamma.text();
    }

    @Override
    public double source(double t) {
        return switch (mean) {
            case LINEAR -> 1 - t;
            case TRIG -> radius(t) * Math.sin(Math.PI / 2 * (1 - t));
            case ENCODING_DECODING -> t <= 0.5 ? cosineSquared(t) : 0;
        };
    }

    @Override
    public double data(double t) {
        return switch (mean) {
            case LINEAR -> t;
            case TRIG -> radius(t) * Math.sin(Math.PI / 2 * t);
            case ENCODING_DECODING -> t > 0.5 ? cosineSquared(t) : 0;
        };
    }

    @Override
    public double noise(double t) {
        return gamma.at(t);
    }

    @Override
    public double dSource(double t) {
        return switch (mean) {
            case LINEAR -> -1;
            case TRIG ->
                dRadius(t) * Math.sin(Math.PI / 2 * (1 - t))
                        - radius(t) * Math.PI / 2 * Math.cos(Math.PI / 2 * (1 - t));
            case ENCODING_DECODING -> t <= 0.5 ? -Math.PI * Math.sin(2 * Math.PI * t) : 0;
        };
    }

    @Override
    public double dData(double t) {
        return switch (mean) {
            case LINEAR -> 1;
            case TRIG -> dRadius(t) * Math.sin(Math.PI / 2 * t) + radius(t) * Math.PI / 2 * Math.cos(Math.PI / 2 * t);
            case ENCODING_DECODING -> t > 0.5 ? -Math.PI * Math.sin(2 * Math.PI * t) : 0;
        };
    }

    @Override
    public double dNoise(double t) {
        return gamma.derivative(t);
    }

    @Override
    public double halfDVariance(double t) {
        return gamma.product(t);
    }

    private double radius(double t) {
        return Math.sqrt(1 - gamma.at(t) * gamma.at(t));
    }

    private double dRadius(double t) {
        return -gamma.product(t) / radius(t);
    }

    private static double cosineSquared(double t) {
        double cosine = Math.cos(Math.PI * t);
        return cosine * cosine;
    }
}
