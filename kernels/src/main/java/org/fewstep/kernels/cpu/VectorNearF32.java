package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Elementwise;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a code for arguments of a usual size: the operations of the code's other loops without their clamps, so a
 * point's bits are the same. A clamp is two instructions to eight, by JDK; to keep the largest argument is two. If that
 * one was too large, the points are computed again by the other loops.
 *
 * @param second whether operand b is the argument, and not a
 * @param mostBits bits of the greatest |x|
 * @param loop leaves the greatest bits without sign of the arguments in {@link VectorRunF32#greatest}
 */
record VectorNearF32(boolean second, int mostBits, MethodHandle loop) {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorLanesF32.INTS;
    private static final int L = VectorLanesF32.L;

    /** What {@link VectorMathF32#expNear} and {@link VectorMathF32#expOfNegative} take. */
    private static final float EXP = 87f;

    /** Up to it 2 sqrt(2 / pi) (x + 0.044715 x^3) is less than {@link #EXP}. */
    private static final float TANH_FORM = 9f;

    private VectorNearF32(boolean second, float most, VectorRunF32.Loop loop) {
        this(second, Float.floatToRawIntBits(most), VectorRunF32.handle(loop));
    }

    /** The loop of a code; null if there is none. */
    static @Nullable VectorNearF32 of(Elementwise.Code code) {
        return switch (code) {
            case EXP -> new VectorNearF32(false, EXP, VectorNearF32::exp);
            case SIGMOID -> new VectorNearF32(false, EXP, VectorNearF32::sigmoid);
            case SILU -> new VectorNearF32(false, EXP, VectorNearF32::silu);
            case SILU_ALONG -> new VectorNearF32(true, EXP, VectorNearF32::siluAlong);
            case GELU -> new VectorNearF32(false, VectorGeluF32.BELL_FAR, VectorNearF32::gelu);
            case GELU_TANH -> new VectorNearF32(false, TANH_FORM, VectorNearF32::geluTanh);
            case GELU_TANH_ALONG -> new VectorNearF32(true, TANH_FORM, VectorNearF32::geluTanhAlong);
            default -> null;
        };
    }

    VectorRunF32.Operand argument(VectorRunF32 r) {
        return second ? r.b : r.a;
    }

    /** Bits of numbers without sign have the order of the numbers, NaN above all. */
    static IntVector greatest(IntVector greatest, FloatVector x) {
        return greatest.max(x.reinterpretAsInts().and(Integer.MAX_VALUE));
    }

    private static void exp(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            VectorMathF32.expNear(xi).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void sigmoid(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            FloatVector e = VectorMathF32.expOfNegative(xi);
            broadcast(S, 1f).div(e.add(1f)).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void silu(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            xi.div(VectorMathF32.expOfNegative(xi).add(1f)).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void siluAlong(VectorRunF32 r) {
        float[] x = r.b.array();
        int at = r.b.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            FloatVector e = VectorMathF32.expOfNegative(xi);
            FloatVector d = broadcast(S, 1f).div(e.add(1f));
            FloatVector slope = d.mul(xi.fma(e.mul(d), broadcast(S, 1f)));
            slope.mul(r.a.get(i)).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void gelu(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            VectorGeluF32.gelu(xi).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void geluTanh(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            FloatVector e = VectorMathF32.expOfNegative(VectorGeluF32.tanhArgument(xi));
            xi.mul(broadcast(S, 1f).div(e.add(1f))).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }

    private static void geluTanhAlong(VectorRunF32 r) {
        float[] x = r.b.array();
        int at = r.b.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        IntVector greatest = IntVector.zero(INTS);
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            greatest = greatest(greatest, xi);
            FloatVector e = VectorMathF32.expOfNegative(VectorGeluF32.tanhArgument(xi));
            VectorGeluF32.tanhSlope(xi, e).mul(r.a.get(i)).intoArray(y, yAt + i);
        }
        r.greatest = greatest.reduceLanes(MAX);
    }
}
