package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Exponentials, logarithms and circular functions of a vector, lane by lane, from correctly rounded operations alone:
 * the formulas and coefficients of {@link LoopsMathF32}, so a lane's bits depend on its argument only.
 *
 * <p>HotSpot must inline these methods into the loops that call them, or vectors become objects: each is short, and
 * loops call them first of all.
 */
final class VectorMathF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;

    /** 1.5 2^23: a sum with it has no fraction bits left, and its low nine bits are 0. */
    private static final float MAGIC = 12_582_912f;

    private static final int MAGIC_BITS = 0x4B400000;

    /** Exponent bias of a float. */
    private static final int BIAS = 127;

    private static final float LOG2_E = 0x1.715476p+0f;
    private static final float LN2 = 0x1.62e43p-1f;
    private static final float LN2_HIGH = 0x1.62e4p-1f;
    private static final float LN2_LOW = 0x1.7f7d1cp-20f;

    private static final float E0 = 0x1.fffffep-2f;
    private static final float E1 = 0x1.5554aep-3f;
    private static final float E2 = 0x1.5556fp-5f;
    private static final float E3 = 0x1.122a72p-7f;
    private static final float E4 = 0x1.6ba492p-10f;

    private static final float TWO_OVER_PI = 0x1.45f306p-1f;
    private static final float HALF_PI_HIGH = 0x1.921fb6p+0f;
    private static final float HALF_PI_MIDDLE = -0x1.777a5cp-25f;
    private static final float HALF_PI_LOW = -0x1.ee59dap-50f;

    private static final float S0 = -0x1.555556p-3f;
    private static final float S1 = 0x1.111172p-7f;
    private static final float S2 = -0x1.a056acp-13f;
    private static final float S3 = 0x1.7b5d6ap-19f;

    private static final float C0 = 0x1.55554ap-5f;
    private static final float C1 = -0x1.6c0c14p-10f;
    private static final float C2 = 0x1.99de6ep-16f;

    private static final int ROOT_HALF_BITS = 0x3F3504F3;

    private static final float L0 = 0x1.555548p-2f;
    private static final float L1 = -0x1.000006p-2f;
    private static final float L2 = 0x1.99a476p-3f;
    private static final float L3 = -0x1.555c44p-3f;
    private static final float L4 = 0x1.233ba2p-3f;
    private static final float L5 = -0x1.fc28cap-4f;
    private static final float L6 = 0x1.e6c00ap-4f;
    private static final float L7 = -0x1.de01dcp-4f;
    private static final float L8 = 0x1.14733ep-4f;

    private VectorMathF32() {}

    /** x, and {@code low} where x is less; NaN stays. */
    static FloatVector atLeast(FloatVector x, float low) {
        return x.blend(low, x.compare(LT, low));
    }

    /** x, and {@code high} where x is greater; NaN stays. */
    static FloatVector atMost(FloatVector x, float high) {
        return x.blend(high, x.compare(GT, high));
    }

    /**
     * e^x; 0 below -104, infinite above 88.73.
     *
     * <p>With twice the bias in the magic number its bits hold n + 254: one half makes each of two factors. Far up n stops
     * at 128, and the polynomial, all of whose terms are positive there, is more than 1.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector y = atLeast(x, -105f);
        FloatVector z = y.fma(broadcast(S, LOG2_E), broadcast(S, MAGIC + 2 * BIAS));
        IntVector n = z.reinterpretAsInts().min(MAGIC_BITS + 2 * BIAS + 128);
        IntVector half = n.lanewise(ASHR, 1);
        FloatVector k = n.reinterpretAsFloats().sub(MAGIC + 2 * BIAS);
        FloatVector r = k.fma(broadcast(S, -LN2_LOW), k.fma(broadcast(S, -LN2_HIGH), y));
        FloatVector p = expLessOne(r).add(1f);
        FloatVector scaled = p.mul(half.lanewise(LSHL, 23).reinterpretAsFloats());
        return scaled.mul(n.sub(half).lanewise(LSHL, 23).reinterpretAsFloats());
    }

    /** e^x for x in -87 .. 87, with the bits of {@link #exp}. */
    static FloatVector expNear(FloatVector x) {
        FloatVector z = x.fma(broadcast(S, LOG2_E), broadcast(S, MAGIC + BIAS));
        FloatVector k = z.sub(MAGIC + BIAS);
        FloatVector r = k.fma(broadcast(S, -LN2_LOW), k.fma(broadcast(S, -LN2_HIGH), x));
        FloatVector p = expLessOne(r).add(1f);
        return p.mul(z.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
    }

    /** e^-x for x in -89 .. 87. */
    static FloatVector expOfNegative(FloatVector x) {
        FloatVector z = x.fma(broadcast(S, -LOG2_E), broadcast(S, MAGIC + BIAS));
        FloatVector k = z.sub(MAGIC + BIAS);
        // -r = x + k ln 2, and the signs of the odd coefficients turned with it.
        FloatVector r = k.fma(broadcast(S, LN2_LOW), k.fma(broadcast(S, LN2_HIGH), x));
        FloatVector q = r.fma(broadcast(S, -E4), broadcast(S, E3)).fma(r, broadcast(S, -E2));
        q = q.fma(r, broadcast(S, E1)).fma(r, broadcast(S, -E0));
        FloatVector p = broadcast(S, 1f).sub(r.mul(r).fma(q, r));
        return p.mul(z.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
    }

    /** -e^-x for x in 0 .. 87, to x / 4 last bits. */
    static FloatVector minusRoughExpOfNegative(FloatVector x) {
        FloatVector z = x.fma(broadcast(S, -LOG2_E), broadcast(S, MAGIC + BIAS));
        FloatVector r = z.sub(MAGIC + BIAS).fma(broadcast(S, LN2), x);
        FloatVector q = r.fma(broadcast(S, -E4), broadcast(S, E3)).fma(r, broadcast(S, -E2));
        q = q.fma(r, broadcast(S, E1)).fma(r, broadcast(S, -E0));
        FloatVector p = r.mul(r).fma(q, r).sub(1f);
        return p.mul(z.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
    }

    /** e^r - 1 for |r| at most ln(2) / 2. */
    private static FloatVector expLessOne(FloatVector r) {
        FloatVector q = r.fma(broadcast(S, E4), broadcast(S, E3)).fma(r, broadcast(S, E2));
        q = q.fma(r, broadcast(S, E1)).fma(r, broadcast(S, E0));
        return r.mul(r).fma(q, r);
    }

    /** 1 / (1 + e^-x). */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = expOfNegative(atMost(atLeast(x, -89f), 87f));
        return broadcast(S, 1f).div(e.add(1f));
    }

    /** x / (1 + e^-x); the numerator stays finite at minus infinity, where e is infinite. */
    static FloatVector silu(FloatVector x) {
        FloatVector y = atLeast(x, -89f);
        FloatVector e = expOfNegative(atMost(y, 87f));
        return y.div(e.add(1f));
    }

    /** s (1 + x (1 - s)), s = 1 / (1 + e^-x). */
    static FloatVector siluSlope(FloatVector x) {
        FloatVector y = atMost(atLeast(x, -87f), 87f);
        FloatVector e = expOfNegative(y);
        FloatVector d = broadcast(S, 1f).div(e.add(1f));
        return d.mul(y.fma(e.mul(d), broadcast(S, 1f)));
    }

    /** s (1 - s) (2 + x (1 - 2 s)). */
    static FloatVector siluCurvature(FloatVector x) {
        FloatVector y = atMost(atLeast(x, -87f), 87f);
        FloatVector e = expOfNegative(y);
        FloatVector d = broadcast(S, 1f).div(e.add(1f));
        FloatVector rest = e.mul(d);
        return d.mul(rest).mul(y.fma(rest.sub(d), broadcast(S, 2f)));
    }

    /** u / (u + 2), u = e^2x - 1 by 2^n (e^r - 1) + (2^n - 1), which is good near 0. */
    static FloatVector tanh(FloatVector x) {
        FloatVector y = atMost(atLeast(x, -10f), 10f).mul(2f);
        FloatVector z = y.fma(broadcast(S, LOG2_E), broadcast(S, MAGIC + BIAS));
        FloatVector k = z.sub(MAGIC + BIAS);
        FloatVector r = k.fma(broadcast(S, -LN2_LOW), k.fma(broadcast(S, -LN2_HIGH), y));
        FloatVector p = expLessOne(r);
        FloatVector s = z.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector u = s.fma(p, s.sub(1f));
        return u.div(u.add(2f));
    }

    /** ln(x) for a positive x that is not infinite; subnormal numbers are scaled by 2^23 first. */
    static FloatVector log(FloatVector x) {
        var small = x.compare(LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p23f), small).reinterpretAsInts();
        IntVector e = bits.sub(ROOT_HALF_BITS).lanewise(ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = e.add(MAGIC_BITS).reinterpretAsFloats().sub(MAGIC);
        return log(f, n.blend(n.sub(23f), small));
    }

    /** ln(1 + f) + n ln 2, 1 + f from sqrt(1/2) to sqrt(2). */
    static FloatVector log(FloatVector f, FloatVector n) {
        FloatVector p = f.fma(broadcast(S, L8), broadcast(S, L7))
                .fma(f, broadcast(S, L6))
                .fma(f, broadcast(S, L5));
        p = p.fma(f, broadcast(S, L4)).fma(f, broadcast(S, L3)).fma(f, broadcast(S, L2));
        p = p.fma(f, broadcast(S, L1)).fma(f, broadcast(S, L0));
        FloatVector square = f.mul(f);
        FloatVector tail = f.mul(p).fma(square, square.mul(-0.5f));
        return n.fma(broadcast(S, LN2_HIGH), f.add(n.fma(broadcast(S, LN2_LOW), tail)));
    }

    /** sin(x + quarter pi / 2) for |x| up to 65,536. */
    static FloatVector circular(FloatVector x, int quarter) {
        FloatVector z = x.fma(broadcast(S, TWO_OVER_PI), broadcast(S, MAGIC));
        FloatVector k = z.sub(MAGIC);
        FloatVector r = k.fma(broadcast(S, -HALF_PI_MIDDLE), k.fma(broadcast(S, -HALF_PI_HIGH), x));
        r = k.fma(broadcast(S, -HALF_PI_LOW), r);
        IntVector n = z.reinterpretAsInts().add(quarter);
        FloatVector square = r.mul(r);
        FloatVector p = square.fma(broadcast(S, S3), broadcast(S, S2)).fma(square, broadcast(S, S1));
        FloatVector sine = r.mul(square).fma(p.fma(square, broadcast(S, S0)), r);
        FloatVector q = square.fma(broadcast(S, C2), broadcast(S, C1)).fma(square, broadcast(S, C0));
        FloatVector cosine = square.mul(square).fma(q, square.fma(broadcast(S, -0.5f), broadcast(S, 1f)));
        // Bit 0 of the quadrant as the bits of 2 chooses the polynomial, bit 1 is the sign.
        FloatVector odd = n.and(1).lanewise(LSHL, 30).reinterpretAsFloats();
        IntVector size = sine.blend(cosine, odd.compare(GT, 0f)).reinterpretAsInts();
        return size.lanewise(XOR, n.and(2).lanewise(LSHL, 30)).reinterpretAsFloats();
    }
}
