package org.fewstep.kernels.cpu;

/**
 * Transcendental functions of up to 512 floats at once, in passes that HotSpot vectorises one by one; the same formula
 * for every element, cold or hot.
 *
 * <p>e^x = 2^n e^r with n = round(x / ln 2) and |r| at most ln(2) / 2, e^r = 1 + r + r^2 q(r). Rounding adds 1.5 2^23,
 * which leaves n in the low bits. The polynomials are minimax fits for the relative error with coefficients rounded to
 * float. One object a thread; {@link #x} holds the arguments, {@link #y} receives the results.
 */
final class LoopsMathF32 {
    /** Most elements of a call. */
    static final int CHUNK = 512;

    private static final ThreadLocal<LoopsMathF32> MINE = ThreadLocal.withInitial(LoopsMathF32::new);

    /** 1.5 2^23 and its bits: a sum with it has no fraction bits left. */
    private static final float MAGIC = 12_582_912f;

    private static final int MAGIC_BITS = 0x4B400000;
    private static final int ONE_BITS = 0x3F800000;

    private static final float LOG2_E = 0x1.715476p+0f;

    /** ln 2 in two parts; the first has 15 bits, so n times it is exact. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;

    private static final float LN2_LOW = 0x1.7f7d1cp-20f;

    /** (e^r - 1 - r) / r^2 = E0 + E1 r + ...; error 0.25 2^-24 of e^r - 1. */
    private static final float E0 = 0x1.fffffep-2f;

    private static final float E1 = 0x1.5554aep-3f;
    private static final float E2 = 0x1.5556fp-5f;
    private static final float E3 = 0x1.122a72p-7f;
    private static final float E4 = 0x1.6ba492p-10f;

    private static final float TWO_OVER_PI = 0x1.45f306p-1f;

    /** pi / 2 in three parts; n times the first is subtracted without rounding. */
    private static final float HALF_PI_HIGH = 0x1.921fb6p+0f;

    private static final float HALF_PI_MIDDLE = -0x1.777a5cp-25f;
    private static final float HALF_PI_LOW = -0x1.ee59dap-50f;

    /** Greatest |x| that the reduction by pi / 2 is good for; above it StrictMath computes. */
    private static final float REDUCIBLE = 65_536f;

    /** (sin(r) / r - 1) / r^2 = S0 + S1 r^2 + ..., |r| at most pi / 4. */
    private static final float S0 = -0x1.555556p-3f;

    private static final float S1 = 0x1.111172p-7f;
    private static final float S2 = -0x1.a056acp-13f;
    private static final float S3 = 0x1.7b5d6ap-19f;

    /** (cos(r) - 1 + r^2 / 2) / r^4 = C0 + C1 r^2 + ... */
    private static final float C0 = 0x1.55554ap-5f;

    private static final float C1 = -0x1.6c0c14p-10f;
    private static final float C2 = 0x1.99de6ep-16f;

    /** Bits of sqrt(1/2): the mantissa m is taken from [sqrt(1/2), sqrt(2)). */
    private static final int ROOT_HALF_BITS = 0x3F3504F3;

    /** (ln(1 + f) - f + f^2 / 2) / f^3 = L0 + L1 f + ... */
    private static final float L0 = 0x1.555548p-2f;

    private static final float L1 = -0x1.000006p-2f;
    private static final float L2 = 0x1.99a476p-3f;
    private static final float L3 = -0x1.555c44p-3f;
    private static final float L4 = 0x1.233ba2p-3f;
    private static final float L5 = -0x1.fc28cap-4f;
    private static final float L6 = 0x1.e6c00ap-4f;
    private static final float L7 = -0x1.de01dcp-4f;
    private static final float L8 = 0x1.14733ep-4f;

    /** sqrt(2) - 1: the greatest f that the polynomial of ln(1 + f) is used for. */
    private static final float ROOT_TWO_LESS_ONE = 0x1.a8279ap-2f;

    /** Makes 1 or more of the least difference of two floats near 1. */
    private static final float STEEP = 0x1p60f;

    final float[] x = new float[CHUNK];
    final float[] y = new float[CHUNK];

    private final float[] kept = new float[CHUNK];
    private final float[] clamped = new float[CHUNK];
    private final float[] r = new float[CHUNK];
    private final float[] s = new float[CHUNK];
    private final float[] t = new float[CHUNK];
    private final int[] bits = new int[CHUNK];
    private final int[] more = new int[CHUNK];

    private LoopsMathF32() {}

    /** This thread's object. */
    static LoopsMathF32 mine() {
        return MINE.get();
    }

    /** y = e^x; 0 below -104, infinite above 88.73. */
    void exp(int n) {
        clamp(x, -105f, 89f, clamped, n);
        reduce(clamped, s, r, n);
        toBits(s, bits, n);
        // Two factors reach the whole range from the least denormal to 2^128.
        halves(bits, more, n);
        fromBits(bits, s, n);
        fromBits(more, t, n);
        scaledTwice(r, s, t, y, n);
    }

    /** y = 1 / (1 + e^-x). */
    void sigmoid(int n) {
        expOfNegative(-89f, 87f, n);
        sigmoid(t, y, n);
    }

