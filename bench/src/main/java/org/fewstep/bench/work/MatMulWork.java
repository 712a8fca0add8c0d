package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.tensor.Tensor;

/** The product of (m, k) and (k, n) into a given result: one kernel, no tensor operation. */
public final class MatMulWork extends EngineWork {
    /** Relative tolerance: sums of up to 1536 products in different orders. */
    public static final double TOLERANCE = 2e-5;

    private final int m;
    private final int k;
    private final int n;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;

    /**
     * Makes the operands.
     *
     * @param sizes m, k, n
     */
    public MatMulWork(CpuDevice device, int[] sizes) {
        super(device);
        this.m = sizes[0];
        this.k = sizes[1];
        this.n = sizes[2];
        this.a = operand(left(sizes), m, k);
        this.b = operand(right(sizes), k, n);
        this.c = operand(new float[m * n], m, n);
    }

    /** A (m, k), row-major. */
    public static float[] left(int[] sizes) {
        return Draws.signed("matmul.a", sizes[0] * sizes[1]);
    }

    /** B (k, n), row-major. */
    public static float[] right(int[] sizes) {
        return Draws.signed("matmul.b", sizes[1] * sizes[2]);
    }

    @Override
    protected List<Tensor> run() {
        device().run(new MatMul(1, m, n, k, false, false, false, false, a.buffer(), b.buffer(), null, c.buffer()));
        return List.of(c);
    }
}
