package org.fewstep.kernels;

/**
 * Standard normal and uniform floats from Philox bits, by a formula whose result has the same bits on every device.
 *
 * <p>Box-Muller (1958): {@code z0 = r cos(a), z1 = r sin(a)} with {@code r = sqrt(-2 log u)}. Words 0 and 1 of a block
 * give elements 0 and 1, words 2 and 3 give elements 2 and 3. The first word of a pair is the radius, {@code u = (word +
 * 1/2) 2^-32} rounded to float, in [2^-33, 1], so |z| reaches 6.76; the second is the angle, {@code (word + 1/2) 2^-32}
 * turns.
 *
 * <p>Log, sine and cosine are own minimax polynomials made of float +, -, *, fma, conversions from integers and the
 * correctly rounded square root: operations that IEEE 754 fixes to the bit, so OpenCL C and CUDA follow exactly once
 * contraction is off. The angle is reduced in integers, where it is exact; no intermediate is subnormal, so flushing
 * changes nothing. Largest errors measured over dense inputs: log 0.91 ulp, sine 0.74, cosine 1.00 (the tests allow 2).
 */
public final class PortableNormal {
    private static final float TWO_M23 = 0x1p-23f;
    private static final float TWO_M24 = 0x1p-24f;
    private static final float TWO_M30 = 0x1p-30f;
    private static final float TWO_M31 = 0x1p-31f;
    private static final float TWO_M32 = 0x1p-32f;
    private static final float TWO_M33 = 0x1p-33f;

    private PortableNormal() {}

    /**
     * Fills {@code out[from .. from + count - 1]} with standard normals, elements 0 .. count - 1 of the stream (seed,
     * sample, step).
     *
     * @throws IllegalArgumentException if the range does not lie in {@code out}
     */
    public static void fill(float[] out, int from, int count, long seed, long sample, int step) {
        generate(out, from, count, seed, sample, step, true);
    }

    /**
     * Fills {@code out[from .. from + count - 1]} with uniforms, elements 0 .. count - 1 of the stream (seed, sample,
     * step): {@code ((word >>> 9) + 1/2) 2^-23}, exact in float, in [2^-24, 1 - 2^-24]. (With 24 bits instead of 23 the
     * largest value would round to 1.) The bits are those of {@link #fill}: do not take both from one step.
     *
     * @throws IllegalArgumentException if the range does not lie in {@code out}
     */
    public static void fillUniform(float[] out, int from, int count, long seed, long sample, int step) {
        generate(out, from, count, seed, sample, step, false);
    }

