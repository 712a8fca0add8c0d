package org.fewstep.kernels.cpu;

/**
 * The error function and its complement, good to a few units in the last place over the whole range.
 *
 * <p>Below 1, erf(x) = x P(x^2). Above, erfc(x) = e^(-x^2) Q(u) / (x + 5/2) with u = (x - 5/2) / (x + 5/2), which maps
 * (1, infinity) to (-3/7, 1). P and Q are interpolations in Chebyshev points with relative errors below 2^-51. Bits do
 * not depend on the JVM: {@link StrictMath} and Horner's rule without fused steps.
 */
public final class Erf {
    private static final double[] P = {
        0x1.20dd750429b6dp+0,
        -0x1.812746b0379c1p-2,
        0x1.ce2f21a040f66p-4,
        -0x1.b82ce31203772p-6,
        0x1.565bccfa44156p-8,
        -0x1.c02db0665e53dp-11,
        0x1.f9a2be4f731a1p-14,
        -0x1.f4ca838adb73bp-17,
        0x1.b981d78881a5dp-20,
        -0x1.5c131500d3f88p-23,
        0x1.d76af6ca49787p-27,
        -0x1.ac9585a44fe29p-31
    };

    private static final double[] Q = {
        0x1.0dd50785280a5p+0,
        -0x1.9bfb53c403a00p-1,
        0x1.d0cedcb8c8e68p-2,
        -0x1.5eb8eba1d9649p-3,
        0x1.d0acf6925bf57p-6,
        0x1.1305f55235c40p-7,
        -0x1.3bcdce447b457p-8,
        -0x1.cc8adefd2a2f4p-12,
        0x1.7069de75fa3a7p-11,
        0x1.e90e19012c1a9p-15,
        -0x1.d83d35e53fc6bp-14,
        -0x1.470dc0ac0892ep-16,
        0x1.30183e63c6cdcp-16,
        0x1.c36b6153d143bp-18,
        -0x1.005b4b5e9b2e6p-19,
        -0x1.3dd3650f190bdp-19,
        -0x1.92af5b7386d95p-22,
        0x1.84fc10b536fe3p-20,
        -0x1.3d6068da74481p-21,
        0x1.3f94843fcc170p-24
    };

    /** Point that Q's argument is centred on. */
    private static final double CENTRE = 2.5;

    /** Above this, e^(-x^2) is 0 in doubles. */
    private static final double VANISHING = 28;

    private Erf() {}

    /** 2 / sqrt(pi) times the integral of e^(-s^2) from 0 to x. */
    public static double erf(double x) {
        double t = Math.abs(x);
        if (t < 1) {
            return x * horner(P, x * x);
        }
        return Double.isNaN(x) ? x : Math.copySign(1 - tail(t), x);
    }

    /** 1 - erf(x), without cancellation for large x. */
    public static double erfc(double x) {
        if (Math.abs(x) < 1) {
            return 1 - x * horner(P, x * x);
        }
        return Double.isNaN(x) ? x : x > 0 ? tail(x) : 2 - tail(-x);
    }

    private static double tail(double x) {
        if (x > VANISHING) {
            return 0;
        }
        // The square in two parts: the first is exact, so its exponential keeps its relative error.
        double high = (float) x;
        double square = StrictMath.exp(-high * high) * StrictMath.exp((high - x) * (high + x));
        return square * horner(Q, (x - CENTRE) / (x + CENTRE)) / (x + CENTRE);
    }

    private static double horner(double[] c, double x) {
        double sum = c[c.length - 1];
        for (int i = c.length - 2; i >= 0; i--) {
            sum = sum * x + c[i];
        }
        return sum;
    }
}
