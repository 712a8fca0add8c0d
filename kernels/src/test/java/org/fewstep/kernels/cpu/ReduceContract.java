package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Reduce.Code;

/** Sums and maxima along each axis against plain loops; bits that depend on the length alone. */
final class ReduceContract {
    /** The codes whose results are numbers, not places. */
    private static final Code[] NUMBERS = {Code.SUM, Code.SUM_SQUARES, Code.MAX};

    private ReduceContract() {}

    static void check(Blocks blocks) {
        for (int n : new int[] {0, 1, 2, 15, 16, 17, 31, 255, 256, 257, 511, 513, 1000, 4100}) {
            for (int[] around : new int[][] {{1, 1}, {3, 1}, {1, 5}, {2, 3}, {1, 300}, {0, 2}}) {
                reduce(blocks, around[0], n, around[1]);
            }
        }
        reduce(blocks, 1, 100_001, 1);
        reduce(blocks, 1, 70_000, 2);
        equalNumbers(blocks);
        unusual(blocks);
        places(blocks, 3, 1, 1);
        places(blocks, 40, 700, 1);
        places(blocks, 2, 9, 5);
        places(blocks, 0, 9, 5);
    }

    /** Places of maxima of numbers with many equals, NaN in one column. */
    private static void places(Blocks blocks, int outer, int n, int inner) {
        double[] x = Blocks.random(3, outer * n * inner, 0, 20);
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.floor(x[i]);
        }
        if (x.length > 3) {
            x[x.length - 1] = Double.NaN;
            x[x.length - 1 - Math.min(inner, x.length - 1)] = Double.NaN;
        }
        int[] blank = new int[outer * inner];
        Arrays.fill(blank, -7);
        Buffer out = blocks.ints(blank);
        blocks.device().run(new Reduce(Code.ARG_MAX, outer, n, inner, 1, blocks.of(x), out));
        int[] actual = new int[blank.length];
        blocks.device().read(out, actual, 0, actual.length);
        for (int r = 0; r < actual.length; r++) {
            int best = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = n - 1; i >= 0; i--) {
                double value = x[(r / inner * n + i) * inner + r % inner];
                double rank = Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
                if (rank >= most) {
                    best = i;
                    most = rank;
                }
            }
            assertClose("arg max of (" + outer + ", " + n + ", " + inner + ") at " + r, best, actual[r], 0);
        }
    }

    private static void reduce(Blocks blocks, int outer, int n, int inner) {
        double[] x = Blocks.random(1, outer * n * inner, -1, 2);
        Buffer in = blocks.of(x);
        double scale = 0.375;
        for (Code code : NUMBERS) {
            if (code == Code.MAX && n == 0 && outer * inner > 0) {
                continue;
            }
            Buffer out = blocks.blank(outer * inner);
            blocks.device().run(new Reduce(code, outer, n, inner, scale, in, out));
            double[] actual = blocks.read(out);
            double[] column = new double[n];
            for (int o = 0; o < outer; o++) {
                for (int j = 0; j < inner; j++) {
                    for (int i = 0; i < n; i++) {
                        column[i] = x[(o * n + i) * inner + j];
                    }
                    String what = code + " of (" + outer + ", " + n + ", " + inner + ") at " + o + ", " + j;
                    double expected = plain(code, column, scale);
                    double tolerance = code == Code.MAX ? 0 : (3 + 0.02 * Math.sqrt(n)) * n * blocks.epsilon();
                    assertClose(what, expected, actual[o * inner + j], tolerance);
                    if (n < 2000 && j % 7 == 0) {
                        Buffer alone = blocks.blank(1);
                        blocks.device().run(new Reduce(code, 1, n, 1, scale, blocks.of(column), alone));
                        assertSameBits(what + " alone", blocks.read(alone), new double[] {actual[o * inner + j]});
                    }
                }
            }
        }
    }

    private static double plain(Code code, double[] x, double scale) {
        return switch (code) {
            case SUM -> scale * Arrays.stream(x).sum();
            case SUM_SQUARES -> scale * Arrays.stream(x).map(v -> v * v).sum();
            case MAX -> Arrays.stream(x).max().orElse(Double.NEGATIVE_INFINITY);
            case ARG_MAX -> throw new IllegalArgumentException("a place is not a number");
        };
    }

    /** The mean of a million equal numbers, along and across. */
    private static void equalNumbers(Blocks blocks) {
        double[] x = new double[1_000_000];
        Arrays.fill(x, blocks.rounded(0.1));
        Buffer in = blocks.of(x);
        for (int[] size : new int[][] {{1, 1_000_000, 1}, {1, 250_000, 4}, {4, 250_000, 1}}) {
            Buffer out = blocks.blank(size[0] * size[2]);
            blocks.device().run(new Reduce(Code.SUM, size[0], size[1], size[2], 1.0 / size[1], in, out));
            for (double mean : blocks.read(out)) {
                assertClose("mean of equal numbers", 0.1, mean, 1e-7);
            }
        }
    }

    private static void unusual(Blocks blocks) {
        double[] x = new double[600];
        Arrays.fill(x, Double.NEGATIVE_INFINITY);
        Buffer out = blocks.blank(1);
        blocks.device().run(new Reduce(Code.MAX, 1, x.length, 1, 1, blocks.of(x), out));
        assertClose("maximum", Double.NEGATIVE_INFINITY, blocks.read(out)[0], 0);
        for (int at : new int[] {0, 1, 255, 256, 599}) {
            double[] y = new double[600];
            y[at] = Double.NaN;
            for (Code code : NUMBERS) {
                blocks.device().run(new Reduce(code, 1, y.length, 1, 1, blocks.of(y), out));
                assertClose(code + " with NaN at " + at, Double.NaN, blocks.read(out)[0], 0);
                Buffer pair = blocks.blank(2);
                blocks.device().run(new Reduce(code, 1, y.length / 2, 2, 1, blocks.of(y), pair));
                assertClose(code + " with NaN in a column", Double.NaN, blocks.read(pair)[at % 2], 0);
                assertClose(code + " beside NaN", 0, blocks.read(pair)[1 - at % 2], 0);
            }
        }
    }
}