    /** y = x / (1 + e^-x). */
    void silu(int n) {
        expOfNegative(-89f, 87f, n);
        silu(x, t, y, n);
    }

    /** y = s (1 + x (1 - s)), s = 1 / (1 + e^-x). */
    void siluSlope(int n) {
        expOfNegative(-87f, 87f, n);
        siluSlope(clamped, t, y, n);
    }

    /** y = s (1 - s) (2 + x (1 - 2 s)). */
    void siluCurvature(int n) {
        expOfNegative(-87f, 87f, n);
        siluCurvature(clamped, t, y, n);
    }

    /** y = u / (u + 2), u = e^2x - 1 by 2^n (e^r - 1) + (2^n - 1), which is good near 0. */
    void tanh(int n) {
        twiceClamped(x, 10f, clamped, n);
        reduce(clamped, s, r, n);
        toBits(s, bits, n);
        exponents(bits, n);
        fromBits(bits, s, n);
        tanh(r, s, y, n);
    }

    /** y = max(x, 0) + ln(1 + e), e = e^-|x|. */
    void softplus(int n) {
        System.arraycopy(x, 0, kept, 0, n);
        negativeSizes(x, n);
        exp(n);
        aroundOne(y, r, s, n);
        tailOfLogOfOneAnd(r, t, n);
        softplus(kept, r, s, t, y, n);
    }

    /** y = sin(x). */
    void sin(int n) {
        circular(0, n);
        for (int i = 0; i < n; i++) {
            if (!(Math.abs(x[i]) <= REDUCIBLE)) {
                y[i] = (float) StrictMath.sin(x[i]);
            }
        }
    }

    /** y = cos(x) = sin(x + pi/2). */
    void cos(int n) {
        circular(1, n);
        for (int i = 0; i < n; i++) {
            if (!(Math.abs(x[i]) <= REDUCIBLE)) {
                y[i] = (float) StrictMath.cos(x[i]);
            }
        }
    }

    /** y = ln(x). */
    void log(int n) {
        toBits(x, bits, n);
        exponentAndMantissa(bits, more, n);
        fromBits(bits, r, n);
        fromBits(more, s, n);
        logTail(r, t, n);
        log(r, s, t, y, n);
        for (int i = 0; i < n; i++) {
            if (!(x[i] >= Float.MIN_NORMAL && x[i] <= Float.MAX_VALUE)) {
                y[i] = (float) StrictMath.log(x[i]);
            }
        }
    }

    /** t = e^-x for x kept within low .. high. */
    private void expOfNegative(float low, float high, int n) {
        clamp(x, low, high, clamped, n);
        reduceNegative(clamped, s, r, n);
        toBits(s, bits, n);
        exponents(bits, n);
        fromBits(bits, s, n);
        scaled(r, s, t, n);
    }

    private void circular(int quarter, int n) {
        reduceByHalfPi(x, s, r, n);
        toBits(s, bits, n);
        quadrants(bits, more, quarter, n);
        fromBits(bits, s, n);
        fromBits(more, t, n);
        circularPolynomials(r, s, t, y, n);
    }

