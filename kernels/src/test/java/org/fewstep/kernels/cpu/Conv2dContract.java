package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.Conv2d.Code;
import org.fewstep.kernels.Conv2d.Geometry;

/** The three codes against the sevenfold loop, over kernels, strides, paddings and groups; batches do not mix. */
final class Conv2dContract {
    private Conv2dContract() {}

    static void check(Blocks blocks) {
        Geometry[] all = {
            new Geometry(2, 3, 5, 4, 2, 5, 4, 1, 1, 1, 1, 0, 0, 1),
            new Geometry(2, 2, 5, 4, 3, 5, 4, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(3, 2, 7, 6, 4, 4, 3, 3, 3, 2, 2, 1, 1, 2),
            new Geometry(1, 4, 6, 9, 4, 2, 3, 3, 2, 2, 3, 0, 1, 4),
            new Geometry(2, 3, 4, 4, 2, 2, 2, 2, 2, 2, 2, 0, 0, 1),
            new Geometry(2, 1, 3, 3, 1, 5, 5, 3, 3, 1, 1, 2, 2, 1),
            new Geometry(2, 1, 3, 2, 2, 7, 6, 5, 5, 1, 1, 4, 4, 1),
            new Geometry(2, 2, 2, 2, 1, 3, 3, 2, 2, 3, 3, 3, 3, 1),
            new Geometry(2, 3, 4, 4, 2, 4, 4, 1, 1, 1, 1, 0, 0, 1),
            new Geometry(2, 3, 5, 5, 2, 3, 3, 1, 1, 2, 2, 0, 0, 1),
            new Geometry(2, 6, 5, 4, 4, 5, 4, 3, 3, 1, 1, 1, 1, 2),
            new Geometry(3, 17, 6, 5, 5, 6, 5, 3, 3, 1, 1, 1, 1, 1),
            // Rows of whole vectors: odd numbers of them, blocks of k, blocks of channels, groups.
            new Geometry(2, 5, 5, 16, 13, 5, 16, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(3, 30, 3, 32, 17, 3, 32, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(1, 3, 4, 16, 131, 4, 16, 1, 3, 1, 1, 0, 1, 1),
            new Geometry(2, 8, 2, 17, 12, 2, 16, 3, 2, 1, 1, 1, 0, 2),
            // Several tiles of channels and of places, parts of the places, strides that leave gaps, uneven paddings.
            new Geometry(2, 34, 9, 17, 70, 9, 17, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(2, 6, 9, 11, 8, 5, 6, 5, 5, 2, 2, 2, 1, 2),
            new Geometry(1, 17, 10, 7, 33, 5, 7, 4, 3, 2, 1, 0, 2, 1),
            new Geometry(1, 1, 3, 3, 4, 1, 1, 2, 1, 300, 300, 0, 0, 1),
            new Geometry(0, 2, 4, 4, 3, 4, 4, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(2, 2, 1, 1, 3, 0, 0, 3, 3, 1, 1, 0, 0, 1),
            // Samples of 590,000 unfolded elements, so that a batch takes several rounds.
            new Geometry(5, 64, 32, 32, 2, 32, 32, 3, 3, 1, 1, 1, 1, 1)
        };
        for (Geometry g : all) {
            for (Code code : Code.values()) {
                conv(blocks, code, g, false);
            }
            conv(blocks, Code.FORWARD, g, true);
        }
        samplesAlone(blocks);
    }

    private static void conv(Blocks blocks, Code code, Geometry g, boolean biased) {
        double[] x = Blocks.random(1, g.batch() * g.inChannels() * g.inHeight() * g.inWidth(), -1, 1);
        double[] w = Blocks.random(2, g.outChannels() * g.depth(), -1, 1);
        double[] y = Blocks.random(3, g.batch() * g.outChannels() * g.places(), -1, 1);
        double[] bias = Blocks.random(4, g.outChannels(), -1, 1);
        Buffer xs = code == Code.INPUT ? blocks.blank(x.length) : blocks.of(x);
        Buffer ws = code == Code.WEIGHT ? blocks.blank(w.length) : blocks.of(w);
        Buffer ys = code == Code.FORWARD ? blocks.blank(y.length) : blocks.of(y);
        blocks.device().run(new Conv2d(code, g, xs, ws, biased ? blocks.of(bias) : null, ys));
        double[] expected = switch (code) {
            case FORWARD -> new double[y.length];
            case INPUT -> new double[x.length];
            case WEIGHT -> new double[w.length];
        };
        if (biased) {
            for (int i = 0; i < y.length; i++) {
                expected[i] = bias[i / g.places() % g.outChannels()];
            }
        }
        double[] sizes = new double[expected.length];
        Arrays.fill(sizes, 1);
        for (int n = 0; n < g.batch(); n++) {
            for (int o = 0; o < g.outChannels(); o++) {
                for (int i = 0; i < g.places(); i++) {
                    for (int k = 0; k < g.depth(); k++) {
                        int c = k / (g.kernelHeight() * g.kernelWidth()) + o / g.groupOut() * g.groupIn();
                        int row = i / g.outWidth() * g.strideY() - g.padTop() + k / g.kernelWidth() % g.kernelHeight();
                        int column = i % g.outWidth() * g.strideX() - g.padLeft() + k % g.kernelWidth();
                        if (row < 0 || row >= g.inHeight() || column < 0 || column >= g.inWidth()) {
                            continue;
                        }
                        int atX = ((n * g.inChannels() + c) * g.inHeight() + row) * g.inWidth() + column;
                        int atW = o * g.depth() + k;
                        int atY = (n * g.outChannels() + o) * g.places() + i;
                        int at = code == Code.FORWARD ? atY : code == Code.INPUT ? atX : atW;
                        double term = switch (code) {
                            case FORWARD -> w[atW] * x[atX];
                            case INPUT -> w[atW] * y[atY];
                            case WEIGHT -> x[atX] * y[atY];
                        };
                        expected[at] += term;
                        sizes[at] += Math.abs(term);
                    }
                }
            }
        }
        double[] tolerance = new double[expected.length];
        for (int i = 0; i < tolerance.length; i++) {
            tolerance[i] = 2 * blocks.epsilon() * sizes[i];
        }
        Buffer out = code == Code.FORWARD ? ys : code == Code.INPUT ? xs : ws;
        assertClose(code + (biased ? " with bias" : "") + " of " + g, expected, blocks.read(out), tolerance);
    }

    private static void samplesAlone(Blocks blocks) {
        Geometry three = new Geometry(3, 4, 6, 5, 7, 6, 5, 3, 3, 1, 1, 1, 1, 1);
        Geometry one = new Geometry(1, 4, 6, 5, 7, 6, 5, 3, 3, 1, 1, 1, 1, 1);
        double[] w = Blocks.random(2, three.outChannels() * three.depth(), -1, 1);
        for (Code code : new Code[] {Code.FORWARD, Code.INPUT}) {
            int from = code == Code.FORWARD ? 120 : 210;
            int to = code == Code.FORWARD ? 210 : 120;
            double[] in = Blocks.random(1, 3 * from, -1, 1);
            double[] all = run(blocks, code, three, in, w, 3 * to);
            double[] last = run(blocks, code, one, Arrays.copyOfRange(in, 2 * from, 3 * from), w, to);
            assertSameBits(code + " alone", last, Arrays.copyOfRange(all, 2 * to, 3 * to));
        }
    }

    private static double[] run(Blocks blocks, Code code, Geometry g, double[] in, double[] w, int size) {
        Buffer from = blocks.of(in);
        Buffer to = blocks.blank(size);
        boolean forward = code == Code.FORWARD;
        blocks.device().run(new Conv2d(code, g, forward ? from : to, blocks.of(w), null, forward ? to : from));
        return blocks.read(to);
    }
}
