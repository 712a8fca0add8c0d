package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import org.fewstep.kernels.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * {@code to[n, m, i, j] = bias[m] + sum kernel[m, c, a, b] from[n, c, i - top + a, j - left + b]}: kernel (M, K) times
 * windows (K, P). An element is one chain of fma in the order of K = (c, a, b). A convolution's image from its result is
 * the same with the kernel turned by half a turn.
 *
 * <p>A vector's windows are neighbours, so their pixels under a kernel element are neighbours too: a strip of windows is
 * packed from padded planes by whole vectors, just before all rows of the kernel meet it, and stays in L1, as its sums
 * do. Where the rows of the result are whole vectors, so are those of the strips; otherwise windows are numbered through
 * the padded rows, and those that run over the edge are left out of the result.
 */
final class VectorCorrelationF32 implements Prepared, IntConsumer {
    /** Scratch slots of a part: padded planes, a block of the kernel, a strip of windows, its sums. */
    private static final int PADDED = 1;

    private static final int BLOCK = 2;
    private static final int STRIP = 3;
    private static final int SUMS = 4;

    /** Scratch slot of the caller: the turned kernel. */
    private static final int TURNED = Scratch.CALLER + 3;

    private static final int L = VectorLanesF32.L;
    private static final int ROWS = VectorLanesF32.ROWS;
    private static final int COLUMNS = VectorLanesF32.COLUMNS;
    private static final int ROW = VectorLanesF32.ROW;

    /** Numbers of a block of the kernel, which stays in L2. */
    private static final int BLOCK_SIZE = 1 << 17;

    private static final float[] ZEROS = new float[COLUMNS];

    /** Minus zero changes no number. */
    private static final float[] NOTHING = new float[COLUMNS];

    static {
        Arrays.fill(NOTHING, -0f);
    }

    private static final double FLOPS_A_NANO = 130;

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

    /** k of a block: all blocks but the last are equally long. */
    private final int blockDepth;

    /** Rows of a block of the kernel. */
    private final int blockRows;

    /** Parts of a sample's rows, so that few samples are work for all threads. */
    private final int bands;

    /** Row length of a padded plane. */
    private final int width;

    /** Rows of a padded plane. */
    private final int height;

    /** Whether a vector of results lies in one row. */
    private final boolean straight;

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
        int blocks = ceil(depth, VectorLanesF32.DEPTH);
        blockDepth = ceil(depth, blocks);
        blockRows = Math.min(ceil(out, ROWS), Math.max(1, BLOCK_SIZE / (blocks * ROWS * ROW))) * ROWS;
        int images = Math.max(1, g.batch() * g.groups());
        bands = Math.max(1, Math.min(to.height(), ceil(2 * threads.count(), images)));
        width = to.width() + g.kernelWidth() - 1;
        height = ceil(to.height(), bands) + g.kernelHeight() - 1;
        straight = to.width() % L == 0;
        taps = VectorTapsF32.taps(in, height * width, width, g.kernelHeight(), g.kernelWidth());
        kernel = weights;
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    @Override
    public void run() {
        if (turned) {
            kernel = Scratch.mine().f32(TURNED, g.outChannels() * g.depth());
            turn();
        }
        long flops = 2L * g.batch() * to.channels() * to.height() * to.width() * depth;
        threads.run(g.batch() * g.groups() * bands, (long) (flops / FLOPS_A_NANO), this);
        kernel = weights;
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
        int plane = height * width;
        Scratch scratch = Scratch.mine();
        float[] padded = scratch.f32(PADDED, in * plane + COLUMNS);
        for (int c = 0; c < in; c++) {
            from.pad(sample, group * in + c, top - firstRow, left, height, width, padded, c * plane);
        }
        // The last windows' vectors end there.
        Arrays.fill(padded, in * plane, in * plane + COLUMNS, 0);
        correlate(group, padded, to.at(sample, group * out) + firstRow * to.width(), rows);
    }

