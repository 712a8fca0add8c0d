package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * Heads on the features of a network that stays the caller's: the fake score network, trained with them (DMD2, Yin et al.
 * 2024, arXiv:2405.14867), or a frozen teacher (LADD, Sauer et al. 2024, arXiv:2403.12015). Large logits mean real.
 *
 * <p>The parameters of this module are those of the heads alone; gradients reach the trunk's parameters unless it is frozen.
 */
public final class Discriminator extends Module implements FeatureCritic {
    private final FeatureNet trunk;
    private final List<String> taps;
    private final List<DiscriminatorHead> heads = new ArrayList<>();

    /**
     * One head a tap.
     *
     * @param taps names out of {@link FeatureNet#taps}, each once
     * @param width channels inside a head
     * @throws IllegalArgumentException for a name that the trunk does not have; the message lists those it has
     */
    public Discriminator(Init init, FeatureNet trunk, List<String> taps, int width) {
        if (taps.isEmpty()) {
            throw new IllegalArgumentException("discriminator: got no taps; expected at least one of "
                    + trunk.taps().stream().map(Tap::name).toList());
        }
        this.trunk = trunk;
        this.taps = List.copyOf(taps);
        for (String name : taps) {
            Tap tap = trunk.tap(name);
            heads.add(child(name, new DiscriminatorHead(init.part(name), tap, width)));
        }
    }

    /**
     * One logit a head (B, heads).
     *
     * @param x state (B, C, H, W)
     * @param t time of the trunk (B)
     */
    @Override
    public Tensor logits(Tensor x, Tensor t, Cond cond) {
        return call(x, () -> judge(features(x, t, cond)));
    }

    @Override
    public List<Tensor> features(Tensor x, Tensor t, Cond cond) {
        return trunk.features(x, t, cond, taps);
    }

    @Override
    public Tensor judge(List<Tensor> features) {
        Tensor[] logits = new Tensor[heads.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = heads.get(i).of(features.get(i));
        }
        return Ops.concat(1, logits);
    }
}
