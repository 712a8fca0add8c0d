package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** The sum of 131,072 numbers in (0, 1). */
public final class SumWork extends EngineWork {
    /** Number of addends. */
    public static final int COUNT = 131_072;

    /** Relative tolerance: sums in different orders. */
    public static final double TOLERANCE = 1e-5;

    private final Tensor x = operand(input(), COUNT);

    /** Makes the operand. */
    public SumWork(CpuDevice device) {
        super(device);
    }

    /** x. */
    public static float[] input() {
        return Draws.uniform("sum.x", COUNT, 0, 1);
    }

    @Override
    protected List<Tensor> run() {
        return List.of(Ops.sum(x));
    }
}
