package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** A 3x3 convolution with padding 1: 16 images of 32x32 with 64 channels to 64 channels. */
public final class ConvWork extends EngineWork {
    public static final int BATCH = 16;
    public static final int CHANNELS = 64;
    public static final int SIDE = 32;
    public static final int KERNEL = 3;

    /** Relative tolerance: sums of 576 products forward and 16,384 for the weights, in different orders. */
    public static final double TOLERANCE = 5e-5;

    private static final int[] IMAGES = {BATCH, CHANNELS, SIDE, SIDE};

    private final Pass pass;
    private final Tensor x = operand(input(), IMAGES);
    private final Tensor w = operand(weights(), CHANNELS, CHANNELS, KERNEL, KERNEL);
    private final Tensor xLeaf = x.requireGrad();
    private final Tensor wLeaf = w.requireGrad();
    private final Tensor g = operand(cotangent(), IMAGES);

    /** Makes the operands. */
    public ConvWork(CpuDevice device, Pass pass) {
        super(device);
        this.pass = pass;
    }

    /** Images (B, C, H, W). */
    public static float[] input() {
        return Draws.signed("conv.x", BATCH * CHANNELS * SIDE * SIDE);
    }

    /** Weights (O, C, 3, 3). */
    public static float[] weights() {
        return Draws.uniform("conv.w", CHANNELS * CHANNELS * KERNEL * KERNEL, -0.05, 0.05);
    }

    /** Cotangent (B, O, H, W). */
    public static float[] cotangent() {
        return Draws.signed("conv.g", BATCH * CHANNELS * SIDE * SIDE);
    }

    @Override
    protected List<Tensor> run() {
        return switch (pass) {
            case FORWARD -> List.of(Ops.conv2d(x, w, 1, 1, 1));
            case GRADIENT -> Grad.of(Ops.sum(Ops.mul(Ops.conv2d(xLeaf, wLeaf, 1, 1, 1), g)), List.of(xLeaf, wLeaf));
        };
    }
}
