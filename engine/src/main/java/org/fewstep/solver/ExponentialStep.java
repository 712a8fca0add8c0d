package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The exact solution from s to t where the prediction D is a polynomial of u = (lambda - lambda_s) / h, h = lambda_t -
 * lambda_s (Lu et al. 2022, arXiv:2206.00927, equation 3.4, and arXiv:2211.01095, equation 8):
 *
 * <pre>
 * D = x0:   x_t = (sigma_t / sigma_s) x_s + alpha_t h Int_0^1 e^{-h (1-u)} D(u) du
 * D = eps:  x_t = (alpha_t / alpha_s) x_s - sigma_t h Int_0^1 e^{h (1-u)} D(u) du
 * </pre>
 *
 * <p>To a clean end (sigma_t = 0) and from an empty one (alpha_s = 0) h is infinite; then a constant D alone has a limit.
 *
 * @param keep coefficient of x_s
 * @param first coefficient of a constant D
 * @param drive what h and the integral are multiplied by: alpha_t, or -sigma_t
 * @param h signed step in lambda, positive towards data
 * @param z -h for x0, h for eps
 */
record ExponentialStep(double keep, double first, double drive, double h, double z) {
    /** The step between two points for a prediction of x0 or eps. */
    static ExponentialStep of(Prediction form, GridPoint s, GridPoint t) {
        double h = t.lambda() - s.lambda();
        if (form == Prediction.X0) {
            double keep = t.sigma() / s.sigma();
            double first = Double.isInfinite(h) ? t.alpha() - s.alpha() * keep : -t.alpha() * Math.expm1(-h);
            return new ExponentialStep(keep, first, t.alpha(), h, -h);
        }
        double keep = t.alpha() / s.alpha();
        double first = Double.isInfinite(h) ? t.sigma() - s.sigma() * keep : -t.sigma() * Math.expm1(h);
        return new ExponentialStep(keep, first, -t.sigma(), h, h);
    }

    /** True where D may be more than a constant. */
    boolean bounded() {
        return Double.isFinite(h);
    }

    /** Coefficient of the derivative of order k - 1 of D in u at s. */
    double phi(int k) {
        return k == 1 ? first : drive * h * Phi.of(k, z);
    }

    /** What is asked of solvers of this kind: x0 or eps. */
    static void requireForm(String solver, Prediction form) {
        if (form != Prediction.X0 && form != Prediction.EPS) {
            throw new IllegalArgumentException(solver + ": got a prediction of " + form + "; expected X0 or EPS");
        }
    }
}
