package org.fewstep.kernels.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Workload;

/** Small workloads that between them reach the hot kernels; rows of odd length take in the loops' tails. */
final class WarmUpRound {
    /** What networks and their gradients are made of; other codes compile where they are used. */
    private static final Set<Code> HOT = EnumSet.of(
            Code.COPY,
            Code.NEG,
            Code.AFFINE,
            Code.EXP,
            Code.SQUARE,
            Code.TANH,
            Code.SIGMOID,
            Code.SILU,
            Code.GELU,
            Code.GELU_TANH,
            Code.ADD,
            Code.SUB,
            Code.MUL,
            Code.DIV,
            Code.SILU_ALONG,
            Code.GELU_ALONG,
            Code.GELU_TANH_ALONG,
            Code.FMA);

    private final CpuDevice device;
    private final int rows;
    private final int n;
    private final Buffer x;
    private final Buffer y;
    private final Buffer z;
    private final Buffer out;
    private final Buffer row;
    private final List<Workload> round = new ArrayList<>();

    private WarmUpRound(CpuDevice device, int rows, int n) {
        this.device = device;
        this.rows = rows;
        this.n = n;
        x = filled(64 * 64, 0.5);
        y = filled(64 * 64, 0.25);
        z = filled(64 * 64, 0.125);
        out = filled(64 * 64, 0);
        row = filled(n, 0.5);
    }

    /** For {@link Provider#VECTOR}: few numbers each, since what counts is how often a loop goes round. */
    static List<Workload> vector(CpuDevice device) {
        WarmUpRound made = new WarmUpRound(device, 6, 67);
        for (Code code : HOT) {
            made.elementwise(code);
        }
        made.layouts();
        made.products();
        made.rowWork();
        made.samples();
        return made.round;
    }

    /** For the other providers. */
    static List<Workload> loops(CpuDevice device) {
        WarmUpRound made = new WarmUpRound(device, 60, 67);
        for (Code code : Code.values()) {
            made.elementwise(code);
        }
        made.layouts();
        made.products();
        made.rowWork();
        return made.round;
    }

    private void elementwise(Code code) {
        int[] shape = {rows, n};
        Layout[] in = {Layout.contiguous(x, shape), Layout.contiguous(y, shape), Layout.contiguous(z, shape)};
        Layout to = Layout.contiguous(out, shape);
        round.add(new Elementwise(code, 0.5, 1, shape, to, Arrays.copyOf(in, code.operands())));
    }

    /** A row and a column along a block, and a transpose. */
    private void layouts() {
        int[] shape = {rows, n};
        Layout to = Layout.contiguous(out, shape);
        Layout all = Layout.contiguous(x, shape);
        round.add(new Elementwise(Code.ADD, 0, 0, shape, to, all, Layout.broadcast(row, new int[] {n}, shape)));
        round.add(new Elementwise(Code.MUL, 0, 0, shape, to, all, new Layout(row, 0, new int[] {1, 0})));
        round.add(new Elementwise(Code.COPY, 0, 0, shape, to, new Layout(x, 0, new int[] {1, rows})));
    }

    private void products() {
        int m = 64;
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                round.add(new MatMul(1, m, m, m, transA, transB, false, false, x, y, z, out));
                round.add(new MatMul(1, m, 2, m, transA, transB, false, false, x, y, null, out));
                round.add(new MatMul(1, 1, m, m - 1, transA, transB, false, false, x, y, z, out));
            }
        }
        round.add(new MatMul(1, m, m, m, false, false, false, false, x, y, z, Code.SILU, null, out));
        round.add(new MatMul(1, m, m, m, false, false, false, false, x, y, z, Code.GELU_TANH, null, out));
    }

    private void rowWork() {
        for (Reduce.Code code : new Reduce.Code[] {Reduce.Code.SUM, Reduce.Code.SUM_SQUARES}) {
            round.add(new Reduce(code, rows, n, 1, 1, x, out));
            round.add(new Reduce(code, 1, rows, n, 1, x, out));
        }
        round.add(new Softmax(Softmax.Code.FORWARD, rows, n, x, null, out));
        round.add(new Softmax(Softmax.Code.ALONG, rows, n, x, y, out));
        for (boolean centred : new boolean[] {true, false}) {
            Norm.Code value = centred ? Norm.Code.LAYER : Norm.Code.RMS;
            Norm.Code along = centred ? Norm.Code.LAYER_ALONG : Norm.Code.RMS_ALONG;
            round.add(new Norm(value, rows, n, 1e-5, x, null, out));
            round.add(new Norm(along, rows, n, 1e-5, x, y, out));
            ModulatedNorm.Places places = new ModulatedNorm.Places(1, rows, 1);
            round.add(ModulatedNorm.forward(centred, rows, n, 1e-5, 1, places, x, row, row, out));
            round.add(ModulatedNorm.gradX(centred, rows, n, 1e-5, 1, places, x, row, y, out));
        }
    }

    /** An image and a sequence through the larger kernels, and noise. */
    private void samples() {
        Conv2d.Geometry g = new Conv2d.Geometry(1, 8, 8, 8, 8, 8, 8, 3, 3, 1, 1, 1, 1, 1);
        round.add(new Conv2d(
                Conv2d.Code.FORWARD, g, filled(512, 0.5), filled(576, 0.25), filled(8, 0.5), filled(512, 0)));
        Attention.Heads in = new Attention.Heads(1, 2, 16, 16, 16 * 96, 16, 32, 96, 1);
        Attention.Heads to = new Attention.Heads(1, 2, 16, 16, 16 * 32, 16, 0, 32, 1);
        round.add(new Attention(
                Attention.Code.FORWARD, in, to, 0.25, filled(16 * 96, 0.5), null, null, null, filled(16 * 32, 0)));
        Buffer counter = device.allocate(DType.I32, 3);
        device.write(counter, new int[3], 0, 3);
        round.add(new Random(Random.Code.NORMAL, 1, rows, n, counter, filled(rows * n, 0)));
    }

    private Buffer filled(int size, double value) {
        Buffer buffer = device.allocate(DType.F32, size);
        double[] values = new double[size];
        Arrays.fill(values, value);
        device.write(buffer, values, 0, size);
        return buffer;
    }
}
