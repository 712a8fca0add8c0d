package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** Multi-head self-attention over tokens: one linear layer for queries, keys and values, one for the result. */
public final class SelfAttention extends Module {
    private final Linear qkv;
    private final Linear proj;
    private final int heads;

    /** A layer of the given width, a multiple of the number of heads. */
    public SelfAttention(Init init, int width, int heads) {
        if (heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException("self-attention: got width " + width + " and " + heads
                    + " heads; expected a width divisible by the heads");
        }
        this.heads = heads;
        this.qkv = child("qkv", new Linear(init.part("qkv"), width, 3 * width, 1));
        this.proj = child("proj", new Linear(init.part("proj"), width, width, 1));
    }

    /** x (B, T, width) to (B, T, width); scores are divided by sqrt(width / heads). */
    public Tensor of(Tensor x) {
        return proj.of(Ops.selfAttention(qkv.of(x), heads));
    }
}
