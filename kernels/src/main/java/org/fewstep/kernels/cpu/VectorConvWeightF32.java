package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.fewstep.kernels.Conv2d;

/**
 * The gradient of a convolution's weights, as its transpose: taps (K, P) times y^T (P, O), sample after sample. y is laid
 * out as the padded image is, with zeros at the windows that run over the edge. An element is one chain of fma in the
 * order of samples and places.
 *
 * <p>A part takes some channels of x or, where x has few, of y through all samples, so that threads never wait for each
 * other; what it lays out of the other image is laid out by other parts too.
 */
final class VectorConvWeightF32 implements Prepared, IntConsumer {
    /** Scratch slots of a part: padded planes of x, y in padded rows, the transposed gradient. */
    private static final int PADDED = 1;

    private static final int SPREAD = 2;
    private static final int GRADIENT = 3;

    private static final double FLOPS_A_NANO = 100;

    private final Conv2d.Geometry g;
    private final VectorConv2dF32.Planes x;
    private final VectorConv2dF32.Planes y;
    private final float[] gradient;
    private final Threads threads;

    private final int inParts;
    private final int outParts;
    private final int width;
    private final int height;
    private final int windows;
    private final int[] taps;

    VectorConvWeightF32(
            Conv2d.Geometry g, VectorConv2dF32.Planes x, VectorConv2dF32.Planes y, float[] gradient, Threads threads) {
        this.g = g;
        this.x = x;
        this.y = y;
        this.gradient = gradient;
        this.threads = threads;
        int wanted = (threads.count() + g.groups() - 1) / g.groups();
        inParts = g.groupIn() >= 4 * wanted ? wanted : 1;
        outParts = Math.min(g.groupOut(), wanted / inParts);
        width = g.outWidth() + g.kernelWidth() - 1;
        height = g.outHeight() + g.kernelHeight() - 1;
        windows = (g.outHeight() - 1) * width + g.outWidth();
        taps = VectorTapsF32.taps(g.groupIn(), height * width, width, g.kernelHeight(), g.kernelWidth());
    }

    @Override
    public void run() {
        long flops = 2L * g.batch() * g.outChannels() * windows * g.depth();
        threads.run(g.groups() * inParts * outParts, (long) (flops / FLOPS_A_NANO), this);
    }

    /** Some channels of x and of y of one group. */
    @Override
    public void accept(int part) {
        int group = part / (inParts * outParts);
        int inPart = part / outParts % inParts;
        int outPart = part % outParts;
        int firstIn = g.groupIn() * inPart / inParts;
        int in = g.groupIn() * (inPart + 1) / inParts - firstIn;
        int firstOut = g.groupOut() * outPart / outParts;
        int out = g.groupOut() * (outPart + 1) / outParts - firstOut;
        int area = g.kernelHeight() * g.kernelWidth();
        Scratch mine = Scratch.mine();
        float[] padded = mine.f32(PADDED, in * height * width);
        float[] spread = mine.f32(SPREAD, out * windows);
        float[] turned = mine.f32(GRADIENT, in * area * out);
        Arrays.fill(turned, 0, in * area * out, 0);
        VectorProductF32 product = VectorProductF32.mine();
        for (int sample = 0; sample < g.batch(); sample++) {
            for (int c = 0; c < in; c++) {
                int channel = group * g.groupIn() + firstIn + c;
                x.pad(sample, channel, g.padTop(), g.padLeft(), height, width, padded, c * height * width);
            }
            for (int o = 0; o < out; o++) {
                spread(sample, group * g.groupOut() + firstOut + o, spread, o * windows);
            }
            product.of(
                            in * area,
                            out,
                            windows,
                            product.taps.set(padded, taps),
                            product.a.set(spread, 0, windows, 1, true),
                            VectorEndingF32.NONE,
                            turned,
                            0)
                    .add(Threads.ALONE);
        }
        for (int o = 0; o < out; o++) {
            int at = (group * g.groupOut() + firstOut + o) * g.depth() + firstIn * area;
            for (int l = 0; l < in * area; l++) {
                gradient[at + l] = turned[l * out + o];
            }
        }
    }

    /** A channel of y with its rows {@code width} apart, zeros between them. */
    private void spread(int sample, int channel, float[] to, int at) {
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
