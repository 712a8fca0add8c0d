package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;

/**
 * Every code of every family at shapes made of 1, 7, 8, 9, 16, 31 and 33. What a workload writes has no content before,
 * what it reads has.
 */
final class SmallWorkloads {
    /** Where buffers and their content come from. */
    interface Buffers {
        /** A buffer of {@code size} elements without content. */
        Buffer blank(DType dtype, int size);

        /** Gives a buffer's first elements their content, as {@link Device#write(Buffer, double[], int, int)} would. */
        void put(Buffer buffer, double... values);
    }

    private static final int[] SIZES = {1, 7, 8, 9, 16, 31, 33};

    /** More than a block of a sum, and more than two. */
    private static final int[] LONG = {9 * 31, 16 * 33};

    private final Device device;
    private final DType dtype;
    private final Buffers buffers;
    private final Consumer<Workload> to;

    /**
     * Lists workloads.
     *
     * @param to takes each workload before the next is made
     */
    SmallWorkloads(Device device, DType dtype, Buffers buffers, Consumer<Workload> to) {
        this.device = device;
        this.dtype = dtype;
        this.buffers = buffers;
        this.to = to;
    }

    void all(Family family) {
        switch (family) {
            case ELEMENTWISE -> elementwise();
            case COMBINE -> sums();
            case MATMUL -> products();
            case REDUCE -> reductions();
            case SCAN -> scans();
            case SOFTMAX -> softmax();
            case NORM -> norms();
            case MODULATED_NORM -> modulatedNorms();
            case CONV2D -> convolutions();
            case ATTENTION -> attentions();
            case GATHER -> gathers();
            case RANDOM -> noise();
            case UPDATE -> updates();
        }
    }

    /** The i-th size, from the start again after the last. */
    private static int size(int i) {
        return SIZES[i % SIZES.length];
    }

    private Buffer blank(int size) {
        return buffers.blank(dtype, size);
    }

