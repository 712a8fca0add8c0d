package org.fewstep.kernels.cpu;

/**
 * The conversions of {@link org.fewstep.kernels.PortableNormal} from random words to numbers, with its formulas and
 * coefficients, in passes over up to 512 words of which HotSpot vectorises most. Choices become products with 0, 1 and -1,
 * which are exact, so that the bits are the same.
 */
final class LoopsNormalF32 {
    private static final int MOST = 512;

    /** 2^23 and its bits: the sum with a whole number below 2^23 holds that number in its low bits. */
    private static final float TWO_23 = 0x1p23f;

    private static final int TWO_23_BITS = 0x4B000000;

    /** 2^15, which makes the upper half of a signed word positive. */
    private static final int HALF_RANGE = 0x8000;

    private final int[] bits = new int[MOST];
    private final int[] more = new int[MOST];
    private final float[] high = new float[MOST];
    private final float[] low = new float[MOST];
    private final float[] radius = new float[MOST];
    private final float[] quarter = new float[MOST];
    private final float[] sine = new float[MOST];
    private final float[] cosine = new float[MOST];

    /** y = (upper 23 bits + 1/2) 2^-23. */
    void uniform(int[] words, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = TWO_23_BITS | words[i] >>> 9;
        }
        fromBits(bits, high, n);
        for (int i = 0; i < n; i++) {
            y[i] = Math.fma(high[i] - TWO_23, 0x1p-23f, 0x1p-24f);
        }
    }

    /** Box and Muller: y = r cos(turn), z = r sin(turn), r of one word, the turn of the other. */
    void pairs(int[] radii, int[] turns, float[] y, float[] z, int n) {
        radius(radii, n);
        turn(turns, n);
        polynomials(high, sine, cosine, n);
        first(radius, quarter, sine, cosine, y, n);
        second(radius, quarter, sine, cosine, z, n);
    }

    private static void fromBits(int[] bits, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Float.intBitsToFloat(bits[i]);
        }
    }

    /** radius = sqrt(-2 ln u), u = (word + 1/2) 2^-32. */
    private void radius(int[] words, int n) {
        halves(words, bits, more, n);
        fromBits(bits, high, n);
        fromBits(more, low, n);
        unit(high, low, radius, n);
        for (int i = 0; i < n; i++) {
            bits[i] = Float.floatToRawIntBits(radius[i]);
        }
        exponentAndMantissa(bits, more, n);
        fromBits(bits, high, n);
        fromBits(more, low, n);
        logTail(high, radius, n);
        log(high, low, radius, n);
        root(radius, n);
    }

    /** Upper and lower half of an unsigned word, each as the bits of 2^23 plus it. */
    private static void halves(int[] words, int[] upper, int[] lower, int n) {
        for (int i = 0; i < n; i++) {
            upper[i] = TWO_23_BITS | words[i] >>> 16;
            lower[i] = TWO_23_BITS | words[i] & 0xFFFF;
        }
    }

    /** The word as a float, rounded once, then u. */
    private static void unit(float[] upper, float[] lower, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            float word = Math.fma(upper[i] - TWO_23, 0x1p16f, lower[i] - TWO_23);
            u[i] = Math.fma(word, 0x1p-32f, 0x1p-33f);
        }
    }

    /** u = 2^e m: bits become those of m, more those of 2^23 - e, as u is at most 1. */
    private static void exponentAndMantissa(int[] bits, int[] more, int n) {
        for (int i = 0; i < n; i++) {
            int e = (bits[i] - 0x3F3504F3) >> 23;
            more[i] = TWO_23_BITS | -e;
            bits[i] -= e << 23;
        }
    }

    /** t = P(f), f = m - 1. */
    private static void logTail(float[] m, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            float f = m[i] - 1f;
            float p = Math.fma(f, -0x1.38b582p-4f, 0x1.055b72p-3f);
            p = Math.fma(f, p, -0x1.0d8544p-3f);
            p = Math.fma(f, p, 0x1.22da1cp-3f);
            p = Math.fma(f, p, -0x1.547244p-3f);
            p = Math.fma(f, p, 0x1.99a008p-3f);
            p = Math.fma(f, p, -0x1.000226p-2f);
            t[i] = Math.fma(f, p, 0x1.555554p-2f);
        }
    }

    private static void log(float[] m, float[] exponent, float[] p, int n) {
        for (int i = 0; i < n; i++) {
            float f = m[i] - 1f;
            float f2 = f * f;
            float e = TWO_23 - exponent[i];
            float rest = Math.fma(e, 0x1.0bfbe8p-15f, Math.fma(f2, -0.5f, f2 * (f * p[i])));
            p[i] = Math.fma(e, 0x1.62ep-1f, f + rest);
        }
    }

    private static void root(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = (float) Math.sqrt(-2f * x[i]);
        }
    }

    /** quarter = the nearest quarter turn, 0 to 3; high = the distance from it in quarter turns. */
    private void turn(int[] words, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = TWO_23_BITS | (words[i] + 0x20000000) >>> 30;
        }
        fromBits(bits, quarter, n);
        distances(words, bits, more, n);
        fromBits(bits, high, n);
        fromBits(more, low, n);
        for (int i = 0; i < n; i++) {
            quarter[i] -= TWO_23;
        }
        for (int i = 0; i < n; i++) {
            float word = Math.fma(high[i] - (TWO_23 + HALF_RANGE), 0x1p16f, low[i] - TWO_23);
            high[i] = Math.fma(word, 0x1p-30f, 0x1p-31f);
        }
    }

    /** Halves of the signed distance from the nearest quarter turn. */
    private static void distances(int[] words, int[] upper, int[] lower, int n) {
        for (int i = 0; i < n; i++) {
            int d = words[i] - ((words[i] + 0x20000000) >>> 30 << 30);
            upper[i] = TWO_23_BITS | (d >> 16) + HALF_RANGE;
            lower[i] = TWO_23_BITS | d & 0xFFFF;
        }
    }

    private static void polynomials(float[] x, float[] sine, float[] cosine, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[i];
            float x2 = v * v;
            float p = Math.fma(x2, -0x1.2dc84cp-8f, 0x1.466004p-4f);
            p = Math.fma(x2, p, -0x1.4abbbep-1f);
            float tail = Math.fma(x2, p, -0x1.777a5cp-25f);
            sine[i] = Math.fma(v, 0x1.921fb6p+0f, v * tail);
        }
        for (int i = 0; i < n; i++) {
            float x2 = x[i] * x[i];
            float p = Math.fma(x2, 0x1.d9d57ep-11f, -0x1.55c5e0p-6f);
            p = Math.fma(x2, p, 0x1.03c1dep-2f);
            p = Math.fma(x2, p, -0x1.3bd3ccp+0f);
            cosine[i] = Math.fma(x2, p, 1f);
        }
    }

    /** r cos: of quarters 0, 1, 2, 3 the cosine, -sine, -cosine, sine. */
    private static void first(float[] r, float[] quarter, float[] sine, float[] cosine, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float q = quarter[i];
            float odd = 1f - Math.abs(Math.abs(q - 2f) - 1f);
            float sign = Math.max(Math.min(Math.abs(q + q - 3f) - 2f, 1f), -1f);
            y[i] = r[i] * (sign * (odd * sine[i] + (1f - odd) * cosine[i]));
        }
    }

    /** r sin: of quarters 0, 1, 2, 3 the sine, cosine, -sine, -cosine. */
    private static void second(float[] r, float[] quarter, float[] sine, float[] cosine, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            float q = quarter[i];
            float odd = 1f - Math.abs(Math.abs(q - 2f) - 1f);
            float sign = Math.max(Math.min(3f - q - q, 1f), -1f);
            z[i] = r[i] * (sign * (odd * cosine[i] + (1f - odd) * sine[i]));
        }
    }
}
