package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;

/**
 * F32 elementwise codes on vectors.
 *
 * <p>Runs along the last dimension are computed in place where the result lies in one piece and each operand does too,
 * or repeats one number; other layouts go through the reference's scratch. A run's last numbers take the same loop on a
 * vector of their own, so a point's bits depend on its operands alone.
 */
final class VectorElementwiseF32 {
    /** Points a part. */
    private static final int PART = 8192;

    /** Shorter runs go through scratch. */
    private static final int SHORT = 24;

    /** Scratch slot: the index of a run in the outer dimensions. */
    private static final int INDEX = 0;

    private VectorElementwiseF32() {}

    static Prepared prepare(Elementwise w, Threads threads) {
        int points = w.points();
        if (points == 0) {
            return Prepared.NOTHING;
        }
        int rank = w.shape().length;
        int length = rank == 0 ? 1 : w.shape()[rank - 1];
        if (!inPlace(w, length)) {
            return ElementwiseF32.prepare(w, threads, nanosEach(w.code()), VectorElementwiseF32::apply);
        }
        int runs = points / length;
        int pieces = (length + PART - 1) / PART;
        int together = Math.max(1, PART / length);
        long nanos = (long) (points * nanosEach(w.code())) + runs * 10L;
        int parts = pieces > 1 ? runs * pieces : (runs + together - 1) / together;
        return Prepared.of(threads, parts, nanos, part -> {
            if (pieces > 1) {
                int from = part % pieces * PART;
                runs(w, part / pieces, 1, from, Math.min(PART, length - from));
            } else {
                runs(w, part * together, Math.min(together, runs - part * together), 0, length);
            }
        });
    }

    /** True where the vectors may work on the arrays themselves. */
    private static boolean inPlace(Elementwise w, int length) {
        int last = w.shape().length - 1;
        boolean good = length >= SHORT || w.flat();
        good &= last < 0 || w.out().strides()[last] == 1;
        for (int k = 0; k < w.operands() && good; k++) {
            int stride = last < 0 ? 1 : w.in(k).strides()[last];
            good = stride == 1 || stride == 0;
        }
        return good;
    }

    /** Points {@code from} .. {@code from + count - 1} of {@code runs} runs. */
    private static void runs(Elementwise w, int first, int runs, int from, int count) {
        int[] shape = w.shape();
        int outer = Math.max(0, shape.length - 1);
        int[] index = Scratch.mine().i32(INDEX, Math.max(1, outer));
        int rest = first;
        for (int d = outer - 1; d >= 0; d--) {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        float[] y = CpuBuffer.f32(w.out().buffer());
        VectorRunF32 run = VectorRunF32.mine();
        run.p = (float) w.a();
        run.q = (float) w.b();
        for (int r = 0; r < runs; r++) {
            operand(w, 0, run.a, index, outer, from);
            operand(w, 1, run.b, index, outer, from);
            operand(w, 2, run.c, index, outer, from);
            run.run(w.code(), y, place(w.out(), index, outer) + from, count);
            for (int d = outer - 1; d >= 0 && ++index[d] == shape[d]; d--) {
                index[d] = 0;
            }
        }
        run.release();
    }

    private static void operand(Elementwise w, int k, VectorRunF32.Operand operand, int[] index, int outer, int from) {
        if (k >= w.operands()) {
            return;
        }
        Layout layout = w.in(k);
        float[] array = CpuBuffer.f32(layout.buffer());
        int place = place(layout, index, outer);
        if (outer < layout.strides().length && layout.strides()[outer] == 0) {
            operand.repeat(array[place]);
        } else {
            operand.walk(array, place + from);
        }
    }

    private static int place(Layout layout, int[] index, int outer) {
        int place = layout.offset();
        for (int d = 0; d < outer; d++) {
            place += index[d] * layout.strides()[d];
        }
        return place;
    }

    /** Equal places of separate arrays; {@link PointsF32}. */
    static void apply(
            Elementwise.Code code, float p, float q, float[] y, float[] a, float[] b, float[] c, int lo, int hi) {
        VectorRunF32 run = VectorRunF32.mine();
        run.p = p;
        run.q = q;
        run.a.walk(a, lo);
        run.b.walk(b, lo);
        run.c.walk(c, lo);
        run.run(code, y, lo, hi - lo);
        run.release();
    }

    /** Rough cost of a point on one thread. */
    private static float nanosEach(Elementwise.Code code) {
        return switch (code) {
            case EXP, LOG, SIN, COS, TANH, SIGMOID, SOFTPLUS, SILU, SILU_SLOPE, SILU_CURVATURE, SILU_ALONG -> 0.4f;
            case ERF, GELU, GELU_CURVATURE, GELU_ALONG, GELU_TANH, GELU_TANH_CURVATURE, GELU_TANH_ALONG -> 0.6f;
            case POW -> 2;
            case POWER -> 60;
            default -> 0.1f;
        };
    }
}
