package org.fewstep.loss;

import org.fewstep.path.Path;

/**
 * The weight of a start time in inductive moment matching, with lambda = ln(alpha^2 / sigma^2):
 *
 * <pre>
 * w(t) = 1/2 sigmoid(b - lambda) (-dlambda/dt) alpha^a / (alpha^2 + sigma^2)
 * </pre>
 *
 * @param a power of alpha; 1 or 2 as published
 * @param b shift of the log-SNR; 5 (CIFAR-10) or 4 (ImageNet) as published
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565
 */
public record SnrSigmoidWeight(double a, double b) {
    /** a = 1 with CIFAR-10's b. */
    public static final SnrSigmoidWeight DEFAULT = new SnrSigmoidWeight(1, 5);

    /** w(t), t inside the path. */
    public double at(Path path, double t) {
        double alpha = path.alpha(t);
        double sigma = path.sigma(t);
        double sigmoid = 1 / (1 + Math.exp(logSnr(path, t) - b));
        return 0.5 * sigmoid * fall(path, t) * Math.pow(alpha, a) / (alpha * alpha + sigma * sigma);
    }

    /** ln(alpha^2 / sigma^2). */
    public static double logSnr(Path path, double t) {
        return 2 * path.lambda(t);
    }

    /** -dlambda/dt = 2 (sigma' / sigma - alpha' / alpha). */
    public static double fall(Path path, double t) {
        return 2 * (path.dSigma(t) / path.sigma(t) - path.driftRate(t));
    }
}