    /** Numbers between 0.1 and 1, different ones. */
    private Buffer filled(int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.1 + 0.9 * (i * 37 % 101) / 101;
        }
        Buffer buffer = blank(size);
        buffers.put(buffer, values);
        return buffer;
    }

    private Buffer ints(int... values) {
        Buffer buffer = buffers.blank(DType.I32, values.length);
        buffers.put(buffer, Arrays.stream(values).asDoubleStream().toArray());
        return buffer;
    }

    private void elementwise() {
        for (Elementwise.Code code : Elementwise.Code.values()) {
            int i = code.ordinal();
            flat(code, size(i) * size(i + 2));
            walk(code, size(i), size(i + 2));
        }
        for (int size : SIZES) {
            flat(Elementwise.Code.ADD, size);
            walk(Elementwise.Code.ADD, size, 8);
        }
        int[] shape = {7, 9};
        Layout turned = new Layout(ints(new int[63]), 0, new int[] {1, 7});
        Layout straight = Layout.contiguous(ints(new int[63]), shape);
        for (Layout in : List.of(turned, straight)) {
            Layout out = Layout.contiguous(buffers.blank(DType.I32, 63), shape);
            to.accept(new Elementwise(Elementwise.Code.COPY, 0, 0, shape, out, in));
        }
    }

    private void flat(Elementwise.Code code, int n) {
        Buffer[] in = new Buffer[code.operands()];
        for (int k = 0; k < in.length; k++) {
            in[k] = filled(n);
        }
        to.accept(Elementwise.flat(code, 0.3, 0.7, n, blank(n), in));
    }

    /** The first operand turned, the second one row, the third every other number behind the first. */
    private void walk(Elementwise.Code code, int rows, int columns) {
        int[] shape = {rows, columns};
        Layout[] in = {
            new Layout(filled(rows * columns), 0, new int[] {1, rows}),
            Layout.broadcast(filled(columns), new int[] {columns}, shape),
            new Layout(filled(2 * rows * columns), 1, new int[] {2 * columns, 2})
        };
        Layout[] used = Arrays.copyOf(in, code.operands());
        Layout out = new Layout(blank(1 + rows * columns), 1, new int[] {columns, 1});
        to.accept(new Elementwise(code, 0.3, 0.7, shape, out, used));
    }

    private void sums() {
        for (int terms = 1; terms <= Combine.MOST_TERMS; terms++) {
            double[] coefficients = new double[terms];
            Arrays.fill(coefficients, 0.3);
            int n = size(terms) * size(terms + 2);
            List<Buffer> x = new ArrayList<>();
            for (int j = 0; j < terms; j++) {
                x.add(filled(n));
            }
            to.accept(new Combine(n, coefficients, x, blank(n)));
            to.accept(new Combine(n, coefficients, x, x.get(terms - 1)));
        }
    }

    private void products() {
        Elementwise.Code[] activations = {
            null, Elementwise.Code.SILU, Elementwise.Code.GELU, Elementwise.Code.GELU_TANH, Elementwise.Code.RELU
        };
        for (int i = 0; i < SIZES.length; i++) {
            boolean turnA = (i & 1) != 0;
            boolean turnB = (i & 2) != 0;
            product(1, size(i), size(i + 2), size(i + 4), turnA, turnB, activations[i % activations.length]);
        }
        product(1, 16, 33, 9, false, false, null);
        product(1, 9, 33, 16, true, true, Elementwise.Code.SILU);
        product(3, 8, 33, 7, false, false, null);
        product(3, 9, 7, 8, true, true, Elementwise.Code.RELU);
    }

    private void product(int batch, int m, int n, int k, boolean turnA, boolean turnB, Elementwise.Code activation) {
        Buffer a = filled(batch * m * k);
        Buffer b = filled(k * n);
        Buffer bias = turnA ? null : filled(n);
        Buffer pre = activation == null || turnB ? null : blank(batch * m * n);
        Buffer c = blank(batch * m * n);
        to.accept(new MatMul(batch, m, n, k, turnA, turnB, false, batch > 1, a, b, bias, activation, pre, c));
    }

    private void reductions() {
        for (Reduce.Code code : Reduce.Code.values()) {
            for (int i = 0; i < SIZES.length; i++) {
                reduction(code, size(i), size(i + 2), 1);
                reduction(code, 1, size(i), size(i + 3));
            }
            for (int n : LONG) {
                reduction(code, 7, n, 1);
                reduction(code, 1, n, 9);
            }
        }
    }

    private void reduction(Reduce.Code code, int outer, int n, int inner) {
        Buffer out = buffers.blank(code == Reduce.Code.ARG_MAX ? DType.I32 : dtype, outer * inner);
        to.accept(new Reduce(code, outer, n, inner, 0.3, filled(outer * n * inner), out));
    }

    private void scans() {
        for (Scan.Code code : Scan.Code.values()) {
            for (int i = 0; i < SIZES.length; i++) {
                for (int inner : new int[] {1, size(i + 4)}) {
                    int size = size(i) * size(i + 2) * inner;
                    to.accept(new Scan(code, size(i), size(i + 2), inner, filled(size), blank(size)));
                }
            }
        }
    }

    /** Rows and their length, one after the other. */
    private static List<int[]> rows() {
        List<int[]> list = new ArrayList<>();
        for (int i = 0; i < SIZES.length; i++) {
            list.add(new int[] {size(i), size(i + 2)});
        }
        for (int n : LONG) {
            list.add(new int[] {7, n});
        }
        return list;
    }

    private void softmax() {
        for (Softmax.Code code : Softmax.Code.values()) {
            for (int[] shape : rows()) {
                int size = shape[0] * shape[1];
                Buffer g = code == Softmax.Code.ALONG ? filled(size) : null;
                to.accept(new Softmax(code, shape[0], shape[1], filled(size), g, blank(size)));
            }
        }
    }

    private void norms() {
        for (Norm.Code code : Norm.Code.values()) {
            for (int[] shape : rows()) {
                int size = shape[0] * shape[1];
                Buffer out = blank(code.rstd() ? shape[0] : size);
                Buffer g = code.along() ? filled(size) : null;
                to.accept(new Norm(code, shape[0], shape[1], 1e-5, filled(size), g, out));
            }
        }
    }

    private void modulatedNorms() {
        boolean centred = true;
        for (int[] shape : rows()) {
            modulatedNorm(centred, shape[0], shape[1], new ModulatedNorm.Places(1, shape[0], 1));
            centred = !centred;
        }
        modulatedNorm(true, 9 * 7, 31, new ModulatedNorm.Places(9, 7, 1));
        modulatedNorm(false, 16, 8 * 33, new ModulatedNorm.Places(16, 1, 33));
        modulatedNorm(true, 9 * 33, 7, new ModulatedNorm.Places(1, 1, 7));
    }

    private void modulatedNorm(boolean centred, int rows, int n, ModulatedNorm.Places places) {
        int size = rows * n;
        int table = places.tableRows() * (n / places.inner());
        Buffer x = filled(size);
        Buffer d = filled(size);
        Buffer scale = filled(table);
        Buffer shift = filled(table);
        to.accept(ModulatedNorm.forward(
                centred, rows, n, 1e-5, 1, places, x, scale, centred ? shift : null, blank(size)));
        to.accept(ModulatedNorm.tangent(
                centred,
                rows,
                n,
                1e-5,
                1,
                places,
                x,
                scale,
                shift,
                d,
                centred ? filled(table) : null,
                filled(table),
                blank(size),
                blank(size)));
        to.accept(ModulatedNorm.gradX(centred, rows, n, 1e-5, 1, places, x, scale, d, blank(size)));
        to.accept(ModulatedNorm.gradScale(centred, rows, n, 1e-5, places, x, d, blank(table)));
    }

    /** Few places each: a tile of threads costs the same whether it is full or not. */
    private void convolutions() {
        convolution(false, new Conv2d.Geometry(7, 1, 1, 9, 1, 1, 9, 1, 1, 1, 1, 0, 0, 1));
        convolution(true, new Conv2d.Geometry(1, 7, 8, 1, 1, 8, 1, 3, 3, 1, 1, 1, 1, 1));
        convolution(false, new Conv2d.Geometry(1, 1, 7, 8, 9, 7, 8, 3, 3, 1, 1, 1, 1, 1));
        convolution(true, new Conv2d.Geometry(1, 2, 9, 7, 2, 5, 4, 3, 3, 2, 2, 1, 1, 2));
        convolution(false, new Conv2d.Geometry(1, 9, 1, 7, 16, 1, 7, 1, 1, 1, 1, 0, 0, 1));
        convolution(true, new Conv2d.Geometry(1, 16, 1, 31, 8, 1, 31, 1, 1, 1, 1, 0, 0, 1));
        convolution(false, new Conv2d.Geometry(1, 31, 8, 1, 7, 4, 1, 2, 1, 2, 1, 0, 0, 1));
        convolution(true, new Conv2d.Geometry(1, 1, 3, 31, 1, 1, 33, 3, 3, 1, 1, 0, 2, 1));
        convolution(false, new Conv2d.Geometry(1, 33, 1, 7, 33, 1, 7, 1, 1, 1, 1, 0, 0, 1));
        // So many places that the weights' sums go in parts.
        convolution(false, new Conv2d.Geometry(33, 1, 1, 9, 1, 1, 9, 1, 1, 1, 1, 0, 0, 1));
    }

    private void convolution(boolean biased, Conv2d.Geometry g) {
        int x = g.batch() * g.inChannels() * g.inHeight() * g.inWidth();
        int w = g.outChannels() * g.depth();
        int y = g.batch() * g.outChannels() * g.places();
        Buffer bias = biased ? filled(g.outChannels()) : null;
        to.accept(new Conv2d(Conv2d.Code.FORWARD, g, filled(x), filled(w), bias, blank(y)));
        to.accept(new Conv2d(Conv2d.Code.INPUT, g, blank(x), filled(w), null, filled(y)));
        to.accept(new Conv2d(Conv2d.Code.WEIGHT, g, filled(x), blank(w), null, filled(y)));
    }

    private void attentions() {
        for (int i = 0; i < SIZES.length; i++) {
            attention(1, 1, size(i), size(i + 3));
        }
        attention(2, 3, 9, 8);
    }

    /** Three parts as (B, T, 3, H, C), one as (B, T, H, C). */
    private void attention(int b, int h, int t, int c) {
        Attention.Heads in = new Attention.Heads(b, h, t, c, t * 3 * h * c, c, h * c, 3 * h * c, 1);
        Attention.Heads out = new Attention.Heads(b, h, t, c, t * h * c, c, 0, h * c, 1);
        int n = b * h * t * c;
        Buffer x = filled(3 * n);
        Buffer d = filled(3 * n);
        Buffer g = filled(n);
        to.accept(new Attention(Attention.Code.FORWARD, in, out, 0.3, x, null, null, null, blank(n)));
        to.accept(new Attention(Attention.Code.TANGENT, in, out, 0.3, x, d, null, blank(n), blank(n)));
        to.accept(new Attention(Attention.Code.TANGENT, in, out, 0.3, x, d, null, null, blank(n)));
        to.accept(new Attention(Attention.Code.GRAD, in, out, 0.3, x, null, g, null, blank(3 * n)));
        to.accept(new Attention(Attention.Code.CURVATURE, in, out, 0.3, x, d, g, null, blank(3 * n)));
    }

    private void gathers() {
        for (int i = 0; i < SIZES.length; i++) {
            int rows = size(i);
            int count = size(i + 2);
            int width = size(i + 4);
            int[] index = new int[count];
            for (int j = 0; j < count; j++) {
                index[j] = j * 5 % (rows + 2) - 1;
            }
            to.accept(new Gather(
                    Gather.Code.PICK, rows, count, width, ints(index), filled(rows * width), blank(count * width)));
            to.accept(new Gather(
                    Gather.Code.SCATTER_ADD,
                    rows,
                    count,
                    width,
                    ints(index),
                    filled(count * width),
                    blank(rows * width)));
        }
    }

    private void noise() {
        for (Random.Code code : Random.Code.values()) {
            for (int i = 0; i < SIZES.length; i++) {
                int size = size(i) * size(i + 2);
                to.accept(new Random(code, 0x123456789L, size(i), size(i + 2), ints(3, -2, 5), blank(size)));
            }
        }
    }

    private void updates() {
        for (int[] sizes : new int[][] {SIZES, LONG, {33}}) {
            try (Slots slots = new Slots(device, dtype, 4)) {
                Slot decay = slots.add(0.9);
                Slot rate = slots.add(0.01);
                Slot root = slots.add(1.1);
                Slot adaptive = slots.add(sizes == LONG ? 0 : 1);
                buffers.put(slots.buffer(), decay.get(), rate.get(), root.get(), adaptive.get());
                to.accept(Update.gradNorm(parameters(sizes), rate, blank(3)));
                to.accept(Update.ema(parameters(sizes), parameters(sizes), decay));
                to.accept(Update.adam(
                        parameters(sizes),
                        parameters(sizes),
                        parameters(sizes),
                        parameters(sizes),
                        decay,
                        rate,
                        root,
                        adaptive,
                        0.9,
                        0.999,
                        1e-8,
                        filled(3)));
            }
        }
    }

    private List<Buffer> parameters(int... sizes) {
        List<Buffer> list = new ArrayList<>();
        for (int size : sizes) {
            list.add(filled(size));
        }
        return list;
    }
}
