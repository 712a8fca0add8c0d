package org.fewstep.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;

/** One run through every kernel and code, boiled down to a hash of all result bits. */
final class KernelTour {
    private KernelTour() {}

    /** Prints the hash of one tour; run in a JVM of its own by {@link ColdAndHotTest}. */
    public static void main(String[] arguments) {
        try (CpuDevice device = new CpuDevice(Provider.of(arguments[0]), 1)) {
            System.out.println(hash(device, DType.valueOf(arguments[1]), Integer.parseInt(arguments[2])));
        }
    }

    /**
     * Runs all kernels.
     *
     * @param rows number of rows of the blocks, which are 100 wide
     */
    static long hash(CpuDevice device, DType dtype, int rows) {
        try (Scope scope = device.scope();
                Slots slots = new Slots(device, dtype, 4)) {
            Blocks blocks = new Blocks(device, dtype);
            long hash = 17;
            for (Workload work : all(blocks, slots, rows)) {
                device.run(work);
                for (Buffer written : work.writes()) {
                    for (double x : numbers(blocks, written)) {
                        // NaN has many bit patterns; which one an addition keeps is open.
                        hash = hash * 1_000_003 + (Double.isNaN(x) ? 1 : Double.doubleToRawLongBits(x));
                    }
                }
            }
            return hash;
        }
    }

    private static double[] numbers(Blocks blocks, Buffer written) {
        if (written.dtype() != DType.I32) {
            return blocks.read(written);
        }
        int[] places = new int[written.size()];
        written.device().read(written, places, 0, places.length);
        return java.util.Arrays.stream(places).asDoubleStream().toArray();
    }

