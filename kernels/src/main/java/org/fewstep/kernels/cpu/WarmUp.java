package org.fewstep.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Workload;

/**
 * Runs the hot F32 kernels until HotSpot has compiled them: at least 100 rounds, then until 20 rounds in a row bring no
 * gain, at most one second. The kernels' results are the same before and after.
 */
final class WarmUp {
    private static final int LEAST_ROUNDS = 100;
    private static final int PATIENCE = 20;
    private static final double GAIN = 0.95;
    private static final long MOST_NANOS = 1_000_000_000;

    private WarmUp() {}

    static void run(CpuDevice device) {
        try (Scope scope = device.scope()) {
            List<Workload> round = round(device);
            long start = System.nanoTime();
            long best = Long.MAX_VALUE;
            int sinceBest = 0;
            for (int i = 0; i < LEAST_ROUNDS || sinceBest < PATIENCE; i++) {
                long before = System.nanoTime();
                for (Workload work : round) {
                    device.run(work);
                }
                long after = System.nanoTime();
                sinceBest++;
                if (after - before < best * GAIN) {
                    best = after - before;
                    sinceBest = 0;
                }
                if (after - start > MOST_NANOS) {
                    break;
                }
            }
        }
    }

    private static List<Workload> round(CpuDevice device) {
        int rows = 64;
        int n = 64;
        Buffer x = filled(device, rows * n, 0.5);
        Buffer y = filled(device, rows * n, 0.25);
        Buffer z = filled(device, rows * n, 0.125);
        Buffer out = filled(device, rows * n, 0);
        Buffer row = filled(device, rows, 0.5);
        List<Workload> round = new ArrayList<>();
        for (Elementwise.Code code : Elementwise.Code.values()) {
            Buffer[] operands = {x, y, z};
            Layout[] in = new Layout[code.operands()];
            for (int k = 0; k < in.length; k++) {
                in[k] = Layout.contiguous(operands[k], rows, n);
            }
            round.add(new Elementwise(code, 0.5, 1, new int[] {rows, n}, Layout.contiguous(out, rows, n), in));
        }
        int[] shape = {rows, n};
        round.add(new Elementwise(
                Elementwise.Code.ADD,
                0,
                0,
                shape,
                Layout.contiguous(out, shape),
                Layout.contiguous(x, shape),
                Layout.broadcast(row, new int[] {n}, shape)));
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                round.add(new MatMul(1, rows, n, rows, transA, transB, false, false, x, y, row, out));
                round.add(new MatMul(1, rows, 2, rows, transA, transB, false, false, x, y, null, out));
                round.add(new MatMul(1, 1, n, rows - 1, transA, transB, false, false, x, y, row, out));
            }
        }
        round.add(new Reduce(Reduce.Code.SUM, 1, rows, n, 1, x, out));
        round.add(new Reduce(Reduce.Code.SUM, rows, n, 1, 1, x, out));
        round.add(new Softmax(Softmax.Code.FORWARD, rows, n, x, null, out));
        round.add(new Norm(Norm.Code.LAYER, rows, n, 1e-5, x, null, out));
        round.add(new Norm(Norm.Code.LAYER_ALONG, rows, n, 1e-5, x, y, out));
        for (Elementwise.Code code : Elementwise.Code.values()) {
            if (MatMul.isActivation(code)) {
                round.add(new MatMul(1, rows, n, rows, false, false, false, false, x, y, row, code, z, out));
            }
        }
        ModulatedNorm.Places one = new ModulatedNorm.Places(1, rows, 1);
        round.add(ModulatedNorm.forward(true, rows, n, 1e-5, 1, one, x, row, row, out));
        round.add(ModulatedNorm.tangent(true, rows, n, 1e-5, 1, one, x, row, row, y, row, row, out, z));
        round.add(ModulatedNorm.gradX(true, rows, n, 1e-5, 1, one, x, row, y, out));
        round.add(ModulatedNorm.gradScale(true, rows, n, 1e-5, one, x, y, out));
        Buffer counter = device.allocate(DType.I32, 3);
        device.write(counter, new int[3], 0, 3);
        round.add(new Random(Random.Code.NORMAL, 1, rows, n, counter, out));
        return round;
    }

    private static Buffer filled(CpuDevice device, int size, double value) {
        Buffer buffer = device.allocate(DType.F32, size);
        double[] values = new double[size];
        java.util.Arrays.fill(values, value);
        device.write(buffer, values, 0, size);
        return buffer;
    }
}
