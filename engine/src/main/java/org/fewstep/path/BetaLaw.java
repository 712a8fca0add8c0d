package org.fewstep.path;

/**
 * The beta law on [0, 1], density x^(a-1) (1-x)^(b-1) / B(a, b): its distribution function, the regularised incomplete
 * beta function, and the inverse of it.
 *
 * <p>The continued fraction of Lentz's form gives the distribution function to about 1e-14; the inverse is found by
 * Newton steps kept inside a shrinking bracket.
 *
 * @param a first exponent, above 0
 * @param b second exponent, above 0
 */
public record BetaLaw(double a, double b) {
    private static final double TINY = 1e-300;
    private static final double EPSILON = 3e-16;
    private static final int MAX_TERMS = 10_000;
    private static final int MAX_STEPS = 200;

    /** Lanczos coefficients for g = 7. */
    private static final double[] LANCZOS = {
        0.99999999999980993,
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7
    };

    public BetaLaw {
        if (!(a > 0) || !(b > 0) || Double.isInfinite(a) || Double.isInfinite(b)) {
            throw new IllegalArgumentException(
                    "beta law: got exponents " + a + " and " + b + "; expected finite numbers above 0");
        }
    }

    /** Probability of at most x. */
    public double cdf(double x) {
        if (!(0 <= x && x <= 1)) {
            throw new IllegalArgumentException("beta law: got x " + x + "; expected 0 to 1");
        }
        if (x == 0 || x == 1) {
            return x;
        }
        double logFactor = a * Math.log(x) + b * Math.log1p(-x) - logBeta();
        // The fraction converges fast below the mean; above it the mirrored law is used.
        return x < (a + 1) / (a + b + 2)
                ? Math.exp(logFactor) * fraction(x, a, b) / a
                : 1 - Math.exp(logFactor) * fraction(1 - x, b, a) / b;
    }

    /** The x whose probability of at most x is p. */
    public double quantile(double p) {
        if (!(0 <= p && p <= 1)) {
            throw new IllegalArgumentException("beta law: got probability " + p + "; expected 0 to 1");
        }
        if (p == 0 || p == 1) {
            return p;
        }
        double low = 0;
        double high = 1;
        double x = a / (a + b);
        for (int i = 0; i < MAX_STEPS && high - low > EPSILON * high; i++) {
            double excess = cdf(x) - p;
            if (excess == 0) {
                return x;
            }
            if (excess > 0) {
                high = x;
            } else {
                low = x;
            }
            double density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta());
            double next = x - excess / density;
            double middle = 0.5 * (low + high);
            double moved = next > low && next < high ? next : middle;
            if (moved == x || middle == low || middle == high) {
                return moved;
            }
            x = moved;
        }
        return x;
    }

    private double logBeta() {
        return logGamma(a) + logGamma(b) - logGamma(a + b);
    }

    private static double logGamma(double x) {
        if (x < 0.5) {
            return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
        }
        double sum = LANCZOS[0];
        for (int i = 1; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (x - 1 + i);
        }
        double t = x + 6.5;
        return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
    }

    /** The continued fraction of the incomplete beta function. */
    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / nonZero(1 - (a + b) * x / (a + 1));
        double h = d;
        for (int m = 1; m <= MAX_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / nonZero(1 + even * d);
            c = nonZero(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / nonZero(1 + odd * d);
            c = nonZero(1 + odd / c);
            h *= d * c;
            if (Math.abs(d * c - 1) < EPSILON) {
                break;
            }
        }
        return h;
    }

    private static double nonZero(double v) {
        return Math.abs(v) < TINY ? TINY : v;
    }
}
