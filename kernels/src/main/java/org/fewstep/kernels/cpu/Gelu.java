package org.fewstep.kernels.cpu;

/**
 * The Gaussian error linear unit (Hendrycks and Gimpel 2016, arXiv:1606.08415) in both forms, with slope and curvature.
 *
 * <p>Exact: f = x N(x), N the normal distribution function with density n, so f' = N + x n and f'' = n (2 - x^2). Tanh
 * form: f = x s(w), s = sigmoid and w = 2 c (x + a x^3), which is x (1 + tanh(w / 2)) / 2; f' = s + x s' w' and
 * f'' = 2 s' w' + x s' (w'' + (1 - 2 s) w'^2), with s' = s (1 - s) taken from e^-|w| without cancellation.
 */
final class Gelu {
    private static final double ROOT_HALF = StrictMath.sqrt(0.5);
    private static final double DENSITY = 1 / StrictMath.sqrt(2 * Math.PI);

    /** 2 c = 2 sqrt(2 / pi), and a. */
    private static final double TWICE_C = 2 * StrictMath.sqrt(2 / Math.PI);

    private static final double A = 0.044715;

    /** Beyond this |x| every form is x, 1, 0 or 0, 0, 0; keeps infinities out of the products. */
    private static final double FAR = 40;

    private Gelu() {}

    static double exact(double x) {
        return x < -FAR ? -0.0 : x * 0.5 * Erf.erfc(-x * ROOT_HALF);
    }

    static double slope(double x) {
        return Math.abs(x) > FAR ? step(x) : 0.5 * Erf.erfc(-x * ROOT_HALF) + x * density(x);
    }

    static double curvature(double x) {
        return Math.abs(x) > FAR ? 0 : density(x) * (2 - x * x);
    }

    static double tanhForm(double x) {
        return x < -FAR ? -0.0 : x * sigmoid(w(x));
    }

    static double tanhSlope(double x) {
        if (Math.abs(x) > FAR) {
            return step(x);
        }
        double w = w(x);
        return sigmoid(w) + x * bell(w) * w1(x);
    }

    static double tanhCurvature(double x) {
        if (Math.abs(x) > FAR) {
            return 0;
        }
        double w = w(x);
        double w1 = w1(x);
        double w2 = TWICE_C * 6 * A * x;
        return bell(w) * (2 * w1 + x * (w2 + (1 - 2 * sigmoid(w)) * w1 * w1));
    }

    private static double step(double x) {
        return x > 0 ? 1 : 0;
    }

    private static double density(double x) {
        return DENSITY * StrictMath.exp(-0.5 * x * x);
    }

    private static double w(double x) {
        return TWICE_C * x * (1 + A * x * x);
    }

    private static double w1(double x) {
        return TWICE_C * (1 + 3 * A * x * x);
    }

    private static double sigmoid(double w) {
        double e = StrictMath.exp(-Math.abs(w));
        return w >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /** s (1 - s). */
    private static double bell(double w) {
        double e = StrictMath.exp(-Math.abs(w));
        return e / ((1 + e) * (1 + e));
    }
}
