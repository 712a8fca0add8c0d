package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * Convolution with stride 1 as products whose unfolded image is read straight from a padded copy of the image, which is
 * kernelHeight kernelWidth times smaller.
 *
 * <p>FORWARD: w (O, K) times windows (K, P). INPUT: the same with y for x and the kernel turned by half a turn. WEIGHT:
 * the transpose of w, taps (K, P) times y^T (P, O), sample after sample; y is laid out as the padded image is, with zeros
 * at the windows that run over the edge. An element is one chain of fma in the order of K, or of samples and places.
 * Other strides unfold ({@link Conv2dF64}).
 */
final class VectorConv2dF32 {
    /** Scratch slots of a part: padded planes, result in padded rows. */
    private static final int PADDED = 1;

    private static final int RESULT = 2;

    /** Scratch slots of the caller: the turned kernel or the transposed gradient; padded planes; y in padded rows. */
    private static final int KERNEL = Scratch.CALLER + 3;

    private static final int IMAGE = Scratch.CALLER + 4;
    private static final int SPREAD = Scratch.CALLER;

    private static final double FLOPS_A_NANO = 100;

    private VectorConv2dF32() {}

    static void run(Conv2d w, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        int belowX = g.kernelHeight() - 1 - g.padTop();
        int rightX = g.kernelWidth() - 1 - g.padLeft();
        boolean plain = g.strideX() == 1 && g.strideY() == 1 && g.places() > 0 && g.inHeight() * g.inWidth() > 0;
        if (!plain || (w.code() == Conv2d.Code.INPUT && (belowX < 0 || rightX < 0))) {
            Conv2dF32.run(w, threads);
            return;
        }
        // No workload of its own counts these products.
        w.device().live().matMulFlops().addAndGet(2L * g.batch() * g.outChannels() * g.places() * g.depth());
        switch (w.code()) {
            case FORWARD -> {
                Buffer bias = w.bias();
                Planes x = new Planes(CpuBuffer.f32(w.x()), g.inChannels(), g.inHeight(), g.inWidth());
                Planes y = new Planes(CpuBuffer.f32(w.y()), g.outChannels(), g.outHeight(), g.outWidth());
                float[] kernel = CpuBuffer.f32(w.w());
                correlate(g, x, y, g.padTop(), g.padLeft(), kernel, bias == null ? null : CpuBuffer.f32(bias), threads);
            }
            case INPUT -> {
                Planes x = new Planes(CpuBuffer.f32(w.x()), g.inChannels(), g.inHeight(), g.inWidth());
                Planes y = new Planes(CpuBuffer.f32(w.y()), g.outChannels(), g.outHeight(), g.outWidth());
                float[] kernel = turned(g, CpuBuffer.f32(w.w()));
                correlate(g, y, x, belowX, rightX, kernel, null, threads);
            }
            case WEIGHT -> weight(w, threads);
        }
    }

    /** Images (B, channels, height, width). */
    private record Planes(float[] x, int channels, int height, int width) {
        /** Place of a channel of a sample. */
        int at(int sample, int channel) {
            return (sample * channels + channel) * height * width;
        }
    }

    /** The kernel of the transposed convolution: (C, O/G, kH, kW) with both axes of the kernel reversed. */
    private static float[] turned(Conv2d.Geometry g, float[] w) {
        int area = g.kernelHeight() * g.kernelWidth();
        int in = g.groupIn();
        int out = g.groupOut();
        float[] to = Scratch.mine().f32(KERNEL, g.outChannels() * g.depth());
        for (int group = 0; group < g.groups(); group++) {
            for (int o = 0; o < out; o++) {
                for (int c = 0; c < in; c++) {
                    int from = ((group * out + o) * in + c) * area;
                    int at = ((group * in + c) * out + o) * area;
                    for (int i = 0; i < area; i++) {
                        to[at + i] = w[from + area - 1 - i];
                    }
                }
            }
        }
        return to;
    }

