package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** A function of 131,072 numbers in (-4, 4): 512 KB in, 512 KB out, so that it stays in the second-level cache. */
public final class PointwiseWork extends EngineWork {
    /** Number of points. */
    public static final int POINTS = 131_072;

    /** Relative tolerance: a few units in the last place of different formulas. */
    public static final double TOLERANCE = 2e-6;

    private final String function;
    private final Tensor x = operand(input(), POINTS);

    /**
     * Makes the operand.
     *
     * @param function silu, gelu (by the error function) or exp
     */
    public PointwiseWork(CpuDevice device, String function) {
        super(device);
        this.function = function;
    }

    /** x. */
    public static float[] input() {
        return Draws.uniform("pointwise.x", POINTS, -4, 4);
    }

    @Override
    protected List<Tensor> run() {
        return List.of(
                switch (function) {
                    case "silu" -> Ops.silu(x);
                    case "gelu" -> Ops.gelu(x);
                    case "exp" -> Ops.exp(x);
                    default -> throw unknown(function);
                });
    }

    /** The error for a function that is not here. */
    public static IllegalArgumentException unknown(String function) {
        return new IllegalArgumentException("pointwise: got \"" + function + "\"; expected silu, gelu or exp");
    }
}
