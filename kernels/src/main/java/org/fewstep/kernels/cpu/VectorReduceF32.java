package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Reduce;

/**
 * F32 reductions on vectors, with the reference's tree: along rows by {@link VectorSumsF32}, down columns by {@link
 * VectorColumnsF32}; ARG_MAX is the reference.
 */
final class VectorReduceF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int BLOCK = SumF32.BLOCK;

    /** Numbers a part, roughly; whole blocks. */
    private static final int PART = 16_384;

    /** Columns a unit of work; their lanes take a third of L1. */
    private static final int STRIP = 256;

    /** Scratch slot: results of a part. */
    private static final int RESULTS = 1;

    private VectorReduceF32() {}

    static Prepared prepare(Reduce w, Threads threads) {
        if (w.code() == Reduce.Code.ARG_MAX) {
            return ReduceF32.prepare(w, threads);
        }
        if (w.inner() != 1) {
            return columns(w, threads);
        }
        return w.n() <= PART ? rows(w, threads) : longRows(w, threads);
    }

    /** A part takes some rows whole. */
    private static Prepared rows(Reduce w, Threads threads) {
        int n = w.n();
        int group = Math.max(1, PART / Math.max(1, n));
        float[] x = CpuBuffer.f32(w.in());
        float[] y = CpuBuffer.f32(w.out());
        return Prepared.of(threads, (w.outer() + group - 1) / group, (long) w.outer() * n / 8, part -> {
            int first = part * group;
            int count = Math.min(group, w.outer() - first);
            float[] results = Scratch.mine().f32(RESULTS, count);
            rows(w.code(), x, first * n, count, n, results);
            for (int r = 0; r < count; r++) {
                y[first + r] = scaled(w, results[r]);
            }
        });
    }

    /** A part takes some blocks of a row. */
    private static Prepared longRows(Reduce w, Threads threads) {
        int n = w.n();
        int blocks = SumF32.blocks(n);
        int pieces = (n + PART - 1) / PART;
        float[] x = CpuBuffer.f32(w.in());
        float[] y = CpuBuffer.f32(w.out());
        float[][] room = {y};
        IntConsumer body = part -> {
            float[] partial = room[0];
            int from = part % pieces * PART;
            int count = Math.min(PART, n - from);
            int at = part / pieces * n + from;
            int to = part / pieces * blocks + from / BLOCK;
            int whole = count / BLOCK;
            float[] results = Scratch.mine().f32(RESULTS, whole + 1);
            rows(w.code(), x, at, whole, BLOCK, results);
            System.arraycopy(results, 0, partial, to, whole);
            if (whole * BLOCK < count) {
                rows(w.code(), x, at + whole * BLOCK, 1, count - whole * BLOCK, results);
                partial[to + whole] = results[0];
            }
        };
        return () -> {
            room[0] = Scratch.mine().f32(Scratch.CALLER, w.outer() * blocks);
            threads.run(w.outer() * pieces, (long) w.outer() * n / 8, body);
            finish(w, room[0], blocks, y);
        };
    }

    /** A unit is one block of numbers of one strip of columns. */
    private static Prepared columns(Reduce w, Threads threads) {
        int n = w.n();
        int inner = w.inner();
        int blocks = SumF32.blocks(n);
        int strips = (inner + STRIP - 1) / STRIP;
        int units = w.outer() * blocks * strips;
        float[] x = CpuBuffer.f32(w.in());
        float[] y = CpuBuffer.f32(w.out());
        float[][] room = {y};
        int group = Math.max(1, PART / Math.max(1, Math.min(n, BLOCK) * Math.min(inner, STRIP)));
        IntConsumer body = part -> {
            float[] partial = room[0];
            for (int unit = part * group; unit < Math.min(units, (part + 1) * group); unit++) {
                int left = unit % strips * STRIP;
                int width = Math.min(STRIP, inner - left);
                int block = unit / strips;
                int first = block % blocks * BLOCK;
                int count = Math.min(BLOCK, n - first);
                int from = (block / blocks * n + first) * inner + left;
                if (w.code() == Reduce.Code.MAX) {
                    VectorColumnsF32.maxima(x, from, inner, count, width, partial, block * inner + left);
                } else {
                    boolean squares = w.code() == Reduce.Code.SUM_SQUARES;
                    VectorColumnsF32.sums(x, from, inner, count, width, squares, partial, block * inner + left);
                }
            }
        };
        return () -> {
            if (blocks > 1) {
                room[0] = Scratch.mine().f32(Scratch.CALLER, w.outer() * blocks * inner);
            }
            threads.run((units + group - 1) / group, (long) w.outer() * n * inner / 8, body);
            finish(w, room[0], blocks, y);
        };
    }

    /** Combines the blocks of each outer index and scales the result. */
    private static void finish(Reduce w, float[] partial, int blocks, float[] y) {
        int inner = w.inner();
        for (int o = 0; o < w.outer(); o++) {
            int from = o * blocks * inner;
            if (w.code() == Reduce.Code.MAX) {
                for (int b = 1; b < blocks; b++) {
                    for (int j = from; j < from + inner; j++) {
                        partial[j] = Math.max(partial[j], partial[b * inner + j]);
                    }
                }
            } else {
                SumF32.pairwise(partial, from, blocks, inner);
            }
            for (int j = 0; j < inner; j++) {
                y[o * inner + j] = scaled(w, partial[from + j]);
            }
        }
    }

    private static float scaled(Reduce w, float value) {
        return w.code() == Reduce.Code.MAX ? value : (float) w.scale() * value;
    }

    private static void rows(Reduce.Code code, float[] x, int at, int count, int n, float[] results) {
        switch (code) {
            case SUM -> VectorSumsF32.rows(x, at, count, n, results);
            case SUM_SQUARES -> VectorSumsF32.squares(x, at, count, n, results);
            case MAX -> maxima(x, at, count, n, results);
            case ARG_MAX -> throw new IllegalArgumentException("reduce: got ARG_MAX; expected a number as result");
        }
    }

    /** The greatest of each row, NaN if one is NaN. */
    static void maxima(float[] x, int at, int count, int n, float[] maxima) {
        if (n >= L) {
            lanewiseMaxima(x, at, count, n, maxima);
            return;
        }
        for (int r = 0; r < count; r++) {
            maxima[r] = MaxF32.row(x, at + r * n, n);
        }
    }

    /** The lanes of a row's maximum are compared as integers of the same order, whose maximum has no order of its own. */
    private static void lanewiseMaxima(float[] x, int at, int count, int n, float[] maxima) {
        int whole = n / L * L;
        for (int r = 0; r < count; r++) {
            int from = at + r * n;
            // The row's last vector overlaps the one before, or is one of them.
            FloatVector m = FloatVector.fromArray(S, x, from + n - L);
            for (int i = from; i < from + whole; i += L) {
                m = m.max(FloatVector.fromArray(S, x, i));
            }
            IntVector bits = m.blend(Float.NaN, m.compare(NE, m)).reinterpretAsInts();
            int most = bits.lanewise(XOR, bits.lanewise(ASHR, 31).lanewise(LSHR, 1))
                    .reduceLanes(MAX);
            maxima[r] = Float.intBitsToFloat(most ^ (most >> 31 >>> 1));
        }
    }
}
