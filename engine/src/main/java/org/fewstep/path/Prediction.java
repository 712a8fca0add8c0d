package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;

import org.fewstep.tensor.Tensor;

/**
 * What a network says about x = alpha x0 + sigma eps. Each of the four fixes the others, by formulas that are affine in
 * it and in x; they hold for conditional means and for samples alike, and live here and nowhere else.
 *
 * <pre>
 * x = alpha x0 + sigma eps      v = alpha' x0 + sigma' eps      score = -eps / sigma
 * </pre>
 *
 * <p>Ends of the path: at the noise end (alpha = 0) nothing but x0 and v lead to x0; at the data end (sigma = 0) only eps
 * and v lead to eps, and the score does not exist. On the linear path v gives x0 and eps on all of [0, 1]. A conversion
 * that divides by zero throws; choose another prediction, or a grid that stops short of that end.
 */
public enum Prediction {
    /** Clean data, E[x0 | x]. */
    X0,
    /** Noise, E[eps | x]. */
    EPS,
    /** Velocity, E[dx/dt | x]. */
    V,
    /** Gradient of the log density of x. */
    SCORE;

    /** Weights of x and of the given prediction. */
    private record Weights(double x, double given) {}

    /**
     * Converts a prediction.
     *
     * @param other what is wanted
     * @param value this prediction (B, ...)
     * @param x state (B, ...)
     * @param at coefficients of the path, one point a sample or one for all
     * @return (B, ...)
     * @throws IllegalArgumentException where the formula divides by zero
     */
    public Tensor to(Prediction other, Tensor value, Tensor x, PathCoefficients at) {
        if (other == this) {
            return value;
        }
        double[][] weights = weights(other, at);
        if (at.size() == 1) {
            return add(scale(x, weights[0][0]), scale(value, weights[1][0]));
        }
        // One rounding fewer: x and the given prediction nearly cancel near the ends.
        return mulAdd(x, Tensor.perSample(weights[0], x), mul(value, Tensor.perSample(weights[1], x)));
    }

    /**
     * The formula of a conversion: how much of the state and how much of this prediction the other one is.
     *
     * @param other what is wanted
     * @param at coefficients of the path
     * @return weights of x, and weights of this prediction, one a point
     * @throws IllegalArgumentException where the formula divides by zero
     */
    public double[][] weights(Prediction other, PathCoefficients at) {
        double[] ofX = new double[at.size()];
        double[] ofValue = new double[at.size()];
        for (int i = 0; i < at.size(); i++) {
            Weights w = other == this
                    ? new Weights(0, 1)
                    : weights(other, at.alpha()[i], at.sigma()[i], at.dAlpha()[i], at.dSigma()[i]);
            if (!Double.isFinite(w.x) || !Double.isFinite(w.given)) {
                throw new IllegalArgumentException("prediction: got " + this + " to " + other + " at alpha "
                        + at.alpha()[i] + ", sigma " + at.sigma()[i] + ", alpha' " + at.dAlpha()[i] + ", sigma' "
                        + at.dSigma()[i] + "; expected a point where this is defined; stop short of that end");
            }
            ofX[i] = w.x;
            ofValue[i] = w.given;
        }
        return new double[][] {ofX, ofValue};
    }

    private Weights weights(Prediction other, double alpha, double sigma, double dAlpha, double dSigma) {
        double det = dAlpha * sigma - dSigma * alpha;
        return switch (this) {
            case X0 ->
                switch (other) {
                    case EPS -> new Weights(1 / sigma, -alpha / sigma);
                    case V -> new Weights(dSigma / sigma, dAlpha - alpha * dSigma / sigma);
                    default -> new Weights(-1 / (sigma * sigma), alpha / (sigma * sigma));
                };
            case EPS ->
                switch (other) {
                    case X0 -> new Weights(1 / alpha, -sigma / alpha);
                    case V -> new Weights(dAlpha / alpha, dSigma - sigma * dAlpha / alpha);
                    default -> new Weights(0, -1 / sigma);
                };
            case V ->
                switch (other) {
                    case X0 -> new Weights(-dSigma / det, sigma / det);
                    case EPS -> new Weights(dAlpha / det, -alpha / det);
                    default -> new Weights(-dAlpha / (det * sigma), alpha / (det * sigma));
                };
            case SCORE ->
                switch (other) {
                    case X0 -> new Weights(1 / alpha, sigma * sigma / alpha);
                    case EPS -> new Weights(0, -sigma);
                    default -> new Weights(dAlpha / alpha, sigma * sigma * dAlpha / alpha - sigma * dSigma);
                };
        };
    }
}
