package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Self-attention over pixels in {@link DdpmUNet}: linear layers on the normalised pixels, the result added to x. */
final class DdpmAttention extends Module {
    private final GroupNorm norm;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear out;
    private final int heads;

    DdpmAttention(Init init, DdpmUNetConfig c, int width) {
        this.heads = width / c.headWidth();
        if (heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException("unet: got width " + width + " with attention and heads of "
                    + c.headWidth() + "; expected a width divisible by the number of heads");
        }
        this.norm = child("group_norm", new GroupNorm(init, width, c.groups(), c.eps()));
        this.q = child("to_q", new Linear(init.part("to_q"), width, width, 1));
        this.k = child("to_k", new Linear(init.part("to_k"), width, width, 1));
        this.v = child("to_v", new Linear(init.part("to_v"), width, width, 1));
        this.out = child("to_out.0", new Linear(init.part("to_out"), width, width, 1));
    }

    /** x (B, C, H, W). */
    Tensor of(Tensor x) {
        Shape shape = x.shape();
        int pixels = x.dim(2) * x.dim(3);
        Tensor tokens = Ops.permute(Ops.reshape(norm.of(x), x.dim(0), x.dim(1), pixels), 0, 2, 1);
        Tensor qkv = Ops.concat(2, q.of(tokens), k.of(tokens), v.of(tokens));
        Tensor y = out.of(Ops.selfAttention(qkv, heads));
        return Ops.add(x, Ops.reshape(Ops.permute(y, 0, 2, 1), shape));
    }
}
