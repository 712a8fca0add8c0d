package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** Self-attention of the benchmark's DiT: 16 samples, 64 tokens, 4 heads of 32 channels, from (B, T, 3 H C). */
public final class AttentionWork extends EngineWork {
    public static final int BATCH = 16;
    public static final int TOKENS = 64;
    public static final int HEADS = 4;
    public static final int CHANNELS = 32;

    /** H C. */
    public static final int WIDTH = HEADS * CHANNELS;

    /** Relative tolerance. */
    public static final double TOLERANCE = 2e-5;

    private final Pass pass;
    private final Tensor qkv = operand(input(), BATCH, TOKENS, 3 * WIDTH);
    private final Tensor leaf = qkv.requireGrad();
    private final Tensor g = operand(cotangent(), BATCH, TOKENS, WIDTH);

    /** Makes the operands. */
    public AttentionWork(CpuDevice device, Pass pass) {
        super(device);
        this.pass = pass;
    }

    /** Queries, keys and values (B, T, 3 H C), the last axis [q, k, v][head][channel]. */
    public static float[] input() {
        return Draws.uniform("attention.x", BATCH * TOKENS * 3 * WIDTH, -2, 2);
    }

    /** Cotangent (B, T, H C). */
    public static float[] cotangent() {
        return Draws.signed("attention.g", BATCH * TOKENS * WIDTH);
    }

    @Override
    protected List<Tensor> run() {
        return switch (pass) {
            case FORWARD -> List.of(Ops.selfAttention(qkv, HEADS));
            case GRADIENT -> Grad.of(Ops.sum(Ops.mul(Ops.selfAttention(leaf, HEADS), g)), List.of(leaf));
        };
    }
}