    /** Rows of the kernel times the windows of {@code rows} rows of the result, to {@code at} and the same in each plane. */
    private void correlate(int group, float[] padded, int at, int rows) {
        Scratch scratch = Scratch.mine();
        float[] block = scratch.f32(BLOCK, blockRows * ROW * ceil(depth, blockDepth));
        float[] strip = scratch.f32(STRIP, blockDepth * COLUMNS);
        float[] sums = scratch.f32(SUMS, blockRows * COLUMNS);
        int windows = straight ? rows * to.width() : (rows - 1) * width + to.width();
        for (int row = 0; row < out; row += blockRows) {
            int lines = Math.min(blockRows, out - row);
            pack(group * out + row, lines, block);
            for (int window = 0; window < windows; window += COLUMNS) {
                int first = place(window);
                int second = window + L < windows ? place(window + L) : first;
                int a = 0;
                for (int k0 = 0; k0 < depth; k0 += blockDepth) {
                    int kc = Math.min(blockDepth, depth - k0);
                    copy(padded, first, taps, k0, kc, strip, 0);
                    copy(padded, second, taps, k0, kc, strip, L);
                    float[] start = k0 == 0 ? ZEROS : sums;
                    int startStep = k0 == 0 ? 0 : COLUMNS;
                    for (int r = 0; r < lines; r += ROWS) {
                        int startAt = startStep * r;
                        tile(lines - r, block, a, strip, kc, start, startAt, startStep, sums, r * COLUMNS);
                        a += ROWS * ROW;
                    }
                }
                for (int r = 0; r < lines; r++) {
                    int m = row + r;
                    float shift = bias == null ? NOTHING[0] : bias[group * out + m];
                    finish(sums, r * COLUMNS, window, windows, shift, at + m * to.height() * to.width());
                }
            }
        }
    }

    /** Sums of a strip's windows to their place in a plane. */
    private void finish(float[] sums, int from, int window, int windows, float shift, int at) {
        int end = Math.min(window + COLUMNS, windows);
        if (straight) {
            add(sums, from, shift, to.x(), at + window, end - window);
            return;
        }
        int p = window;
        while (p < end) {
            int j = p % width;
            int count = Math.min(end - p, to.width() - j);
            if (count > 0) {
                add(sums, from + p - window, shift, to.x(), at + p / width * to.width() + j, count);
            }
            p += width - j;
        }
    }

    /** The pixels of a vector of windows under kernel elements k0 .. k0 + count - 1. */
    private static void copy(float[] padded, int first, int[] taps, int k0, int count, float[] strip, int to) {
        for (int l = 0; l < count; l++) {
            FloatVector.fromArray(VectorLanesF32.SPECIES, padded, taps[k0 + l] + first)
                    .intoArray(strip, to + l * COLUMNS);
        }
    }

    /** Rows of the kernel {@link VectorLanesF32#ROW} apart, block of k behind block of k, zeros beyond the last row. */
    private void pack(int first, int rows, float[] block) {
        int at = 0;
        for (int k0 = 0; k0 < depth; k0 += blockDepth) {
            int kc = Math.min(blockDepth, depth - k0);
            for (int r = 0; r < ceil(rows, ROWS) * ROWS; r++) {
                if (r < rows) {
                    System.arraycopy(kernel, (first + r) * depth + k0, block, at, kc);
                } else {
                    Arrays.fill(block, at, at + kc, 0);
                }
                at += ROW;
            }
        }
    }

    /** Place in a padded plane of a window. */
    private int place(int window) {
        return straight ? window / to.width() * width + window % to.width() : window;
    }

    private static void tile(
            int rows,
            float[] a,
            int aAt,
            float[] strip,
            int kc,
            float[] start,
            int startAt,
            int startStep,
            float[] sums,
            int at) {
        switch (VectorLanesF32.tileRows(Math.min(ROWS, rows))) {
            case 12 ->
                VectorTile12F32.byRows(
                        a, aAt, strip, 0, COLUMNS, kc, start, startAt, startStep, NOTHING, sums, at, COLUMNS);
            case 8 ->
                VectorTile8F32.byRows(
                        a, aAt, strip, 0, COLUMNS, kc, start, startAt, startStep, NOTHING, sums, at, COLUMNS);
            case 4 ->
                VectorTile4F32.byRows(
                        a, aAt, strip, 0, COLUMNS, kc, start, startAt, startStep, NOTHING, sums, at, COLUMNS);
            default ->
                VectorTile6F32.byRows(
                        a, aAt, strip, 0, COLUMNS, kc, start, startAt, startStep, NOTHING, sums, at, COLUMNS);
        }
    }

    private static void add(float[] x, int from, float shift, float[] to, int at, int n) {
        for (int j = 0; j < n; j++) {
            to[at + j] = x[from + j] + shift;
        }
    }
}
