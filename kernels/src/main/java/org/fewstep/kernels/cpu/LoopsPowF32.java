package org.fewstep.kernels.cpu;

/**
 * x^p = e^(p ln x) of up to 512 floats at once, in doubles and in passes of which HotSpot vectorises most; rounded to float
 * at the end. What is not a positive finite x, {@link StrictMath#pow} computes.
 *
 * <p>x = 2^e m with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series to s^13; e^r by its
 * series to r^8, |r| at most ln(2) / 2: errors of 2^-39 and 2^-32.
 */
final class LoopsPowF32 {
    /** Most elements of a call. */
    static final int CHUNK = 512;

    private static final ThreadLocal<LoopsPowF32> MINE = ThreadLocal.withInitial(LoopsPowF32::new);

    /** Bits of sqrt(1/2), the least m. */
    private static final long ROOT_HALF_BITS = 0x3FE6A09E667F3BCDL;

    /** 1.5 2^52 and its bits: the sum with a small whole number holds that number in its low bits. */
    private static final double MAGIC = 0x1.8p52;

    private static final long MAGIC_BITS = 0x4338000000000000L;

    private static final double LN2 = 0x1.62e42fefa39efp-1;
    private static final double LOG2_E = 0x1.71547652b82fep+0;

    /** Beyond this exponent of e the float is 0 or infinite. */
    private static final double FAR = 200;

    private final double[] u = new double[CHUNK];
    private final double[] v = new double[CHUNK];
    private final long[] bits = new long[CHUNK];
    private final long[] more = new long[CHUNK];

    private LoopsPowF32() {}

    /** This thread's object. */
    static LoopsPowF32 mine() {
        return MINE.get();
    }

    /** {@code y[at + i] = x[at + i]^p}. */
    void pow(float[] x, float p, float[] y, int at, int n) {
        log(x, at, n);
        multiply(u, p, n);
        exp(n);
        for (int i = 0; i < n; i++) {
            y[at + i] = regular(x[at + i]) ? (float) u[i] : (float) StrictMath.pow(x[at + i], p);
        }
    }

    /** {@code y[at + i] = x[at + i]^p[at + i]}. */
    void pow(float[] x, float[] p, float[] y, int at, int n) {
        log(x, at, n);
        multiply(u, p, at, n);
        exp(n);
        for (int i = 0; i < n; i++) {
            boolean plain = regular(x[at + i]) && Math.abs(p[at + i]) < Float.POSITIVE_INFINITY;
            y[at + i] = plain ? (float) u[i] : (float) StrictMath.pow(x[at + i], p[at + i]);
        }
    }

    private static boolean regular(float x) {
        return x > 0f && x < Float.POSITIVE_INFINITY;
    }

    /** u = ln x. */
    private void log(float[] x, int at, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = Double.doubleToRawLongBits(x[at + i]);
        }
        exponentAndMantissa(bits, more, n);
        fromBits(bits, u, n);
        fromBits(more, v, n);
        log(u, v, n);
    }

    /** u = e^u. */
    private void exp(int n) {
        shift(u, v, n);
        for (int i = 0; i < n; i++) {
            bits[i] = Double.doubleToRawLongBits(v[i]);
        }
        exponents(bits, n);
        rest(u, v, n);
        fromBits(bits, v, n);
        exp(u, v, n);
    }

    private static void fromBits(long[] bits, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Double.longBitsToDouble(bits[i]);
        }
    }

    /** Bits of m and of e + MAGIC. */
    private static void exponentAndMantissa(long[] bits, long[] more, int n) {
        for (int i = 0; i < n; i++) {
            long e = (bits[i] - ROOT_HALF_BITS) >> 52;
            more[i] = MAGIC_BITS + e;
            bits[i] -= e << 52;
        }
    }

    private static void log(double[] m, double[] e, int n) {
        for (int i = 0; i < n; i++) {
            double s = (m[i] - 1) / (m[i] + 1);
            double z = s * s;
            double q = Math.fma(z, Math.fma(z, Math.fma(z, 2.0 / 13, 2.0 / 11), 2.0 / 9), 2.0 / 7);
            q = Math.fma(z, Math.fma(z, q, 2.0 / 5), 2.0 / 3);
            m[i] = Math.fma(e[i] - MAGIC, LN2, Math.fma(s * z, q, s + s));
        }
    }

    private static void multiply(double[] u, double p, int n) {
        for (int i = 0; i < n; i++) {
            u[i] *= p;
        }
    }

    private static void multiply(double[] u, float[] p, int at, int n) {
        for (int i = 0; i < n; i++) {
            u[i] *= p[at + i];
        }
    }

    /** v = MAGIC + round(u / ln 2), u within its limits. */
    private static void shift(double[] u, double[] v, int n) {
        for (int i = 0; i < n; i++) {
            double x = Math.max(Math.min(u[i], FAR), -FAR);
            u[i] = x;
            v[i] = Math.fma(x, LOG2_E, MAGIC);
        }
    }

    /** Bits of 2^k from those of MAGIC + k. */
    private static void exponents(long[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (bits[i] - (MAGIC_BITS - 1023)) << 52;
        }
    }

    private static void rest(double[] u, double[] v, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = Math.fma(v[i] - MAGIC, -LN2, u[i]);
        }
    }

    private static void exp(double[] r, double[] power, int n) {
        for (int i = 0; i < n; i++) {
            double x = r[i];
            double p = Math.fma(x, Math.fma(x, Math.fma(x, 1.0 / 40_320, 1.0 / 5040), 1.0 / 720), 1.0 / 120);
            p = Math.fma(x, Math.fma(x, Math.fma(x, p, 1.0 / 24), 1.0 / 6), 0.5);
            r[i] = Math.fma(x, Math.fma(x, p, 1), 1) * power[i];
        }
    }
}
