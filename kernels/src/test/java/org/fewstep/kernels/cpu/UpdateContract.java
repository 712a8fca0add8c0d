package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;

/** The optimizer step, the average and the gradient norm against their formulas, element by element. */
final class UpdateContract {
    private static final int[] SIZES = {1, 0, 3, 5000, 257, 9000};

    private UpdateContract() {}

    static void check(Blocks blocks) {
        adam(blocks, true);
        adam(blocks, false);
        ema(blocks);
        together(blocks);
        gradNorm(blocks, 1e9, 1, 0);
        gradNorm(blocks, 0.5, 1, 0);
        gradNorm(blocks, Double.POSITIVE_INFINITY, 1, 0);
        gradNorm(blocks, 0.5, Double.NaN, 1);
        gradNorm(blocks, 0.5, Double.POSITIVE_INFINITY, 1);
    }

    private static double[][] values(long seed, double low, double high) {
        double[][] values = new double[SIZES.length][];
        for (int i = 0; i < SIZES.length; i++) {
            values[i] = Blocks.random(seed + i, SIZES[i], low, high);
        }
        return values;
    }

    private static List<Buffer> buffers(Blocks blocks, double[][] values) {
        List<Buffer> list = new ArrayList<>();
        for (double[] v : values) {
            list.add(blocks.of(v));
        }
        return list;
    }

    private static void adam(Blocks blocks, boolean adaptive) {
        double[][] p = values(10, -1, 1);
        double[][] g = values(20, -1, 1);
        double[][] m = values(30, -1, 1);
        double[][] v = values(40, 0, 1);
        List<Buffer> bp = buffers(blocks, p);
        List<Buffer> bm = buffers(blocks, m);
        List<Buffer> bv = buffers(blocks, v);
        try (Slots slots = new Slots(blocks.device(), blocks.dtype(), 4)) {
            Slot decay = slots.add(0.99);
            Slot rate = slots.add(0.125);
            Slot root = slots.add(1.25);
            Slot kind = slots.add(adaptive ? 1 : 0);
            slots.stage();
            blocks.device()
                    .run(Update.adam(
                            bp,
                            buffers(blocks, g),
                            bm,
                            bv,
                            decay,
                            rate,
                            root,
                            kind,
                            0.9,
                            0.999,
                            1e-3,
                            blocks.of(7, 0.5, 0)));
        }
        for (int i = 0; i < SIZES.length; i++) {
            for (int j = 0; j < SIZES[i]; j++) {
                double gradient = 0.5 * g[i][j];
                m[i][j] = 0.9 * m[i][j] + (1 - 0.9) * gradient;
                v[i][j] = 0.999 * v[i][j] + (1 - 0.999) * gradient * gradient;
                double d = adaptive ? Math.sqrt(v[i][j]) * 1.25 + 1e-3 : 1;
                p[i][j] = 0.99 * p[i][j] - 0.125 * m[i][j] / d;
            }
            assertClose("m of " + i, m[i], blocks.read(bm.get(i)), 3 * blocks.epsilon());
            assertClose("v of " + i, v[i], blocks.read(bv.get(i)), 3 * blocks.epsilon());
            assertClose("p of " + i, p[i], blocks.read(bp.get(i)), (adaptive ? 4000 : 3) * blocks.epsilon());
        }
    }

    private static void ema(Blocks blocks) {
        double[][] p = values(50, -1, 1);
        double[][] g = values(60, -1, 1);
        List<Buffer> average = buffers(blocks, p);
        try (Slots slots = new Slots(blocks.device(), blocks.dtype(), 2)) {
            slots.add(0);
            Slot decay = slots.add(0.75);
            slots.stage();
            blocks.device().run(Update.ema(average, buffers(blocks, g), decay));
        }
        for (int i = 0; i < SIZES.length; i++) {
            for (int j = 0; j < SIZES[i]; j++) {
                p[i][j] = 0.75 * p[i][j] + 0.25 * g[i][j];
            }
            assertClose("average of " + i, p[i], blocks.read(average.get(i)), 2 * blocks.epsilon());
        }
    }

    /** One pass over all parameters leaves the bits of a pass over each. */
    private static void together(Blocks blocks) {
        List<List<Buffer>> all = new ArrayList<>();
        List<List<Buffer>> each = new ArrayList<>();
        for (int list = 0; list < 5; list++) {
            double[][] values = values(100 + 10 * list, list == 3 ? 0 : -1, 1);
            all.add(buffers(blocks, values));
            each.add(buffers(blocks, values));
        }
        Buffer clip = blocks.of(7, 0.3, 0);
        try (Slots slots = new Slots(blocks.device(), blocks.dtype(), 5)) {
            Slot decay = slots.add(0.99);
            Slot rate = slots.add(0.1);
            Slot root = slots.add(1.25);
            Slot adaptive = slots.add(1);
            Slot average = slots.add(0.7);
            slots.stage();
            update(blocks, all, decay, rate, root, adaptive, average, clip);
            for (int i = 0; i < SIZES.length; i++) {
                List<List<Buffer>> one = new ArrayList<>();
                for (List<Buffer> list : each) {
                    one.add(List.of(list.get(i)));
                }
                update(blocks, one, decay, rate, root, adaptive, average, clip);
            }
        }
        for (int list = 0; list < 5; list++) {
            for (int i = 0; i < SIZES.length; i++) {
                Blocks.assertSameBits(
                        "list " + list + " of parameter " + i,
                        blocks.read(each.get(list).get(i)),
                        blocks.read(all.get(list).get(i)));
            }
        }
    }

    private static void update(
            Blocks blocks,
            List<List<Buffer>> lists,
            Slot decay,
            Slot rate,
            Slot root,
            Slot adaptive,
            Slot average,
            Buffer clip) {
        List<Buffer> p = lists.get(0);
        blocks.device()
                .run(Update.adam(
                        p,
                        lists.get(1),
                        lists.get(2),
                        lists.get(3),
                        decay,
                        rate,
                        root,
                        adaptive,
                        0.9,
                        0.999,
                        1e-8,
                        clip));
        blocks.device().run(Update.ema(lists.get(4), p, average));
    }

    private static void gradNorm(Blocks blocks, double limit, double last, double flag) {
        double[][] g = values(70, -1, 1);
        g[SIZES.length - 1][SIZES[SIZES.length - 1] - 1] = last;
        double sum =
                Arrays.stream(g).flatMapToDouble(Arrays::stream).map(x -> x * x).sum();
        Buffer out = blocks.blank(3);
        try (Slots slots = new Slots(blocks.device(), blocks.dtype(), 1)) {
            Slot slot = slots.add(limit);
            slots.stage();
            blocks.device().run(Update.gradNorm(buffers(blocks, g), slot, out));
        }
        double norm = Math.sqrt(sum);
        double[] actual = blocks.read(out);
        assertClose("norm", norm, actual[0], 10 * norm * blocks.epsilon());
        assertClose("factor", Math.min(1, limit / (norm + 1e-6)), actual[1], 10 * blocks.epsilon());
        assertClose("flag", flag, actual[2], 0);
    }
}
