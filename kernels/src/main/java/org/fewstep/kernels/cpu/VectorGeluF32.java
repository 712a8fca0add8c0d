package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.fewstep.kernels.cpu.VectorMathF32.atLeast;
import static org.fewstep.kernels.cpu.VectorMathF32.atMost;
import static org.fewstep.kernels.cpu.VectorMathF32.exp;
import static org.fewstep.kernels.cpu.VectorMathF32.expOfNegative;
import static org.fewstep.kernels.cpu.VectorMathF32.sigmoid;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of the error function and of both forms of gelu with slope and curvature, by the formulas of {@link
 * LoopsGeluF32}; the exact form itself takes a shorter polynomial for a shorter interval.
 */
final class VectorGeluF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Beyond this |x| values and derivatives are those of max(x, 0); keeps infinities out of the products. */
    private static final float FAR = 100f;

    /** Up to this |x| e^(-x^2 / 2) is a normal number. */
    static final float BELL_FAR = 13f;

    /** Beyond this |x| erf(x) is 1 or -1. */
    private static final float ERF_FAR = 10f;

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

    /**
     * N(-t) e^(t^2 / 2) (t + GK) = G0 + G1 u + ..., u = (t - GK) / (t + GK), t up to {@link #BELL_FAR}; an interpolation in
     * Chebyshev points, error 0.7 2^-24 with coefficients rounded to float.
     */
    private static final float GK = 0x1.e147aep+1f;

    private static final float G0 = 0x1.8042c8p-1f;
    private static final float G1 = -0x1.2d9546p-1f;
    private static final float G2 = 0x1.6ae006p-2f;
    private static final float G3 = -0x1.3934ecp-3f;
    private static final float G4 = 0x1.3a3db6p-5f;
    private static final float G5 = 0x1.dbbaaap-11f;
    private static final float G6 = -0x1.1205cp-8f;
    private static final float G7 = 0x1.29b6bp-11f;
    private static final float G8 = 0x1.dce884p-12f;

    /** 1 / sqrt(2 pi). */
    private static final float DENSITY = 0x1.988454p-2f;

    /** 2 sqrt(2 / pi), and that times 0.044715. */
    private static final float W = 1.5957691216057308f;

    private static final float WA = 0.07135481282f;

    private static final float ROOT_TWO = 0x1.6a09e6p+0f;

    /** erf(x) / x = R0 + R0_LOW + R1 x^2 + ..., |x| at most 1; a minimax fit, relative error 0.02 2^-24. */
    private static final float R0 = 0x1.20dd74p+0f;

    private static final float R0_LOW = 0x1.fc9168p-25f;
    private static final float R1 = -0x1.81273ep-2f;
    private static final float R2 = 0x1.ce2cf8p-4f;
    private static final float R3 = -0x1.b7f90ep-6f;
    private static final float R4 = 0x1.5405b2p-8f;
    private static final float R5 = -0x1.a3f7p-11f;
    private static final float R6 = 0x1.496a32p-14f;

    private VectorGeluF32() {}

    /** t = e^(-x^2). */
    static void erfStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(r.a.get(i).abs(), ERF_FAR);
            exp(x.mul(x).neg()).intoArray(r.t, i);
        }
    }

    /** t = 1 - 2 N(-|x| sqrt 2), which is |erf(x)|, good from 1 on. */
    static void erfFar(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(r.a.get(i).abs(), ERF_FAR);
            FloatVector tail = tail(x.mul(ROOT_TWO), FloatVector.fromArray(S, r.t, i));
            broadcast(S, 1f).sub(tail.mul(2f)).intoArray(r.t, i);
        }
    }

    /** erf(x) by its polynomial below 1, else t with the sign of x. */
    static void erf(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector square = x.mul(x);
            FloatVector p = square.fma(broadcast(S, R6), broadcast(S, R5)).fma(square, broadcast(S, R4));
            p = p.fma(square, broadcast(S, R3)).fma(square, broadcast(S, R2)).fma(square, broadcast(S, R1));
            FloatVector near = x.fma(broadcast(S, R0), x.mul(p.fma(square, broadcast(S, R0_LOW))));
            IntVector sign = x.reinterpretAsInts().lanewise(AND, Integer.MIN_VALUE);
            FloatVector far = FloatVector.fromArray(S, r.t, i);
            far = far.reinterpretAsInts().lanewise(OR, sign).reinterpretAsFloats();
            far.blend(near, square.compare(LT, 1f)).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = e^(-x^2 / 2). */
    static void start(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(r.a.get(i).abs(), FAR);
            exp(x.mul(-0.5f).mul(x)).intoArray(r.t, i);
        }
    }

    /** t = -e^(-x^2 / 2), not nearer to 0 than at {@link #BELL_FAR}. */
    static void minusBell(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            minusBell(atMost(r.a.get(i).abs(), BELL_FAR)).intoArray(r.t, i);
        }
    }

    /** x N(x). */
    static void gelu(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector right = atLeast(x, 0f).add(0f); // and no -0, as in the near loop
            FloatVector size = atMost(x.abs(), BELL_FAR);
            gelu(right, size, FloatVector.fromArray(S, r.t, i)).intoArray(r.y, r.yAt + i);
        }
    }

    /** x N(x) of |x| at most {@link #BELL_FAR}. */
    static FloatVector gelu(FloatVector x) {
        FloatVector size = x.abs();
        return gelu(x.add(size).mul(0.5f), size, minusBell(size));
    }

    /** max(x, 0) - |x| N(-|x|). */
    private static FloatVector gelu(FloatVector right, FloatVector size, FloatVector minusBell) {
        FloatVector d = broadcast(S, 1f).div(size.add(GK));
        FloatVector u = d.fma(broadcast(S, -2f * GK), broadcast(S, 1f));
        FloatVector p = u.fma(broadcast(S, G8), broadcast(S, G7)).fma(u, broadcast(S, G6));
        p = p.fma(u, broadcast(S, G5)).fma(u, broadcast(S, G4)).fma(u, broadcast(S, G3));
        p = p.fma(u, broadcast(S, G2)).fma(u, broadcast(S, G1)).fma(u, broadcast(S, G0));
        return size.mul(p).mul(d).fma(minusBell, right);
    }

    /**
     * -e^(-x^2 / 2) for x from 0 to {@link #BELL_FAR}. The rounding of x^2 / 2 already has an error of x^2 / 2 last bits, so
     * that ln 2 needs no low part.
     */
    private static FloatVector minusBell(FloatVector x) {
        return VectorMathF32.minusRoughExpOfNegative(x.mul(0.5f).mul(x));
    }

    /** n(x) (2 - x^2). */
    static void curvature(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(r.a.get(i).abs(), FAR);
            FloatVector bell = FloatVector.fromArray(S, r.t, i).mul(DENSITY);
            bell.mul(x.neg().fma(x, broadcast(S, 2f))).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = e^(-b^2 / 2). */
    static void alongStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(r.b.get(i).abs(), FAR);
            exp(x.mul(-0.5f).mul(x)).intoArray(r.t, i);
        }
    }

    /** a (N(b) + b n(b)). */
    static void along(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector g = r.a.get(i);
            FloatVector x = atMost(atLeast(r.b.get(i), -FAR), FAR);
            FloatVector bell = FloatVector.fromArray(S, r.t, i);
            FloatVector tail = tail(x.abs(), bell);
            FloatVector side = tail.blend(broadcast(S, 1f).sub(tail), x.compare(GE, 0f));
            x.mul(DENSITY).fma(bell, side).mul(g).intoArray(r.y, r.yAt + i);
        }
    }

    /** x s(w), w = 2 sqrt(2 / pi) (x + 0.044715 x^3). */
    static void tanhForm(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector s = sigmoid(tanhArgument(x));
            x.blend(-FAR, x.compare(LT, -FAR)).mul(s).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = e^-w. */
    static void tanhStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector w = tanhArgument(x);
            expOfNegative(atMost(atLeast(w, -87f), 87f)).intoArray(r.t, i);
        }
    }

    /** s (1 - s) (2 w' + x (w'' + (1 - 2 s) w'^2)). */
    static void tanhCurvature(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = atMost(atLeast(r.a.get(i), -FAR), FAR);
            FloatVector e = FloatVector.fromArray(S, r.t, i);
            FloatVector s = broadcast(S, 1f).div(e.add(1f));
            FloatVector other = e.mul(s);
            FloatVector w1 = x.mul(x).fma(broadcast(S, 3f * WA), broadcast(S, W));
            FloatVector bend = other.sub(s).mul(w1).fma(w1, x.mul(6f * WA));
            s.mul(other).mul(x.fma(bend, w1.mul(2f))).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = e^-w of b. */
    static void tanhAlongStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.b.get(i);
            FloatVector w = tanhArgument(x);
            expOfNegative(atMost(atLeast(w, -87f), 87f)).intoArray(r.t, i);
        }
    }

    /** a (s + b s (1 - s) w'). */
    static void tanhAlong(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector g = r.a.get(i);
            FloatVector x = atMost(atLeast(r.b.get(i), -FAR), FAR);
            FloatVector e = FloatVector.fromArray(S, r.t, i);
            tanhSlope(x, e).mul(g).intoArray(r.y, r.yAt + i);
        }
    }

    /** w = 2 sqrt(2 / pi) (x + 0.044715 x^3). */
    static FloatVector tanhArgument(FloatVector x) {
        return x.mul(x.mul(x).fma(broadcast(S, WA), broadcast(S, W)));
    }

    /** s + x s (1 - s) w' for e = e^-w. */
    static FloatVector tanhSlope(FloatVector x, FloatVector e) {
        FloatVector s = broadcast(S, 1f).div(e.add(1f));
        FloatVector w1 = x.mul(x).fma(broadcast(S, 3f * WA), broadcast(S, W));
        return x.mul(w1).fma(s.mul(e.mul(s)), s);
    }

    /** N(-t) = e^(-t^2/2) P(u) / (t + K), u = (t - K) / (t + K), for t of at least 0 and its bell. */
    private static FloatVector tail(FloatVector t, FloatVector bell) {
        FloatVector d = broadcast(S, 1f).div(t.add(K));
        FloatVector u = t.sub(K).mul(d);
        FloatVector p = u.fma(broadcast(S, P10), broadcast(S, P9))
                .fma(u, broadcast(S, P8))
                .fma(u, broadcast(S, P7));
        p = p.fma(u, broadcast(S, P6))
                .fma(u, broadcast(S, P5))
                .fma(u, broadcast(S, P4))
                .fma(u, broadcast(S, P3));
        p = p.fma(u, broadcast(S, P2)).fma(u, broadcast(S, P1)).fma(u, broadcast(S, P0));
        return bell.mul(p).mul(d);
    }
}