    /** {@code to[n, m, i, j] = bias[m] + sum kernel[m, c, a, b] from[n, c, i - top + a, j - left + b]}. */
    private static void correlate(
            Conv2d.Geometry g,
            Planes from,
            Planes to,
            int top,
            int left,
            float[] kernel,
            float @Nullable [] bias,
            Threads threads) {
        int groups = g.groups();
        int in = from.channels() / groups;
        int out = to.channels() / groups;
        int depth = in * g.kernelHeight() * g.kernelWidth();
        int wanted = 2 * threads.count();
        int bands =
                Math.max(1, Math.min(to.height(), (wanted + g.batch() * groups - 1) / Math.max(1, g.batch() * groups)));
        long flops = 2L * g.batch() * to.channels() * to.height() * to.width() * depth;
        threads.run(g.batch() * groups * bands, (long) (flops / FLOPS_A_NANO), part -> {
            int sample = part / (groups * bands);
            int group = part / bands % groups;
            int band = part % bands;
            int firstRow = to.height() * band / bands;
            int rows = to.height() * (band + 1) / bands - firstRow;
            int width = to.width() + g.kernelWidth() - 1;
            int height = rows + g.kernelHeight() - 1;
            int windows = (rows - 1) * width + to.width();
            float[] padded = Scratch.mine().f32(PADDED, in * height * width);
            for (int c = 0; c < in; c++) {
                pad(from, sample, group * in + c, top - firstRow, left, height, width, padded, c * height * width);
            }
            float[] result = Scratch.mine().f32(RESULT, out * windows);
            VectorProductF32.mine()
                    .of(
                            out,
                            windows,
                            depth,
                            VectorProductF32.mine().a.set(kernel, group * out * depth, depth, 1, true),
                            new VectorPlacesF32(padded, taps(g, in, height, width)),
                            VectorEndingF32.NONE,
                            result,
                            0)
                    .run(threads);
            for (int m = 0; m < out; m++) {
                int at = to.at(sample, group * out + m) + firstRow * to.width();
                float shift = bias == null ? -0f : bias[group * out + m];
                for (int i = 0; i < rows; i++) {
                    add(result, m * windows + i * width, shift, to.x(), at + i * to.width(), to.width());
                }
            }
        });
    }

    private static int[] taps(Conv2d.Geometry g, int channels, int height, int width) {
        return VectorPlacesF32.taps(channels, height * width, width, g.kernelHeight(), g.kernelWidth());
    }

    private static void add(float[] x, int from, float shift, float[] to, int at, int n) {
        for (int j = 0; j < n; j++) {
            to[at + j] = x[from + j] + shift;
        }
    }

    /** Row r, column j of the padded plane is pixel (r - top, j - left), or zero outside of the image. */
    private static void pad(
            Planes from, int sample, int channel, int top, int left, int height, int width, float[] to, int at) {
        int plane = from.at(sample, channel);
        int first = Math.min(width, left);
        int count = Math.max(0, Math.min(from.width(), width - left));
        for (int r = 0; r < height; r++) {
            int row = r - top;
            int line = at + r * width;
            if (row < 0 || row >= from.height()) {
                Arrays.fill(to, line, line + width, 0);
                continue;
            }
            Arrays.fill(to, line, line + first, 0);
            System.arraycopy(from.x(), plane + row * from.width(), to, line + first, count);
            Arrays.fill(to, line + first + count, line + width, 0);
        }
    }

    private static void weight(Conv2d w, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        Planes x = new Planes(CpuBuffer.f32(w.x()), g.inChannels(), g.inHeight(), g.inWidth());
        Planes y = new Planes(CpuBuffer.f32(w.y()), g.outChannels(), g.outHeight(), g.outWidth());
        float[] gradient = CpuBuffer.f32(w.w());
        int in = g.groupIn();
        int out = g.groupOut();
        int depth = g.depth();
        int width = g.outWidth() + g.kernelWidth() - 1;
        int height = g.outHeight() + g.kernelHeight() - 1;
        int windows = (g.outHeight() - 1) * width + g.outWidth();
        Scratch mine = Scratch.mine();
        float[] padded = mine.f32(IMAGE, in * height * width);
        float[] spread = mine.f32(SPREAD, out * windows);
        float[] turned = mine.f32(KERNEL, depth * out);
        int[] taps = taps(g, in, height, width);
        for (int group = 0; group < g.groups(); group++) {
            int firstIn = group * in;
            int firstOut = group * out;
            Arrays.fill(turned, 0, depth * out, 0);
            for (int s = 0; s < g.batch(); s++) {
                int sample = s;
                threads.run(in + out, (long) (in + out) * height * width / 4, part -> {
                    if (part < in) {
                        pad(
                                x,
                                sample,
                                firstIn + part,
                                g.padTop(),
                                g.padLeft(),
                                height,
                                width,
                                padded,
                                part * height * width);
                    } else {
                        spread(y, sample, firstOut + part - in, width, spread, (part - in) * windows);
                    }
                });
                VectorProductF32.mine()
                        .of(
                                depth,
                                out,
                                windows,
                                new VectorTapsF32(padded, taps),
                                VectorProductF32.mine().a.set(spread, 0, windows, 1, true),
                                VectorEndingF32.NONE,
                                turned,
                                0)
                        .add(threads);
            }
            for (int o = 0; o < out; o++) {
                for (int l = 0; l < depth; l++) {
                    gradient[(firstOut + o) * depth + l] = turned[l * out + o];
                }
            }
        }
    }

    /** A channel with its rows {@code width} apart, zeros between them. */
    private static void spread(Planes y, int sample, int channel, int width, float[] to, int at) {
        int plane = y.at(sample, channel);
        for (int i = 0; i < y.height(); i++) {
            int line = at + i * width;
            System.arraycopy(y.x(), plane + i * y.width(), to, line, y.width());
            if (i < y.height() - 1) {
                Arrays.fill(to, line + y.width(), line + width, 0);
            }
        }
    }
}