    private static void clamp(float[] x, float low, float high, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.max(Math.min(x[i], high), low);
        }
    }

    private static void twiceClamped(float[] x, float limit, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = 2f * Math.max(Math.min(x[i], limit), -limit);
        }
    }

    private static void reduce(float[] x, float[] z, float[] r, int n) {
        for (int i = 0; i < n; i++) {
            float shifted = Math.fma(x[i], LOG2_E, MAGIC);
            float k = shifted - MAGIC;
            z[i] = shifted;
            r[i] = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, x[i]));
        }
    }

    private static void reduceNegative(float[] x, float[] z, float[] r, int n) {
        for (int i = 0; i < n; i++) {
            float shifted = Math.fma(x[i], -LOG2_E, MAGIC);
            float k = shifted - MAGIC;
            z[i] = shifted;
            r[i] = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, -x[i]));
        }
    }

    private static void toBits(float[] z, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = Float.floatToRawIntBits(z[i]);
        }
    }

    private static void fromBits(int[] bits, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            z[i] = Float.intBitsToFloat(bits[i]);
        }
    }

    /** Bits of 2^n from those of n + MAGIC; n = 128 gives infinity. */
    private static void exponents(int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (bits[i] - (MAGIC_BITS - 127)) << 23;
        }
    }

    /** Bits of 2^h and 2^(n - h), h = floor(n / 2). */
    private static void halves(int[] bits, int[] more, int n) {
        for (int i = 0; i < n; i++) {
            int k = bits[i] - MAGIC_BITS;
            int half = k >> 1;
            bits[i] = (half + 127) << 23;
            more[i] = (k - half + 127) << 23;
        }
    }

    private static void scaled(float[] r, float[] s, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = r[i];
            float q = Math.fma(v, Math.fma(v, Math.fma(v, Math.fma(v, E4, E3), E2), E1), E0);
            y[i] = (Math.fma(v * v, q, v) + 1f) * s[i];
        }
    }

    private static void scaledTwice(float[] r, float[] s, float[] t, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = r[i];
            float q = Math.fma(v, Math.fma(v, Math.fma(v, Math.fma(v, E4, E3), E2), E1), E0);
            y[i] = (Math.fma(v * v, q, v) + 1f) * s[i] * t[i];
        }
    }

    private static void tanh(float[] r, float[] s, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = r[i];
            float q = Math.fma(v, Math.fma(v, Math.fma(v, Math.fma(v, E4, E3), E2), E1), E0);
            float u = Math.fma(s[i], Math.fma(v * v, q, v), s[i] - 1f);
            y[i] = u / (u + 2f);
        }
    }

    private static void sigmoid(float[] e, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = 1f / (1f + e[i]);
        }
    }

    /** The numerator stays finite at minus infinity, where e is infinite. */
    private static void silu(float[] x, float[] e, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(x[i], -89f) / (1f + e[i]);
        }
    }

    private static void siluSlope(float[] x, float[] e, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float d = 1f / (1f + e[i]);
            y[i] = d * Math.fma(x[i], e[i] * d, 1f);
        }
    }

    private static void siluCurvature(float[] x, float[] e, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float d = 1f / (1f + e[i]);
            float rest = e[i] * d;
            y[i] = d * rest * Math.fma(x[i], rest - d, 2f);
        }
    }

    private static void negativeSizes(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = -Math.abs(x[i]);
        }
    }

    /** 1 + e = 2^k (1 + f), k = 0 or 1, f at most sqrt(2) - 1 in size; the choice without a branch. */
    private static void aroundOne(float[] e, float[] f, float[] k, int n) {
        for (int i = 0; i < n; i++) {
            float large = Math.min(Math.max((e[i] - ROOT_TWO_LESS_ONE) * STEEP, 0f), 1f);
            k[i] = large;
            f[i] = (1f - large) * e[i] + large * (0.5f * (e[i] - 1f));
        }
    }

    private static void tailOfLogOfOneAnd(float[] f, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            float v = f[i];
            float p = Math.fma(v, Math.fma(v, Math.fma(v, Math.fma(v, L8, L7), L6), L5), L4);
            t[i] = Math.fma(v, Math.fma(v, Math.fma(v, Math.fma(v, p, L3), L2), L1), L0);
        }
    }

    private static void softplus(float[] x, float[] f, float[] k, float[] p, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = f[i];
            float tail = Math.fma(v * p[i], v * v, -0.5f * (v * v));
            y[i] = Math.max(x[i], 0f) + Math.fma(k[i], LN2_HIGH, v + Math.fma(k[i], LN2_LOW, tail));
        }
    }

    private static void reduceByHalfPi(float[] x, float[] z, float[] r, int n) {
        for (int i = 0; i < n; i++) {
            float shifted = Math.fma(x[i], TWO_OVER_PI, MAGIC);
            float k = shifted - MAGIC;
            z[i] = shifted;
            r[i] = Math.fma(k, -HALF_PI_LOW, Math.fma(k, -HALF_PI_MIDDLE, Math.fma(k, -HALF_PI_HIGH, x[i])));
        }
    }

    /** Bits of 1 where the cosine polynomial serves, else 0, and of the sign 1 or -1. */
    private static void quadrants(int[] bits, int[] more, int quarter, int n) {
        for (int i = 0; i < n; i++) {
            int k = bits[i] + quarter;
            bits[i] = -(k & 1) & ONE_BITS;
            more[i] = ONE_BITS | (k & 2) << 30;
        }
    }

    private static void circularPolynomials(float[] r, float[] odd, float[] sign, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = r[i];
            float z = v * v;
            float sine = Math.fma(v * z, Math.fma(z, Math.fma(z, Math.fma(z, S3, S2), S1), S0), v);
            float cosine = Math.fma(z * z, Math.fma(z, Math.fma(z, C2, C1), C0), Math.fma(z, -0.5f, 1f));
            y[i] = sign[i] * (odd[i] * cosine + (1f - odd[i]) * sine);
        }
    }

    /** x = 2^e m: bits become those of m, more those of e + MAGIC. */
    private static void exponentAndMantissa(int[] bits, int[] more, int n) {
        for (int i = 0; i < n; i++) {
            int e = (bits[i] - ROOT_HALF_BITS) >> 23;
            more[i] = MAGIC_BITS + e;
            bits[i] -= e << 23;
        }
    }

    private static void logTail(float[] m, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            float f = m[i] - 1f;
            float p = Math.fma(f, Math.fma(f, Math.fma(f, Math.fma(f, L8, L7), L6), L5), L4);
            t[i] = Math.fma(f, Math.fma(f, Math.fma(f, Math.fma(f, p, L3), L2), L1), L0);
        }
    }

    private static void log(float[] m, float[] z, float[] p, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float f = m[i] - 1f;
            float e = z[i] - MAGIC;
            float tail = Math.fma(f * p[i], f * f, -0.5f * (f * f));
            y[i] = Math.fma(e, LN2_HIGH, f + Math.fma(e, LN2_LOW, tail));
        }
    }
}