    private static List<Workload> all(Blocks blocks, Slots slots, int rows) {
        int n = 100;
        int size = rows * n;
        double[] values = Blocks.random(1, size, -9, 9);
        values[3] = Double.NaN;
        values[10] = Double.POSITIVE_INFINITY;
        values[20] = Double.NEGATIVE_INFINITY;
        Buffer x = blocks.of(values);
        Buffer y = blocks.of(Blocks.random(2, size, -3, 3));
        Buffer z = blocks.of(Blocks.random(3, size, -1, 1));
        Buffer row = blocks.of(Blocks.random(4, n, -1, 1));
        Buffer square = blocks.of(Blocks.random(5, n * n, -1, 1));
        Buffer index = blocks.ints(new java.util.Random(6).ints(rows, 0, 11).toArray());
        Buffer counter = blocks.ints(3, 5, 0);
        int[] shape = {rows, n};
        List<Workload> all = new ArrayList<>();
        for (Elementwise.Code code : Elementwise.Code.values()) {
            Layout[] flat = {Layout.contiguous(x, shape), Layout.contiguous(y, shape), Layout.contiguous(z, shape)};
            Layout[] strided = {
                new Layout(x, 0, new int[] {1, rows}), Layout.broadcast(row, new int[] {n}, shape), flat[2]
            };
            for (Layout[] in : new Layout[][] {flat, strided}) {
                Layout[] used = java.util.Arrays.copyOf(in, code.operands());
                Buffer out = blocks.blank(size);
                all.add(new Elementwise(code, 0.7, 1.3, shape, Layout.contiguous(out, shape), used));
            }
        }
        for (int terms = 1; terms <= Combine.MOST_TERMS; terms++) {
            double[] c = {0.7, -1.3, 0.3, 1.1, -0.9, 0.1, 2.3, -0.4};
            List<Buffer> all8 = List.of(x, y, z, y, z, y, z, y);
            all.add(new Combine(size, java.util.Arrays.copyOf(c, terms), all8.subList(0, terms), blocks.blank(size)));
        }
        for (int bits = 0; bits < 4; bits++) {
            boolean transA = (bits & 1) != 0;
            boolean transB = (bits & 2) != 0;
            Buffer out = blocks.blank(size);
            all.add(new MatMul(1, rows, n, n, transA, transB, false, false, z, square, row, out));
        }
        for (Elementwise.Code code : Elementwise.Code.values()) {
            if (MatMul.isActivation(code)) {
                Buffer pre = blocks.blank(size);
                Buffer out = blocks.blank(size);
                all.add(new MatMul(1, rows, n, n, false, false, false, false, z, square, row, code, pre, out));
            }
        }
        all.add(new MatMul(1, rows, 3, n, false, false, false, false, z, square, null, blocks.blank(rows * 3)));
        all.add(new MatMul(1, rows, n, 3, false, false, false, false, z, square, null, blocks.blank(size)));
        all.add(new MatMul(1, n, n, rows, true, false, false, false, z, y, null, blocks.blank(n * n)));
        for (Reduce.Code code : Reduce.Code.values()) {
            if (code == Reduce.Code.ARG_MAX) {
                all.add(new Reduce(code, rows, n, 1, 1, y, blocks.ints(new int[rows])));
                all.add(new Reduce(code, 1, rows, n, 1, y, blocks.ints(new int[n])));
                continue;
            }
            all.add(new Reduce(code, 1, size, 1, 0.3, y, blocks.blank(1)));
            all.add(new Reduce(code, 1, rows, n, 0.3, y, blocks.blank(n)));
            all.add(new Reduce(code, rows, n, 1, 0.3, y, blocks.blank(rows)));
        }
        all.add(new Softmax(Softmax.Code.FORWARD, rows, n, y, null, blocks.blank(size)));
        all.add(new Softmax(Softmax.Code.LOG, rows, n, y, null, blocks.blank(size)));
        all.add(new Softmax(Softmax.Code.ALONG, rows, n, y, z, blocks.blank(size)));
        all.add(new Norm(Norm.Code.LAYER, rows, n, 1e-5, y, null, blocks.blank(size)));
        all.add(new Norm(Norm.Code.LAYER_ALONG, rows, n, 1e-5, y, z, blocks.blank(size)));
        all.add(new Norm(Norm.Code.LAYER_RSTD, rows, n, 1e-5, y, null, blocks.blank(rows)));
        all.add(new Norm(Norm.Code.RMS, rows, n, 1e-5, y, null, blocks.blank(size)));
        all.add(new Norm(Norm.Code.RMS_ALONG, rows, n, 1e-5, y, z, blocks.blank(size)));
        all.add(new Norm(Norm.Code.RMS_RSTD, rows, n, 1e-5, y, null, blocks.blank(rows)));
        for (boolean centred : new boolean[] {true, false}) {
            ModulatedNorm.Places affine = new ModulatedNorm.Places(1, rows, 1);
            ModulatedNorm.Places grouped = new ModulatedNorm.Places(rows, 1, n / 20);
            for (ModulatedNorm.Places places : List.of(affine, grouped)) {
                int table = places.tableRows() * n / places.inner();
                Buffer value = blocks.blank(size);
                all.add(ModulatedNorm.forward(centred, rows, n, 1e-5, 1, places, y, z, z, value));
                all.add(ModulatedNorm.tangent(
                        centred, rows, n, 1e-5, 1, places, y, z, z, z, z, z, value, blocks.blank(size)));
                all.add(ModulatedNorm.gradX(centred, rows, n, 1e-5, 1, places, y, z, z, blocks.blank(size)));
                all.add(ModulatedNorm.gradScale(centred, rows, n, 1e-5, places, y, z, blocks.blank(table)));
            }
        }
        for (Scan.Code code : Scan.Code.values()) {
            all.add(new Scan(code, 1, rows, n, y, blocks.blank(size)));
            all.add(new Scan(code, rows, n, 1, y, blocks.blank(size)));
        }
        all.addAll(convolutions(blocks, rows, y, square));
        all.addAll(attentions(blocks, rows, y, z));
        all.add(new Gather(Gather.Code.PICK, n, rows, n, index, square, blocks.blank(size)));
        all.add(new Gather(Gather.Code.SCATTER_ADD, n, rows, n, index, z, blocks.blank(n * n)));
        all.add(new Random(Random.Code.NORMAL, 7, rows, n, counter, blocks.blank(size)));
        all.add(new Random(Random.Code.UNIFORM, 7, rows, n, counter, blocks.blank(size)));
        Slot first = slots.add(0.9);
        Slot second = slots.add(0.01);
        Slot third = slots.add(1.1);
        Slot fourth = slots.add(1);
        slots.stage();
        Buffer clip = blocks.blank(3);
        List<Buffer> gradients = List.of(y, row);
        List<Buffer> averages = List.of(blocks.of(Blocks.random(8, size, -1, 1)), blocks.of(new double[n]));
        List<Buffer> m = List.of(blocks.of(new double[size]), blocks.of(new double[n]));
        List<Buffer> v = List.of(blocks.of(new double[size]), blocks.of(new double[n]));
        all.add(Update.gradNorm(gradients, first, clip));
        all.add(Update.adam(averages, gradients, m, v, first, second, third, fourth, 0.9, 0.999, 1e-8, clip));
        all.add(Update.ema(averages, gradients, first));
        return all;
    }

