package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A residual block of {@link UNet}: h = conv1(silu(norm1(conv0(silu(norm0(x)))))) with the condition at norm1, added to x,
 * then self-attention over the pixels if asked for. Names are those of EDM's code.
 */
final class UNetBlock extends Module {
    private final String name;
    private final double dropout;
    private final boolean adaptive;
    private final double sum;
    private final GroupNorm norm0;
    private final ResampleConv conv0;
    private final Linear affine;
    private final GroupNorm norm1;
    private final ResampleConv conv1;
    private final @Nullable ResampleConv skip;
    private final @Nullable GroupNorm norm2;
    private final @Nullable Conv qkv;
    private final @Nullable Conv proj;
    private final int heads;

    /**
     * A block.
     *
     * @param name of the block in its network
     * @param direction 1 doubles the image, -1 halves it, 0 keeps it
     */
    UNetBlock(Init init, UNetConfig c, String name, int in, int out, int direction, boolean attention) {
        boolean song = c.form() == UNetConfig.Form.SONG;
        boolean up = direction > 0;
        boolean down = direction < 0;
        FirFilter filter = direction == 0 ? null : c.fir();
        this.name = name;
        this.dropout = c.dropout();
        double eps = song ? 1e-6 : 1e-5;
        this.adaptive = !song;
        this.sum = song ? Math.sqrt(0.5) : 1;
        this.norm0 = child("norm0", norm(init, in, eps));
        this.conv0 = child("conv0", new ResampleConv(init.part("conv0"), in, out, 3, up, down, filter, false, 1));
        this.affine = child("affine", new Linear(init.part("affine"), c.condition(), adaptive ? 2 * out : out, 1));
        this.norm1 = child("norm1", norm(init, out, eps));
        this.conv1 = child("conv1", new ResampleConv(init.part("conv1"), out, out, 3, false, false, null, false, 0));
        if (in == out && direction == 0) {
            this.skip = null;
        } else {
            int kernel = song || in != out ? 1 : 0;
            this.skip = child("skip", new ResampleConv(init.part("skip"), in, out, kernel, up, down, filter, false, 1));
        }
        if (attention) {
            this.heads = c.headWidth() == 0 ? 1 : out / c.headWidth();
            if (heads < 1 || out % heads != 0) {
                throw new IllegalArgumentException("unet: got " + out + " channels with attention and heads of "
                        + c.headWidth() + "; expected a width divisible by the number of heads");
            }
            this.norm2 = child("norm2", norm(init, out, eps));
            this.qkv = child("qkv", Conv.same(init.part("qkv"), out, 3 * out, 1, 1));
            this.proj = child("proj", Conv.same(init.part("proj"), out, out, 1, 0));
        } else {
            this.heads = 0;
            this.norm2 = null;
            this.qkv = null;
            this.proj = null;
        }
    }

    /** Groups of at least four channels, at most 32 of them. */
    static GroupNorm norm(Init init, int channels, double eps) {
        return new GroupNorm(init, channels, Math.max(1, Math.min(32, channels / 4)), eps);
    }

    /** Name of the block in its network. */
    String name() {
        return name;
    }

    /**
     * One block.
     *
     * @param x (B, in, H, W)
     * @param emb condition (B, E)
     * @param seed of dropout, or null to drop nothing
     */
    Tensor of(Tensor x, Tensor emb, @Nullable DropoutSeed seed) {
        Tensor h = conv0.of(Ops.silu(norm0.of(x)));
        Tensor p = affine.of(emb);
        p = Ops.reshape(p, p.dim(0), p.dim(1), 1, 1);
        if (adaptive) {
            Tensor[] parts = Ops.split(p, 1, 2); // scale, shift
            h = Ops.modulate(norm1.of(h), parts[1], parts[0]);
        } else {
            h = norm1.of(Ops.add(h, p));
        }
        h = Ops.silu(h);
        h = conv1.of(seed == null ? h : seed.drop(h, dropout, name));
        Tensor y = scaled(Ops.add(h, skip == null ? x : skip.of(x)));
        return norm2 == null || qkv == null || proj == null ? y : attended(y, norm2, qkv, proj);
    }

    /** Channels of qkv are laid out [head][channel][q, k, v]. */
    private Tensor attended(Tensor x, GroupNorm norm, Conv in, Conv out) {
        Shape shape = x.shape();
        int pixels = x.dim(2) * x.dim(3);
        Tensor a = in.of(norm.of(x));
        a = Ops.pixelAttention(Ops.reshape(a, x.dim(0) * heads, x.dim(1) / heads, 3, pixels));
        return scaled(Ops.add(x, out.of(Ops.reshape(a, shape))));
    }

    private Tensor scaled(Tensor x) {
        return sum == 1 ? x : Ops.scale(x, sum);
    }
}
