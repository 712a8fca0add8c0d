package org.fewstep.kernels.cpu;

/**
 * Both forms of gelu with slope and curvature of up to 512 floats at once, in passes that HotSpot vectorises, around the
 * exponentials and sigmoids of {@link LoopsMathF32}. Arguments stand in its {@code x}, results in its {@code y}.
 *
 * <p>Exact form: the tail N(-t) = e^(-t^2/2) P(u) / (t + K), t = |x|, u = (t - K) / (t + K), K = 2.5 sqrt(2); P is an
 * interpolation in Chebyshev points, error 0.14 2^-24, coefficients rounded to float. Tanh form: x s(w), w = 2 sqrt(2 / pi)
 * (x + 0.044715 x^3), with s (1 - s) = s(w) s(-w).
 */
final class LoopsGeluF32 {
    private static final ThreadLocal<LoopsGeluF32> MINE = ThreadLocal.withInitial(LoopsGeluF32::new);

    /** Beyond this |x| values and derivatives are those of max(x, 0); keeps infinities out of the products. */
    private static final float FAR = 100f;

    private static final float K = 0x1.c48c6p+1f;
    private static final float P0 = 0x1.7d99acp-1f;
    private static final float P1 = -0x1.2350acp-1f;
    private static final float P2 = 0x1.48ab46p-2f;
    private static final float P3 = -0x1.effdc6p-4f;
    private static final float P4 = 0x1.488b52p-6f;
    private static final float P5 = 0x1.847894p-8f;
    private static final float P6 = -0x1.bd318p-9f;
    private static final float P7 = -0x1.32ab3p-12f;
    private static final float P8 = 0x1.edf90ep-12f;
    private static final float P9 = 0x1.3eb6dp-16f;
    private static final float P10 = -0x1.b08b4p-15f;

    /** 1 / sqrt(2 pi). */
    private static final float DENSITY = 0x1.988454p-2f;

    /** 2 sqrt(2 / pi), and that times 0.044715. */
    private static final float W = 1.5957691216057308f;

    private static final float WA = 0.07135481282f;

    private static final int ONE_BITS = 0x3F800000;

    private final LoopsMathF32 math = LoopsMathF32.mine();
    private final float[] x = new float[LoopsMathF32.CHUNK];
    private final float[] near = new float[LoopsMathF32.CHUNK];
    private final float[] tail = new float[LoopsMathF32.CHUNK];
    private final float[] right = new float[LoopsMathF32.CHUNK];
    private final int[] bits = new int[LoopsMathF32.CHUNK];

    private LoopsGeluF32() {}

    /** This thread's object. */
    static LoopsGeluF32 mine() {
        return MINE.get();
    }

    /** y = x N(x) = max(x, 0) - |x| N(-|x|). */
    void exact(int n) {
        bell(n);
        tails(near, math.y, tail, n);
        exact(x, near, tail, math.y, n);
    }

    /** y = N(x) + x n(x). */
    void slope(int n) {
        bell(n);
        tails(near, math.y, tail, n);
        sides(x, bits, right, n);
        slope(near, right, tail, math.y, n);
    }

    /** y = n(x) (2 - x^2). */
    void curvature(int n) {
        bell(n);
        curvature(near, math.y, n);
    }

    /** y = x s(w). */
    void tanhForm(int n) {
        copy(math.x, x, n);
        argument(math.x, 1f, n);
        math.sigmoid(n);
        product(x, math.y, n);
    }

    /** y = s + x s (1 - s) w'. */
    void tanhSlope(int n) {
        sigmoids(n);
        tanhSlope(near, tail, math.y, n);
    }

    /** y = s (1 - s) (2 w' + x (w'' + (1 - 2 s) w'^2)). */
    void tanhCurvature(int n) {
        sigmoids(n);
        tanhCurvature(near, tail, math.y, n);
    }

    /** x = the arguments, near = them within FAR, math.y = e^(-near^2 / 2). */
    private void bell(int n) {
        copy(math.x, x, n);
        limit(x, near, n);
        squares(near, math.x, n);
        math.exp(n);
    }

    /** near = the arguments within FAR, tail = s(-w), math.y = s(w). */
    private void sigmoids(int n) {
        limit(math.x, near, n);
        copy(near, math.x, n);
        argument(math.x, -1f, n);
        math.sigmoid(n);
        copy(math.y, tail, n);
        copy(near, math.x, n);
        argument(math.x, 1f, n);
        math.sigmoid(n);
    }

    private static void copy(float[] from, float[] to, int n) {
        System.arraycopy(from, 0, to, 0, n);
    }

    private static void limit(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(Math.min(x[i], FAR), -FAR);
        }
    }

    private static void squares(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = -0.5f * x[i] * x[i];
        }
    }

    /** y = N(-|x|) from e = e^(-x^2 / 2). */
    static void tails(float[] x, float[] e, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float t = Math.abs(x[i]);
            float d = 1f / (t + K);
            float u = (t - K) * d;
            float p = Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, P10, P9), P8), P7), P6);
            p = Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, p, P5), P4), P3), P2), P1), P0);
            y[i] = e[i] * p * d;
        }
    }

    private static void exact(float[] x, float[] near, float[] tail, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(x[i], 0f) - Math.abs(near[i]) * tail[i];
        }
    }

    /** 1 where x is not negative, else 0. */
    private static void sides(float[] x, int[] bits, float[] right, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = Float.floatToRawIntBits(x[i]);
        }
        for (int i = 0; i < n; i++) {
            bits[i] = (~bits[i] >> 31) & ONE_BITS;
        }
        for (int i = 0; i < n; i++) {
            right[i] = Float.intBitsToFloat(bits[i]);
        }
    }

    private static void slope(float[] x, float[] right, float[] tail, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.fma(x[i] * DENSITY, y[i], Math.fma(1f - 2f * right[i], tail[i], right[i]));
        }
    }

    private static void curvature(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = DENSITY * y[i] * Math.fma(-x[i], x[i], 2f);
        }
    }

    /** w or -w within the range in which the sigmoid reaches both ends. */
    private static void argument(float[] x, float sign, int n) {
        for (int i = 0; i < n; i++) {
            float v = Math.max(Math.min(x[i], FAR), -FAR);
            x[i] = sign * v * Math.fma(v * v, WA, W);
        }
    }

    private static void product(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] *= Math.max(x[i], -FAR);
        }
    }

    private static void tanhSlope(float[] x, float[] other, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float w1 = Math.fma(x[i] * x[i], 3f * WA, W);
            y[i] = Math.fma(x[i] * w1, y[i] * other[i], y[i]);
        }
    }

    private static void tanhCurvature(float[] x, float[] other, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float w1 = Math.fma(x[i] * x[i], 3f * WA, W);
            float bend = Math.fma((other[i] - y[i]) * w1, w1, 6f * WA * x[i]);
            y[i] = y[i] * other[i] * Math.fma(x[i], bend, 2f * w1);
        }
    }
}
