package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.DType;

/** Weighted sums have the bits of one chain of fma in the order of the terms, also into one of their inputs. */
final class CombineContract {
    private CombineContract() {}

    static void check(Blocks blocks) {
        for (int terms = 1; terms <= Combine.MOST_TERMS; terms++) {
            for (int points : new int[] {0, 1, 7, 33, 257, 9000}) {
                sum(blocks, points, terms);
            }
        }
        special(blocks);
        firstPoints(blocks);
        continued(blocks);
    }

    /** Numbers that the dtype does not hold exactly. */
    private static double[] coefficients(int terms) {
        double[] c = new double[terms];
        for (int j = 0; j < terms; j++) {
            c[j] = (j % 2 == 0 ? 1 : -1) * (0.1 + 0.37 * j);
        }
        return c;
    }

    private static double[][] inputs(int points, int terms) {
        double[][] x = new double[terms][];
        for (int j = 0; j < terms; j++) {
            x[j] = Blocks.random(10L * points + j, points, -2, 3);
        }
        return x;
    }

    private static double[] chain(Blocks blocks, double[] c, double[][] x) {
        double[] y = new double[x[0].length];
        for (int i = 0; i < y.length; i++) {
            y[i] = blocks.rounded(blocks.rounded(c[0]) * x[0][i]);
            for (int j = 1; j < c.length; j++) {
                y[i] = fma(blocks, blocks.rounded(c[j]), x[j][i], y[i]);
            }
        }
        return y;
    }

    /** Of F32 numbers Java's fma of floats: a double fma rounded to float would be rounded twice. */
    private static double fma(Blocks blocks, double a, double b, double c) {
        return blocks.dtype() == DType.F64 ? Math.fma(a, b, c) : Math.fma((float) a, (float) b, (float) c);
    }

    private static List<Buffer> buffers(Blocks blocks, double[][] x) {
        List<Buffer> list = new ArrayList<>();
        for (double[] values : x) {
            list.add(blocks.of(values));
        }
        return list;
    }

    private static void sum(Blocks blocks, int points, int terms) {
        double[] c = coefficients(terms);
        double[][] x = inputs(points, terms);
        double[] expected = chain(blocks, c, x);
        String what = terms + " terms of " + points;
        Buffer out = blocks.blank(points);
        blocks.device().run(new Combine(points, c, buffers(blocks, x), out));
        assertSameBits(what, expected, blocks.read(out));
        for (int j = 0; j < terms; j++) {
            List<Buffer> in = buffers(blocks, x);
            blocks.device().run(new Combine(points, c, in, in.get(j)));
            assertSameBits(what + " into input " + j, expected, blocks.read(in.get(j)));
        }
    }

    /** A coefficient of 0 does not hide what is not a number. */
    private static void special(Blocks blocks) {
        double[] c = {1, 0};
        double inf = Double.POSITIVE_INFINITY;
        double[][] x = {{1, inf, -inf, Double.NaN, 2, -0.0}, {3, 4, inf, 5, Double.NaN, -1}};
        Buffer out = blocks.blank(6);
        blocks.device().run(new Combine(6, c, buffers(blocks, x), out));
        assertSameBits(
                "special numbers", new double[] {1, inf, Double.NaN, Double.NaN, Double.NaN, -0.0}, blocks.read(out));
    }

    /** What lies behind the points stays as it is. */
    private static void firstPoints(Blocks blocks) {
        Buffer x = blocks.of(1, 2, 3, 4);
        Buffer out = blocks.of(7, 7, 7);
        blocks.device().run(new Combine(2, new double[] {2, 0.5}, List.of(x, x), out));
        assertSameBits("first points", new double[] {2.5, 5, 7}, blocks.read(out));
    }

    /** A longer sum in two runs has the bits of one chain. */
    private static void continued(Blocks blocks) {
        double[] c = coefficients(11);
        double[][] x = inputs(100, 11);
        List<Buffer> in = buffers(blocks, x);
        Buffer out = blocks.blank(100);
        blocks.device().run(new Combine(100, Arrays.copyOf(c, 8), in.subList(0, 8), out));
        List<Buffer> rest = List.of(out, in.get(8), in.get(9), in.get(10));
        blocks.device().run(new Combine(100, new double[] {1, c[8], c[9], c[10]}, rest, out));
        assertSameBits("11 terms", chain(blocks, c, x), blocks.read(out));
    }
}
