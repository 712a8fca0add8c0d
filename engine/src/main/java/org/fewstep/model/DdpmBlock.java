package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A residual block of {@link DdpmUNet}: two convolutions, each behind norm and SiLU, the condition at the second norm. */
final class DdpmBlock extends Module {
    private final GroupNorm norm1;
    private final Conv conv1;
    private final Linear condition;
    private final GroupNorm norm2;
    private final Conv conv2;
    private final @Nullable Conv shortcut;
    private final boolean scaleShift;

    DdpmBlock(Init init, DdpmUNetConfig c, int in, int out) {
        this.scaleShift = c.scaleShift();
        this.norm1 = child("norm1", new GroupNorm(init, in, c.groups(), c.eps()));
        this.conv1 = child("conv1", Conv.same(init.part("conv1"), in, out, 3, 1));
        this.condition = child(
                "time_emb_proj", new Linear(init.part("time_emb_proj"), c.condition(), scaleShift ? 2 * out : out, 1));
        this.norm2 = child("norm2", new GroupNorm(init, out, c.groups(), c.eps()));
        this.conv2 = child("conv2", Conv.same(init.part("conv2"), out, out, 3, 1));
        this.shortcut = in == out ? null : child("conv_shortcut", Conv.same(init.part("conv_shortcut"), in, out, 1, 1));
    }

    /**
     * One block.
     *
     * @param x (B, in, H, W)
     * @param emb SiLU of the condition (B, E)
     */
    Tensor of(Tensor x, Tensor emb) {
        Tensor h = conv1.of(Ops.silu(norm1.of(x)));
        Tensor p = condition.of(emb);
        p = Ops.reshape(p, p.dim(0), p.dim(1), 1, 1);
        if (scaleShift) {
            Tensor[] parts = Ops.split(p, 1, 2); // scale, shift
            h = Ops.modulate(norm2.of(h), parts[1], parts[0]);
        } else {
            h = norm2.of(Ops.add(h, p));
        }
        h = conv2.of(Ops.silu(h));
        return Ops.add(h, shortcut == null ? x : shortcut.of(x));
    }
}
