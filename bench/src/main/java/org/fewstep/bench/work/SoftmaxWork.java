package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** Softmax of each row of (rows, n) numbers in (-4, 4). */
public final class SoftmaxWork extends EngineWork {
    /** Relative tolerance. */
    public static final double TOLERANCE = 5e-6;

    private final Tensor x;

    /**
     * Makes the operand.
     *
     * @param sizes rows, n
     */
    public SoftmaxWork(CpuDevice device, int[] sizes) {
        super(device);
        this.x = operand(input(sizes), sizes);
    }

    /** x (rows, n). */
    public static float[] input(int[] sizes) {
        return Draws.uniform("softmax.x", sizes[0] * sizes[1], -4, 4);
    }

    @Override
    protected List<Tensor> run() {
        return List.of(Ops.softmax(x));
    }
}
