// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.fewstep.kernels.Reduce;

/**
 * Reference of the reductions, by the tree of {@link SumF64}.
 *
 * <p>A unit of work is one block of numbers for one strip of columns; units go to threads in groups of fixed size, their
 * results are combined afterwards.
 */
@SuppressWarnings("cast") // the casts narrow in the twin
final class ReduceF64 {
    /** Columns a strip. */
    private static final int STRIP = 256;

    /** Numbers a part, roughly. */
    private static final int PART = 16_384;

    private static final int SQUARES = 0;
    private static final int ROW = 1;

    private ReduceF64() {}

    static Prepared prepare(Reduce w, Threads threads) {
        if (w.code() == Reduce.Code.ARG_MAX) {
            return argMax(w, threads);
        }
        int outer = w.outer();
        int n = w.n();
        int inner = w.inner();
        int blocks = SumF64.blocks(n);
        int strips = (inner + STRIP - 1) / STRIP;
        int units = outer * blocks * strips;
        double[] x = CpuBuffer.f64(w.in());
        double[] y = CpuBuffer.f64(w.out());
        double[][] room = {y};
        long unitSize = Math.max(1L, (long) Math.min(n, SumF64.BLOCK) * Math.min(inner, STRIP));
        int group = (int) Math.max(1, PART / unitSize);
        IntConsumer body = part -> {
            double[] partial = room[0];
            for (int unit = part * group; unit < Math.min(units, (part + 1) * group); unit++) {
                int left = unit % strips * STRIP;
                int block = unit / strips % blocks;
                int o = unit / strips / blocks;
                int first = block * SumF64.BLOCK;
                int count = Math.min(SumF64.BLOCK, n - first);
                int from = (o * n + first) * inner + left;
                int to = (o * blocks + block) * inner + left;
                if (w.code() == Reduce.Code.MAX && inner == 1) {
                    partial[to] = MaxF64.row(x, from, count);
                } else if (w.code() == Reduce.Code.MAX) {
                    max(x, from, count, inner, Math.min(STRIP, inner - left), partial, to);
                } else if (inner == 1) {
                    partial[to] = sum(x, from, count, w.code() == Reduce.Code.SUM_SQUARES);
                } else {
                    sums(
                            x,
                            from,
                            count,
                            inner,
                            Math.min(STRIP, inner - left),
                            w.code() == Reduce.Code.SUM_SQUARES,
                            partial,
                            to);
                }
            }
        };
        return () -> {
            if (blocks > 1) {
                room[0] = Scratch.mine().f64(Scratch.CALLER, outer * blocks * inner);
            }
            threads.run((units + group - 1) / group, (long) outer * n * inner / 3, body);
            for (int o = 0; o < outer; o++) {
                finish(w, room[0], o * blocks * inner, blocks, inner, y, o * inner);
            }
        };
    }

    /** Places of the greatest numbers; a part is some of the results. */
    private static Prepared argMax(Reduce w, Threads threads) {
        double[] x = CpuBuffer.f64(w.in());
        int[] y = CpuBuffer.i32(w.out());
        int n = w.n();
        int inner = w.inner();
        int results = w.outer() * inner;
        int group = Math.max(1, PART / Math.max(1, n));
        return Prepared.of(threads, (results + group - 1) / group, (long) results * n, part -> {
            for (int r = part * group; r < Math.min(results, (part + 1) * group); r++) {
                y[r] = placeOfMax(x, r / inner * n * inner + r % inner, n, inner);
            }
        });
    }

    private static int placeOfMax(double[] x, int from, int n, int step) {
        int best = 0;
        double most = x[from];
        for (int i = 1; i < n && !Double.isNaN(most); i++) {
            double value = x[from + i * step];
            if (value > most || Double.isNaN(value)) {
                best = i;
                most = value;
            }
        }
        return best;
    }

    /** Sum of a block of one column. */
    private static double sum(double[] x, int from, int count, boolean squares) {
        if (!squares) {
            return SumF64.block(x, from, count);
        }
        double[] terms = Scratch.mine().f64(SQUARES, SumF64.BLOCK);
        for (int i = 0; i < count; i++) {
            terms[i] = x[from + i] * x[from + i];
        }
        return SumF64.block(terms, 0, count);
    }

    /**
     * Sums of a block of a strip of columns; lane l of column j is {@code lanes[l][j]}. Lanes that have no number are 0
     * and left out.
     */
    private static void sums(
            double[] x, int from, int count, int inner, int width, boolean squares, double[] y, int to) {
        Scratch scratch = Scratch.mine();
        double[] row = scratch.f64(ROW, STRIP);
        double[][] lanes = scratch.f64Rows(Scratch.LANES, SumF64.LANES, STRIP);
        int used = Math.max(1, Math.min(count, SumF64.LANES));
        for (int lane = 0; lane < used; lane++) {
            Arrays.fill(lanes[lane], 0, width, 0);
        }
        for (int i = 0; i < count; i++) {
            System.arraycopy(x, from + i * inner, row, 0, width);
            if (squares) {
                addSquares(lanes[i % SumF64.LANES], row, width);
            } else {
                add(lanes[i % SumF64.LANES], row, width);
            }
        }
        for (int half = SumF64.LANES / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < Math.min(half, used - half); lane++) {
                add(lanes[lane], lanes[lane + half], width);
            }
        }
        System.arraycopy(lanes[0], 0, y, to, width);
    }

    private static void add(double[] sum, double[] x, int n) {
        for (int j = 0; j < n; j++) {
            sum[j] += x[j];
        }
    }

    private static void addSquares(double[] sum, double[] x, int n) {
        for (int j = 0; j < n; j++) {
            sum[j] += x[j] * x[j];
        }
    }

    /** Maxima of a block of a strip of columns. */
    private static void max(double[] x, int from, int count, int inner, int width, double[] y, int to) {
        Scratch scratch = Scratch.mine();
        double[] row = scratch.f64(ROW, STRIP);
        double[] best = scratch.f64(SQUARES, STRIP);
        System.arraycopy(x, from, best, 0, width);
        for (int i = 1; i < count; i++) {
            System.arraycopy(x, from + i * inner, row, 0, width);
            for (int j = 0; j < width; j++) {
                best[j] = Math.max(best[j], row[j]);
            }
        }
        System.arraycopy(best, 0, y, to, width);
    }

    /** Combines the blocks' results of one outer index and scales them. */
    private static void finish(Reduce w, double[] partial, int from, int blocks, int inner, double[] y, int to) {
        boolean max = w.code() == Reduce.Code.MAX;
        for (int step = 1; step < blocks; step *= 2) {
            for (int b = 0; b < blocks - step; b += 2 * step) {
                int at = from + b * inner;
                int other = at + step * inner;
                for (int j = 0; j < inner; j++) {
                    partial[at + j] =
                            max ? Math.max(partial[at + j], partial[other + j]) : partial[at + j] + partial[other + j];
                }
            }
        }
        double scale = (double) w.scale();
        for (int j = 0; j < inner; j++) {
            y[to + j] = max ? partial[from + j] : scale * partial[from + j];
        }
    }
}
