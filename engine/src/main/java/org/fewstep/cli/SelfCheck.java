package org.fewstep.cli;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Philox;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;

/** A second's worth of known answers for a device, and its speed in a matrix product. */
final class SelfCheck {
    private static final int SIDE = 384;
    private static final int SPEED_RUNS = 12;

    /** Random123's published answer for counter and key from the digits of pi. */
    private static final int[] PHILOX_ANSWER = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};

    private final Device device;

    /** One check with what was seen. */
    record Outcome(String name, boolean ok, String detail) {}

    SelfCheck(Device device) {
        this.device = device;
    }

    List<Outcome> all() {
        return List.of(product(DType.F32, 1e-5), product(DType.F64, 1e-13), philox(), normals());
    }

    /** The best of some timed products of square matrices, in 10^9 operations a second. */
    double gigaflops() {
        device.warmUp();
        long best = Long.MAX_VALUE;
        try (Scope scope = device.scope()) {
            Buffer a = filled(DType.F32, SIDE * SIDE, 1);
            Buffer b = filled(DType.F32, SIDE * SIDE, 2);
            Buffer c = device.allocate(DType.F32, SIDE * SIDE);
            MatMul work = new MatMul(1, SIDE, SIDE, SIDE, false, false, false, false, a, b, null, c);
            for (int i = 0; i < SPEED_RUNS; i++) {
                long start = System.nanoTime();
                device.run(work);
                device.synchronize();
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        return 2.0 * SIDE * SIDE * SIDE / best;
    }

    /** A product of odd sizes against plain sums in F64. */
    private Outcome product(DType dtype, double tolerance) {
        int m = 33;
        int n = 47;
        int k = 65;
        double[] got = new double[m * n];
        double[] a = new double[m * k];
        double[] b = new double[k * n];
        try (Scope scope = device.scope()) {
            Buffer left = filled(dtype, m * k, 3);
            Buffer right = filled(dtype, k * n, 4);
            Buffer product = device.allocate(dtype, m * n);
            device.run(new MatMul(1, m, n, k, false, false, false, false, left, right, null, product));
            device.read(left, a, 0, a.length);
            device.read(right, b, 0, b.length);
            device.read(product, got, 0, got.length);
        }
        double worst = 0;
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                double size = 0;
                for (int p = 0; p < k; p++) {
                    sum += a[i * k + p] * b[p * n + j];
                    size += Math.abs(a[i * k + p] * b[p * n + j]);
                }
                worst = Math.max(worst, Math.abs(got[i * n + j] - sum) / size); // NaN stays NaN
            }
        }
        return new Outcome(
                "matmul " + dtype,
                worst <= tolerance,
                Text.format("33 x 65 times 65 x 47, largest relative error %.1e of %.0e", worst, tolerance));
    }

    private static Outcome philox() {
        int[] got = new int[4];
        Philox.block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, got, 0);
        boolean same = true;
        for (int i = 0; i < got.length; i++) {
            same &= got[i] == PHILOX_ANSWER[i];
        }
        return new Outcome("philox", same, "Philox4x32-10 block against Random123's known answer");
    }

    private Outcome normals() {
        Rng rng = new Rng(5);
        int samples = 9;
        int width = 11;
        float[] got;
        try (Scope scope = device.scope()) {
            got = Noise.normal(device, DType.F32, rng, 100, 7, Shape.of(samples, width))
                    .toFloats();
        }
        boolean same = true;
        float[] row = new float[width];
        for (int i = 0; i < samples; i++) {
            rng.fillNormal(row, 0, width, 100 + i, 7);
            for (int j = 0; j < width; j++) {
                same &= Float.floatToRawIntBits(row[j]) == Float.floatToRawIntBits(got[i * width + j]);
            }
        }
        return new Outcome("normals", same, "the device's noise against the host's, bit for bit");
    }

    private Buffer filled(DType dtype, int size, long stream) {
        double[] values = new Rng(6).stream(stream).uniform(0, size, 0);
        for (int i = 0; i < size; i++) {
            values[i] = 2 * values[i] - 1;
        }
        Buffer buffer = device.allocate(dtype, size);
        device.write(buffer, values, 0, size);
        return buffer;
    }
}