    /** Stride 2 over images of 10x10, stride 1 over twelve channels of 5x6 and five of 3x16. */
    private static List<Workload> convolutions(Blocks blocks, int rows, Buffer x, Buffer w) {
        List<Workload> all = new ArrayList<>();
        all.addAll(convolutions(blocks, new Conv2d.Geometry(rows, 1, 10, 10, 2, 5, 5, 3, 3, 2, 2, 1, 1, 1), x, w));
        Conv2d.Geometry wide = new Conv2d.Geometry(rows, 12, 5, 6, 3, 5, 6, 3, 3, 1, 1, 1, 1, 1);
        Buffer images = blocks.of(Blocks.random(10, rows * 360, -1, 1));
        all.addAll(convolutions(blocks, wide, images, blocks.of(Blocks.random(11, 324, -1, 1))));
        Conv2d.Geometry whole = new Conv2d.Geometry(rows, 5, 3, 16, 14, 3, 16, 3, 3, 1, 1, 1, 1, 1);
        Buffer rowsOfVectors = blocks.of(Blocks.random(12, rows * 240, -1, 1));
        all.addAll(convolutions(blocks, whole, rowsOfVectors, blocks.of(Blocks.random(13, 630, -1, 1))));
        return all;
    }

    private static List<Workload> convolutions(Blocks blocks, Conv2d.Geometry g, Buffer x, Buffer w) {
        int images = g.batch() * g.inChannels() * g.inHeight() * g.inWidth();
        int results = g.batch() * g.outChannels() * g.places();
        Buffer y = blocks.of(Blocks.random(7, results, -1, 1));
        Buffer bias = blocks.of(Blocks.random(8, g.outChannels(), -1, 1));
        return List.of(
                new Conv2d(Conv2d.Code.FORWARD, g, x, w, bias, blocks.blank(results)),
                new Conv2d(Conv2d.Code.INPUT, g, blocks.blank(images), w, null, y),
                new Conv2d(Conv2d.Code.WEIGHT, g, x, blocks.blank(g.outChannels() * g.depth()), null, y));
    }

    /** One head of {@code rows} tokens and three of a third as many. */
    private static List<Workload> attentions(Blocks blocks, int rows, Buffer x, Buffer d) {
        Buffer g = blocks.of(Blocks.random(9, rows * 33, -1, 1));
        List<Workload> all = new ArrayList<>();
        for (int heads : new int[] {1, 3}) {
            int t = rows / heads;
            Attention.Heads in = new Attention.Heads(1, heads, t, 33, 0, t * 99, 33, 99, 1);
            Attention.Heads out = new Attention.Heads(1, heads, t, 33, 0, t * 33, 0, 33, 1);
            int small = heads * t * 33;
            Buffer value = blocks.blank(small);
            all.add(new Attention(Attention.Code.FORWARD, in, out, 0.1, x, null, null, null, blocks.blank(small)));
            all.add(new Attention(Attention.Code.TANGENT, in, out, 0.1, x, d, null, value, blocks.blank(small)));
            all.add(new Attention(Attention.Code.GRAD, in, out, 0.1, x, null, g, null, blocks.blank(3 * small)));
            all.add(new Attention(Attention.Code.CURVATURE, in, out, 0.1, x, d, g, null, blocks.blank(3 * small)));
        }
        return all;
    }
}
