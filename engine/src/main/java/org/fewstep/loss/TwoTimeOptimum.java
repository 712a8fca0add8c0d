package org.fewstep.loss;

import org.fewstep.solver.GaussLegendre;

/**
 * What {@link TwoTimePrediction} finds for data N(0, c^2) of one dimension with independent uniform times: f(x, t) = k(t) x
 * with
 *
 * <pre>
 * (1 + lambda) V(t) k(t) - lambda int_0^1 C(t, s) k(s) ds = (1 - t) c^2
 * V(t) = (1 - t)^2 c^2 + t^2,   C(t, s) = (1 - t)(1 - s) c^2 + t s
 * </pre>
 *
 * <p>C has rank two, so k is known from int (1 - s) k(s) ds and int s k(s) ds, which two linear equations give. Beside it
 * stand the denoiser (1 - t) c^2 / V(t), which is k for lambda = 0, and the map to the data of the flow, c / V(t)^(1/2).
 */
public final class TwoTimeOptimum {
    private static final GaussLegendre RULE = new GaussLegendre(400);

    private final double std;
    private final double lambda;
    private final double clean; // int (1 - s) k(s) ds
    private final double noisy; // int s k(s) ds

    /**
     * The optimum.
     *
     * @param std c, above 0
     * @param lambda weight of the agreement, at least 0
     */
    public TwoTimeOptimum(double std, double lambda) {
        if (!(std > 0) || !(lambda >= 0)) {
            throw new IllegalArgumentException(
                    "two-time optimum: got std " + std + ", lambda " + lambda + "; expected above 0 and at least 0");
        }
        this.std = std;
        this.lambda = lambda;
        double variance = std * std;
        double share = lambda / (1 + lambda);
        // k = ((1 - t) c^2 (1 + lambda A) + lambda t B) / ((1 + lambda) V), put into A = int (1 - s) k and B = int s k.
        double cc = RULE.integrate(t -> (1 - t) * (1 - t) / variance(t), 0, 1);
        double cn = RULE.integrate(t -> (1 - t) * t / variance(t), 0, 1);
        double nn = RULE.integrate(t -> t * t / variance(t), 0, 1);
        double a11 = 1 - share * variance * cc;
        double a12 = -share * cn;
        double a21 = -share * variance * cn;
        double a22 = 1 - share * nn;
        double b1 = variance * cc / (1 + lambda);
        double b2 = variance * cn / (1 + lambda);
        double determinant = a11 * a22 - a12 * a21;
        this.clean = (b1 * a22 - a12 * b2) / determinant;
        this.noisy = (a11 * b2 - a21 * b1) / determinant;
    }

    private double variance(double t) {
        return (1 - t) * (1 - t) * std * std + t * t;
    }

    /** The optimum k(t); its size at t = 1 is the standard deviation of samples made in one step. */
    public double k(double t) {
        double pull = (1 - t) * std * std * (1 + lambda * clean) + lambda * t * noisy;
        return pull / ((1 + lambda) * variance(t));
    }

    /** The denoiser's factor. */
    public double denoiser(double t) {
        return (1 - t) * std * std / variance(t);
    }

    /** The factor of the flow's map from t to the data, whose samples made in one step have the data's deviation. */
    public double flowMap(double t) {
        return std / Math.sqrt(variance(t));
    }
}
