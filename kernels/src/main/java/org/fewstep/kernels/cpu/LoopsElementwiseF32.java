package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Elementwise;

/**
 * F32 elementwise loops: the transcendental codes go through {@link LoopsMathF32} and its kin (1 to 5 ns a point instead of
 * 20 to 100), the rest is the reference, whose loops HotSpot vectorises. Comparisons stay scalar there, at 0.4 to 0.9 ns:
 * by integer arithmetic on the bits they take longer, since HotSpot moves floats to integers one by one.
 */
final class LoopsElementwiseF32 {
    private LoopsElementwiseF32() {}

    static Prepared prepare(Elementwise w, Threads threads) {
        return ElementwiseF32.prepare(w, threads, nanosEach(w.code()), LoopsElementwiseF32::apply);
    }

    private static float nanosEach(Elementwise.Code code) {
        return switch (code) {
            case EXP, SIGMOID, TANH, SILU, SILU_SLOPE, SILU_CURVATURE, SILU_ALONG, LOG, SIN, COS -> 1.5f;
            case SOFTPLUS, ERF -> 3f;
            case POW, POWER -> 5f;
            case GELU, GELU_CURVATURE, GELU_ALONG, GELU_TANH, GELU_TANH_CURVATURE, GELU_TANH_ALONG -> 2.5f;
            default -> ElementwiseF32.nanosEach(code);
        };
    }

    static void apply(
            Elementwise.Code code, float p, float q, float[] y, float[] a, float[] b, float[] c, int lo, int hi) {
        switch (code) {
            case EXP, SIGMOID, TANH, SILU, SILU_SLOPE, SILU_CURVATURE, LOG, SIN, COS, SOFTPLUS ->
                function(code, y, a, lo, hi);
            case ERF, GELU, GELU_CURVATURE, GELU_TANH, GELU_TANH_CURVATURE -> function(code, y, a, lo, hi);
            case SILU_ALONG, GELU_ALONG, GELU_TANH_ALONG -> along(code, y, a, b, lo, hi);
            case POW, POWER -> power(code, p, y, a, b, lo, hi);
            case SIGN -> sign(y, a, lo, hi);
            case LEAKY_RELU -> leakyRelu(p, y, a, lo, hi);
            default -> ElementwiseF32.apply(code, p, q, y, a, b, c, lo, hi);
        }
    }

    private static void function(Elementwise.Code code, float[] y, float[] a, int lo, int hi) {
        LoopsMathF32 math = LoopsMathF32.mine();
        for (int from = lo; from < hi; from += LoopsMathF32.CHUNK) {
            int n = Math.min(LoopsMathF32.CHUNK, hi - from);
            System.arraycopy(a, from, math.x, 0, n);
            switch (code) {
                case EXP -> math.exp(n);
                case SIGMOID -> math.sigmoid(n);
                case TANH -> math.tanh(n);
                case SILU -> math.silu(n);
                case SILU_SLOPE -> math.siluSlope(n);
                case SILU_CURVATURE -> math.siluCurvature(n);
                case LOG -> math.log(n);
                case SIN -> math.sin(n);
                case COS -> math.cos(n);
                case SOFTPLUS -> math.softplus(n);
                case ERF -> LoopsErfF32.mine().erf(n);
                case GELU -> LoopsGeluF32.mine().exact(n);
                case GELU_CURVATURE -> LoopsGeluF32.mine().curvature(n);
                case GELU_TANH -> LoopsGeluF32.mine().tanhForm(n);
                case GELU_TANH_CURVATURE -> LoopsGeluF32.mine().tanhCurvature(n);
                default -> throw new IllegalArgumentException("elementwise: got " + code + "; expected a function");
            }
            System.arraycopy(math.y, 0, y, from, n);
        }
    }

    /** A direction times the slope. */
    private static void along(Elementwise.Code code, float[] y, float[] a, float[] b, int lo, int hi) {
        LoopsMathF32 math = LoopsMathF32.mine();
        for (int from = lo; from < hi; from += LoopsMathF32.CHUNK) {
            int n = Math.min(LoopsMathF32.CHUNK, hi - from);
            System.arraycopy(b, from, math.x, 0, n);
            switch (code) {
                case SILU_ALONG -> math.siluSlope(n);
                case GELU_ALONG -> LoopsGeluF32.mine().slope(n);
                case GELU_TANH_ALONG -> LoopsGeluF32.mine().tanhSlope(n);
                default -> throw new IllegalArgumentException("elementwise: got " + code + "; expected a slope");
            }
            System.arraycopy(a, from, math.x, 0, n);
            multiply(math.x, math.y, n);
            System.arraycopy(math.y, 0, y, from, n);
        }
    }

    private static void power(Elementwise.Code code, float p, float[] y, float[] a, float[] b, int lo, int hi) {
        LoopsPowF32 math = LoopsPowF32.mine();
        for (int from = lo; from < hi; from += LoopsPowF32.CHUNK) {
            int n = Math.min(LoopsPowF32.CHUNK, hi - from);
            if (code == Elementwise.Code.POW) {
                math.pow(a, p, y, from, n);
            } else {
                math.pow(a, b, y, from, n);
            }
        }
    }

    /** The least float times 2^200 is above 1. */
    private static void sign(float[] y, float[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.max(Math.min(a[i] * 0x1p100f * 0x1p100f, 1f), -1f);
        }
    }

    private static void leakyRelu(float p, float[] y, float[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.max(a[i], 0f) + p * Math.min(a[i], 0f);
        }
    }

    private static void multiply(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] *= x[i];
        }
    }
}
