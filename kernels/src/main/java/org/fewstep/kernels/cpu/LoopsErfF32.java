package org.fewstep.kernels.cpu;

/**
 * The error function of up to 512 floats at once, in passes that HotSpot vectorises. Arguments stand in the {@code x} of
 * {@link LoopsMathF32}, results in its {@code y}.
 *
 * <p>For |x| at most 1, x P(x^2), P a fit for the least relative error (0.90 2^-24) with coefficients rounded to float; beyond,
 * 1 - 2 N(-sqrt(2) |x|) with the tail of {@link LoopsGeluF32} and the sign of x. Both are computed and one is kept, without
 * a branch.
 */
final class LoopsErfF32 {
    private static final ThreadLocal<LoopsErfF32> MINE = ThreadLocal.withInitial(LoopsErfF32::new);

    /** Beyond this |x| the result is 1 in float. */
    private static final float FAR = 4f;

    private static final float ROOT_TWO = 0x1.6a09e6p+0f;
    private static final float P0 = 0x1.20dd74p+0f;
    private static final float P1 = -0x1.81262ep-2f;
    private static final float P2 = 0x1.cdfcdep-4f;
    private static final float P3 = -0x1.b4d5ap-6f;
    private static final float P4 = 0x1.3c343p-8f;
    private static final float P5 = -0x1.f982b2p-12f;
    private static final float P6 = -0x1.bf6a28p-16f;

    /** Makes 1 or more of the least difference of two floats near 1. */
    private static final float STEEP = 0x1p60f;

    private final LoopsMathF32 math = LoopsMathF32.mine();
    private final float[] near = new float[LoopsMathF32.CHUNK];
    private final float[] wide = new float[LoopsMathF32.CHUNK];
    private final float[] tail = new float[LoopsMathF32.CHUNK];

    private LoopsErfF32() {}

    /** This thread's object. */
    static LoopsErfF32 mine() {
        return MINE.get();
    }

    /** y = erf(x). */
    void erf(int n) {
        prepare(math.x, near, wide, n);
        math.exp(n);
        LoopsGeluF32.tails(wide, math.y, tail, n);
        inner(near, math.y, n);
        outer(near, tail, n);
        farther(near, wide, n);
        choose(wide, tail, math.y, n);
    }

    /** near = x within FAR, wide = sqrt(2) near, x = -near^2. */
    private static void prepare(float[] x, float[] near, float[] wide, int n) {
        for (int i = 0; i < n; i++) {
            float v = Math.max(Math.min(x[i], FAR), -FAR);
            near[i] = v;
            wide[i] = ROOT_TWO * v;
            x[i] = -v * v;
        }
    }

    /** y = x P(x^2). */
    private static void inner(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[i];
            float z = v * v;
            float p = Math.fma(z, Math.fma(z, Math.fma(z, Math.fma(z, P6, P5), P4), P3), P2);
            y[i] = v * Math.fma(z, Math.fma(z, p, P1), P0);
        }
    }

    /** tail = sign(x) (1 - 2 tail). */
    private static void outer(float[] x, float[] tail, int n) {
        for (int i = 0; i < n; i++) {
            tail[i] = Math.max(Math.min(x[i] * STEEP, 1f), -1f) * (1f - 2f * tail[i]);
        }
    }

    /** far = 1 where |x| is above 1, else 0. */
    private static void farther(float[] x, float[] far, int n) {
        for (int i = 0; i < n; i++) {
            far[i] = Math.min(Math.max((Math.abs(x[i]) - 1f) * STEEP, 0f), 1f);
        }
    }

    private static void choose(float[] far, float[] outer, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = (1f - far[i]) * y[i] + far[i] * outer[i];
        }
    }
}
