package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The loops of the elementwise codes that need {@link VectorMathF32}. */
final class VectorFunctionsF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** sqrt(2) - 1: up to it 1 + e needs no halving before its logarithm. */
    private static final float ROOT_TWO_LESS_ONE = 0x1.a8279ap-2f;

    /** Greatest |x| that sine and cosine are reduced for; above it StrictMath computes. */
    private static final float REDUCIBLE = 65_536f;

    private VectorFunctionsF32() {}

    static void exp(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.exp(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void tanh(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.tanh(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void sigmoid(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.sigmoid(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void silu(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.silu(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void siluSlope(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.siluSlope(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void siluCurvature(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.siluCurvature(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    static void siluAlong(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            VectorMathF32.siluSlope(r.b.get(i)).mul(x).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = e^-|x|. */
    static void softplusStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.expOfNegative(VectorMathF32.atMost(r.a.get(i).abs(), 87f))
                    .intoArray(r.t, i);
        }
    }

    /** max(x, 0) + ln(1 + t), where 1 + t is 2 (1 + (t - 1) / 2) for a large t. */
    static void softplus(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = VectorMathF32.atLeast(r.a.get(i), 0f);
            FloatVector e = FloatVector.fromArray(S, r.t, i);
            var near = e.compare(LE, ROOT_TWO_LESS_ONE);
            FloatVector f = e.sub(1f).mul(0.5f).blend(e, near);
            VectorMathF32.log(f, broadcast(S, 1f).blend(0f, near)).add(x).intoArray(r.y, r.yAt + i);
        }
    }

    /** t = ln(x) where that is a number. */
    static void logStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            VectorMathF32.log(r.a.get(i)).intoArray(r.t, i);
        }
    }

    /** t, but minus infinity at 0, NaN below, x itself at infinity and NaN. */
    static void log(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector y = x.blend(FloatVector.fromArray(S, r.t, i), x.compare(LT, Float.POSITIVE_INFINITY));
            y = y.blend(Float.NaN, x.compare(LT, 0f));
            y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f)).intoArray(r.y, r.yAt + i);
        }
    }

    /** sin(x), and x where it is too large. */
    static void sinStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector y = VectorMathF32.circular(x, 0);
            x.blend(y, x.abs().compare(LE, REDUCIBLE)).intoArray(r.y, r.yAt + i);
        }
    }

    /** cos(x), and x where it is too large. */
    static void cosStart(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            FloatVector y = VectorMathF32.circular(x, 1);
            x.blend(y, x.abs().compare(LE, REDUCIBLE)).intoArray(r.y, r.yAt + i);
        }
    }

    static void sin(VectorRunF32 r) {
        finish(r, StrictMath::sin);
    }

    static void cos(VectorRunF32 r) {
        finish(r, StrictMath::cos);
    }

    /** The function of the arguments that were left as they were: what is beyond 2 is no sine. */
    private static void finish(VectorRunF32 r, DoubleUnaryOperator function) {
        FloatVector far = broadcast(S, 0f);
        for (int i = 0; i < r.n; i += L) {
            FloatVector y = FloatVector.fromArray(S, r.y, r.yAt + i);
            far = far.blend(1f, y.abs().compare(GT, 2f));
        }
        if (far.compare(GT, 0f).anyTrue()) {
            for (int i = r.yAt; i < r.yAt + r.n; i++) {
                if (Math.abs(r.y[i]) > 2f) {
                    r.y[i] = (float) function.applyAsDouble(r.y[i]);
                }
            }
        }
    }
}
