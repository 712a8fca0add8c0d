package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Elementwise;
import org.jspecify.annotations.Nullable;

/**
 * Loops of codes for arguments of a usual size: the operations of the code's other loops without their clamps, so a
 * point's bits are the same. A clamp is two instructions to eight, by JDK; looking through a run for its largest argument
 * is two.
 *
 * @param second whether operand b is the argument, and not a
 * @param most greatest |x|
 * @param loops one
 */
record VectorNearF32(boolean second, float most, VectorRunF32.Loop... loops) {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** What {@link VectorMathF32#expNear} and {@link VectorMathF32#expOfNegative} take. */
    private static final float EXP = 87f;

    /** Up to it 2 sqrt(2 / pi) (x + 0.044715 x^3) is less than {@link #EXP}. */
    private static final float TANH_FORM = 9f;

    /** The loops of a code; null if there are none. */
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

    /** Whether the next points' arguments lie in a row and are that small. */
    boolean fits(VectorRunF32 r, int count) {
        return (second ? r.b : r.a).within(most, count);
    }

    private static void exp(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            VectorMathF32.expNear(FloatVector.fromArray(S, x, at + i)).intoArray(y, yAt + i);
        }
    }

    private static void sigmoid(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            FloatVector e = VectorMathF32.expOfNegative(FloatVector.fromArray(S, x, at + i));
            broadcast(S, 1f).div(e.add(1f)).intoArray(y, yAt + i);
        }
    }

    private static void silu(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            xi.div(VectorMathF32.expOfNegative(xi).add(1f)).intoArray(y, yAt + i);
        }
    }

    private static void siluAlong(VectorRunF32 r) {
        float[] x = r.b.array();
        int at = r.b.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            FloatVector e = VectorMathF32.expOfNegative(xi);
            FloatVector d = broadcast(S, 1f).div(e.add(1f));
            FloatVector slope = d.mul(xi.fma(e.mul(d), broadcast(S, 1f)));
            slope.mul(r.a.get(i)).intoArray(y, yAt + i);
        }
    }

    private static void gelu(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            VectorGeluF32.gelu(FloatVector.fromArray(S, x, at + i)).intoArray(y, yAt + i);
        }
    }

    private static void geluTanh(VectorRunF32 r) {
        float[] x = r.a.array();
        int at = r.a.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            FloatVector e = VectorMathF32.expOfNegative(VectorGeluF32.tanhArgument(xi));
            xi.mul(broadcast(S, 1f).div(e.add(1f))).intoArray(y, yAt + i);
        }
    }

    private static void geluTanhAlong(VectorRunF32 r) {
        float[] x = r.b.array();
        int at = r.b.at();
        float[] y = r.y;
        int yAt = r.yAt;
        int n = r.n;
        for (int i = 0; i < n; i += L) {
            FloatVector xi = FloatVector.fromArray(S, x, at + i);
            FloatVector e = VectorMathF32.expOfNegative(VectorGeluF32.tanhArgument(xi));
            VectorGeluF32.tanhSlope(xi, e).mul(r.a.get(i)).intoArray(y, yAt + i);
        }
    }
}
