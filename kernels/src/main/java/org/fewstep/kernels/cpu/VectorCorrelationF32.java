package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;
import org.fewstep.kernels.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * {@code to[n, m, i, j] = bias[m] + sum kernel[m, c, a, b] from[n, c, i - top + a, j - left + b]}: kernel (M, K) times
 * windows (K, P). An element is one chain of fma in the order of K = (c, a, b). A convolution's image from its result is
 * the same with the kernel turned by half a turn.
 */
final class VectorCorrelationF32 implements Prepared, IntConsumer {
    /** Scratch slots of a part: padded planes, result in padded rows. */
    private static final int PADDED = 1;

    private static final int RESULT = 2;

    /** Scratch slot of the caller: the turned kernel. */
    private static final int TURNED = Scratch.CALLER + 3;

    private static final double FLOPS_A_NANO = 100;

    private final Conv2d.Geometry g;
    private final VectorConv2dF32.Planes from;
    private final VectorConv2dF32.Planes to;
    private final int top;
    private final int left;
    private final float[] weights;
    private final boolean turned;
    private final float @Nullable [] bias;
    private final Threads threads;

    private final int in;
    private final int out;
    private final int depth;

    /** Parts of a sample's rows, so that few samples are work for all threads. */
    private final int bands;

    /** Row length of a padded plane. */
    private final int width;

    /** Numbers from one padded plane to the next. */
    private final int plane;

    private final int[] taps;
    private float[] kernel;

    VectorCorrelationF32(
            Conv2d.Geometry g,
            VectorConv2dF32.Planes from,
            VectorConv2dF32.Planes to,
            int top,
            int left,
            float[] weights,
            boolean turned,
            float @Nullable [] bias,
            Threads threads) {
        this.g = g;
        this.from = from;
        this.to = to;
        this.top = top;
        this.left = left;
        this.weights = weights;
        this.turned = turned;
        this.bias = bias;
        this.threads = threads;
        in = from.channels() / g.groups();
        out = to.channels() / g.groups();
        depth = in * g.kernelHeight() * g.kernelWidth();
        int images = Math.max(1, g.batch() * g.groups());
        bands = Math.max(1, Math.min(to.height(), (2 * threads.count() + images - 1) / images));
        width = to.width() + g.kernelWidth() - 1;
        plane = ((to.height() + bands - 1) / bands + g.kernelHeight() - 1) * width;
        taps = VectorPlacesF32.taps(in, plane, width, g.kernelHeight(), g.kernelWidth());
        kernel = weights;
    }

    @Override
    public void run() {
        if (turned) {
            kernel = Scratch.mine().f32(TURNED, g.outChannels() * g.depth());
            turn();
        }
        long flops = 2L * g.batch() * to.channels() * to.height() * to.width() * depth;
        threads.run(parts(), (long) (flops / FLOPS_A_NANO), this);
        kernel = weights;
    }

    private int parts() {
        return g.batch() * g.groups() * bands;
    }

    /** The kernel of the transposed convolution: (C, O/G, kH, kW) with both axes of the kernel reversed. */
    private void turn() {
        int area = g.kernelHeight() * g.kernelWidth();
        for (int group = 0; group < g.groups(); group++) {
            for (int o = 0; o < in; o++) {
                for (int c = 0; c < out; c++) {
                    int source = ((group * in + o) * out + c) * area;
                    int at = ((group * out + c) * in + o) * area;
                    for (int i = 0; i < area; i++) {
                        kernel[at + i] = weights[source + area - 1 - i];
                    }
                }
            }
        }
    }

    /** A band of one group of one sample. */
    @Override
    public void accept(int part) {
        int sample = part / (g.groups() * bands);
        int group = part / bands % g.groups();
        int band = part % bands;
        int firstRow = to.height() * band / bands;
        int rows = to.height() * (band + 1) / bands - firstRow;
        int windows = (rows - 1) * width + to.width();
        float[] padded = Scratch.mine().f32(PADDED, in * plane);
        for (int c = 0; c < in; c++) {
            from.pad(
                    sample,
                    group * in + c,
                    top - firstRow,
                    left,
                    rows + g.kernelHeight() - 1,
                    width,
                    padded,
                    c * plane);
        }
        float[] result = Scratch.mine().f32(RESULT, out * windows);
        VectorProductF32 product = VectorProductF32.mine();
        product.of(
                        out,
                        windows,
                        depth,
                        product.a.set(kernel, group * out * depth, depth, 1, true),
                        product.places.set(padded, taps),
                        VectorEndingF32.NONE,
                        result,
                        0)
                .run(parts() == 1 ? threads : Threads.ALONE);
        for (int m = 0; m < out; m++) {
            int at = to.at(sample, group * out + m) + firstRow * to.width();
            // Minus zero changes no number.
            float shift = bias == null ? -0f : bias[group * out + m];
            for (int i = 0; i < rows; i++) {
                add(result, m * windows + i * width, shift, to.x(), at + i * to.width(), to.width());
            }
        }
    }

    private static void add(float[] x, int from, float shift, float[] to, int at, int n) {
        for (int j = 0; j < n; j++) {
            to[at + j] = x[from + j] + shift;
        }
    }
}
