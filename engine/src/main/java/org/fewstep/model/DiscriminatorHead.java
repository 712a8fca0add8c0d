package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * One logit from a network's features: convolutions of kernel 4 and stride 2 until the image is at most 4 wide, one over the
 * rest, each with group norm and SiLU, then a linear layer (the head of DMD2, Yin et al. 2024, arXiv:2405.14867; on the
 * tokens of a transformer as in LADD, Sauer et al. 2024, arXiv:2403.12015).
 */
public final class DiscriminatorHead extends Module {
    private static final int LEAST = 4;
    private static final double EPS = 1e-5;

    private final Tap tap;
    private final List<Conv> convs = new ArrayList<>();
    private final List<GroupNorm> norms = new ArrayList<>();
    private final Linear out;

    /**
     * A head on one tap.
     *
     * @param width channels behind the first convolution
     */
    public DiscriminatorHead(Init init, Tap tap, int width) {
        this.tap = tap;
        int channels = tap.channels();
        int size = tap.size();
        while (size > LEAST) {
            add(init, new Conv(part(init), channels, width, LEAST, 2, 1, 1, 1), width);
            channels = width;
            size /= 2;
        }
        add(init, new Conv(part(init), channels, width, size, 1, 0, 1, 1), width);
        this.out = child("out", new Linear(init.part("out"), width, 1, 1));
    }

    private Init part(Init init) {
        return init.part("conv" + convs.size());
    }

    private void add(Init init, Conv conv, int width) {
        int number = convs.size();
        convs.add(child("conv" + number, conv));
        norms.add(child("norm" + number, UNetBlock.norm(init, width, EPS)));
    }

    /** Features (B, channels, size, size) of the tap to logits (B, 1). */
    public Tensor of(Tensor features) {
        if (features.rank() != 4
                || features.dim(1) != tap.channels()
                || features.dim(2) != tap.size()
                || features.dim(3) != tap.size()) {
            throw new IllegalArgumentException("discriminator: got features " + features.shape() + " for " + tap
                    + "; expected (B, " + tap.channels() + ", " + tap.size() + ", " + tap.size() + ")");
        }
        Tensor h = features;
        for (int i = 0; i < convs.size(); i++) {
            h = Ops.silu(norms.get(i).of(convs.get(i).of(h)));
        }
        return out.of(Ops.reshape(h, h.dim(0), h.dim(1)));
    }
}
