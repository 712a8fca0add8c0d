package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Combine;

/** F32 weighted sums, a loop for each number of terms: HotSpot vectorises these, and not a loop over the terms. */
final class LoopsCombineF32 {
    private static final float NANOS_EACH = 0.1f;

    private LoopsCombineF32() {}

    static Prepared prepare(Combine w, Threads threads) {
        return CombineF32.prepare(w, threads, NANOS_EACH, sums(w.terms()));
    }

    private static CombineF32.Sums sums(int terms) {
        return switch (terms) {
            case 1 -> LoopsCombineF32::one;
            case 2 -> LoopsCombineF32::two;
            case 3 -> LoopsCombineF32::three;
            case 4 -> LoopsCombineF32::four;
            case 5 -> LoopsCombineF32::five;
            case 6 -> LoopsCombineF32::six;
            case 7 -> LoopsCombineF32::seven;
            case 8 -> LoopsCombineF32::eight;
            default -> throw new IllegalArgumentException("combine: got " + terms + " terms; expected 1 to 8");
        };
    }

    private static void one(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float[] x0 = x[0];
        for (int i = lo; i < hi; i++) {
            y[i] = c0 * x0[i];
        }
    }

    private static void two(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float[] x0 = x[0];
        float[] x1 = x[1];
        for (int i = lo; i < hi; i++) {
            y[i] = Math.fma(c1, x1[i], c0 * x0[i]);
        }
    }

    private static void three(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        for (int i = lo; i < hi; i++) {
            y[i] = Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i]));
        }
    }

    private static void four(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float c3 = c[3];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        float[] x3 = x[3];
        for (int i = lo; i < hi; i++) {
            y[i] = Math.fma(c3, x3[i], Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i])));
        }
    }

    private static void five(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float c3 = c[3];
        float c4 = c[4];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        float[] x3 = x[3];
        float[] x4 = x[4];
        for (int i = lo; i < hi; i++) {
            float s = Math.fma(c3, x3[i], Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i])));
            y[i] = Math.fma(c4, x4[i], s);
        }
    }

    private static void six(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float c3 = c[3];
        float c4 = c[4];
        float c5 = c[5];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        float[] x3 = x[3];
        float[] x4 = x[4];
        float[] x5 = x[5];
        for (int i = lo; i < hi; i++) {
            float s = Math.fma(c3, x3[i], Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i])));
            y[i] = Math.fma(c5, x5[i], Math.fma(c4, x4[i], s));
        }
    }

    private static void seven(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float c3 = c[3];
        float c4 = c[4];
        float c5 = c[5];
        float c6 = c[6];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        float[] x3 = x[3];
        float[] x4 = x[4];
        float[] x5 = x[5];
        float[] x6 = x[6];
        for (int i = lo; i < hi; i++) {
            float s = Math.fma(c3, x3[i], Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i])));
            y[i] = Math.fma(c6, x6[i], Math.fma(c5, x5[i], Math.fma(c4, x4[i], s)));
        }
    }

    private static void eight(float[] c, float[][] x, float[] y, int lo, int hi) {
        float c0 = c[0];
        float c1 = c[1];
        float c2 = c[2];
        float c3 = c[3];
        float c4 = c[4];
        float c5 = c[5];
        float c6 = c[6];
        float c7 = c[7];
        float[] x0 = x[0];
        float[] x1 = x[1];
        float[] x2 = x[2];
        float[] x3 = x[3];
        float[] x4 = x[4];
        float[] x5 = x[5];
        float[] x6 = x[6];
        float[] x7 = x[7];
        for (int i = lo; i < hi; i++) {
            float s = Math.fma(c3, x3[i], Math.fma(c2, x2[i], Math.fma(c1, x1[i], c0 * x0[i])));
            y[i] = Math.fma(c7, x7[i], Math.fma(c6, x6[i], Math.fma(c5, x5[i], Math.fma(c4, x4[i], s))));
        }
    }
}
