package org.fewstep.model;

import org.fewstep.op.Activation;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * A transformer block with adaLN-zero (Peebles and Xie 2022, arXiv:2212.09748, section 3.2): attention and a two-layer part
 * with GELU, each around a normalisation that the condition shifts and scales, each gated by the condition. The modulation
 * starts at zero, so the block starts as the identity.
 */
final class DitBlock extends Module {
    private final SelfAttention attention;
    private final Linear up;
    private final Linear down;
    private final Linear modulation;
    private final DitNorm norm;

    DitBlock(Init init, DitConfig c) {
        this.norm = new DitNorm(c.rms());
        this.attention = child("attn", new SelfAttention(init.part("attn"), c.width(), c.heads()));
        this.up = child("mlp.fc1", new Linear(init.part("mlp.fc1"), c.width(), c.hidden(), 1));
        this.down = child("mlp.fc2", new Linear(init.part("mlp.fc2"), c.hidden(), c.width(), 1));
        this.modulation = child("adaLN_modulation.1", new Linear(init.part("modulation"), c.width(), 6 * c.width(), 0));
    }

    /**
     * One block.
     *
     * @param x (B, T, D)
     * @param c SiLU of the condition (B, D)
     */
    Tensor of(Tensor x, Tensor c) {
        Tensor[] m = Ops.split(Ops.reshape(modulation.of(c), x.dim(0), 1, 6 * x.dim(2)), 2, 6);
        Tensor h = Ops.mulAdd(m[2], attention.of(norm.modulated(x, m[0], m[1])), x);
        Tensor wide = up.of(norm.modulated(h, m[3], m[4]), Activation.GELU_TANH);
        return Ops.mulAdd(m[5], down.of(wide), h);
    }
}