    /** The rounds stand here once more, on locals: {@link Philox#block} needs an array for its four words. */
    private static void generate(float[] out, int from, int count, long seed, long sample, int step, boolean normal) {
        if (from < 0 || count < 0 || count > out.length - from) {
            throw new IllegalArgumentException("random fill: got from " + from + ", count " + count + " in length "
                    + out.length + "; expected 0 <= from, 0 <= count and from + count <= length");
        }
        for (int done = 0, block = 0; done < count; done += 4, block++) {
            int c0 = block;
            int c1 = step;
            int c2 = (int) sample;
            int c3 = (int) (sample >>> 32);
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int round = 0; round < Philox.ROUNDS; round++) {
                long p0 = Philox.M0 * (c0 & 0xFFFFFFFFL);
                long p1 = Philox.M1 * (c2 & 0xFFFFFFFFL);
                c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
                c1 = (int) p1;
                c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
                c3 = (int) p0;
                k0 += Philox.W0;
                k1 += Philox.W1;
            }
            float z0;
            float z1;
            float z2;
            float z3;
            if (normal) {
                float r01 = radius(c0);
                float r23 = radius(c2);
                z0 = r01 * cosTurn(c1);
                z1 = r01 * sinTurn(c1);
                z2 = r23 * cosTurn(c3);
                z3 = r23 * sinTurn(c3);
            } else {
                z0 = uniform(c0);
                z1 = uniform(c1);
                z2 = uniform(c2);
                z3 = uniform(c3);
            }
            int at = from + done;
            int left = count - done;
            out[at] = z0;
            if (left > 1) {
                out[at + 1] = z1;
            }
            if (left > 2) {
                out[at + 2] = z2;
            }
            if (left > 3) {
                out[at + 3] = z3;
            }
        }
    }

    static float uniform(int word) {
        return Math.fma((float) (word >>> 9), TWO_M23, TWO_M24);
    }

    /** sqrt(-2 log u), u = (word + 1/2) 2^-32 in (0, 1]. */
    static float radius(int word) {
        float u = Math.fma((float) (word & 0xFFFFFFFFL), TWO_M32, TWO_M33);
        // A double holds the square root of a float with bits to spare: rounding twice is rounding once.
        return (float) Math.sqrt(-2f * log(u));
    }

    /** Cosine of (word + 1/2) 2^-32 turns. */
    static float cosTurn(int word) {
        int quarter = nearestQuarter(word);
        float x = fromQuarter(word, quarter);
        float size = (quarter & 1) == 0 ? cosQuarter(x) : sinQuarter(x);
        return ((quarter + 1) & 2) == 0 ? size : -size;
    }

    /** Sine of (word + 1/2) 2^-32 turns. */
    static float sinTurn(int word) {
        int quarter = nearestQuarter(word);
        float x = fromQuarter(word, quarter);
        float size = (quarter & 1) == 0 ? sinQuarter(x) : cosQuarter(x);
        return (quarter & 2) == 0 ? size : -size;
    }

    private static int nearestQuarter(int word) {
        return (word + 0x20000000) >>> 30;
    }

    /** The angle's distance from its nearest quarter turn, in quarter turns: within [-1/2, 1/2]. */
    private static float fromQuarter(int word, int quarter) {
        return Math.fma((float) (word - (quarter << 30)), TWO_M30, TWO_M31);
    }

    /** sin(x pi / 2) for |x| <= 1/2: pi/2 in two floats, then an odd polynomial of degree 7. */
    static float sinQuarter(float x) {
        float x2 = x * x;
        float p = Math.fma(x2, -0x1.2dc84cp-8f, 0x1.466004p-4f);
        p = Math.fma(x2, p, -0x1.4abbbep-1f);
        float low = Math.fma(x2, p, -0x1.777a5cp-25f);
        return Math.fma(x, 0x1.921fb6p+0f, x * low);
    }

    /** cos(x pi / 2) for |x| <= 1/2: an even polynomial of degree 8. */
    static float cosQuarter(float x) {
        float x2 = x * x;
        float p = Math.fma(x2, 0x1.d9d57ep-11f, -0x1.55c5e0p-6f);
        p = Math.fma(x2, p, 0x1.03c1dep-2f);
        p = Math.fma(x2, p, -0x1.3bd3ccp+0f);
        return Math.fma(x2, p, 1f);
    }

    /**
     * Natural logarithm of a positive, finite, normal float: u = 2^e m with m in [sqrt(1/2), sqrt(2)), f = m - 1, log u =
     * e log 2 + f - f^2/2 + f^3 P(f), P of degree 7; log 2 in two floats.
     */
    static float log(float u) {
        int bits = Float.floatToRawIntBits(u);
        int exponent = (bits - 0x3F3504F3) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
        float f2 = f * f;
        float p = Math.fma(f, -0x1.38b582p-4f, 0x1.055b72p-3f);
        p = Math.fma(f, p, -0x1.0d8544p-3f);
        p = Math.fma(f, p, 0x1.22da1cp-3f);
        p = Math.fma(f, p, -0x1.547244p-3f);
        p = Math.fma(f, p, 0x1.99a008p-3f);
        p = Math.fma(f, p, -0x1.000226p-2f);
        p = Math.fma(f, p, 0x1.555554p-2f);
        float e = (float) exponent;
        float rest = Math.fma(e, 0x1.0bfbe8p-15f, Math.fma(f2, -0.5f, f2 * (f * p)));
        return Math.fma(e, 0x1.62ep-1f, f + rest);
    }
}
