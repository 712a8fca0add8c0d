package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * A small convolutional classifier of images: stages of 3 x 3 convolution, group norm and SiLU with 2 x 2 average pooling
 * between them, and one linear layer on all that is left.
 */
public final class ConvClassifier extends Network implements ClassifierNet {
    private static final double EPS = 1e-5;

    private final ConvClassifierConfig config;
    private final List<Conv> convs = new ArrayList<>();
    private final List<GroupNorm> norms = new ArrayList<>();
    private final Linear out;

    ConvClassifier(Init init, ConvClassifierConfig c) {
        this.config = c;
        int width = c.channels();
        for (int i = 0; i < c.widths().size(); i++) {
            int next = c.widths().get(i);
            convs.add(child("conv" + i, Conv.same(init.part("conv" + i), width, next, 3, 1)));
            norms.add(child("norm" + i, UNetBlock.norm(init, next, EPS)));
            width = next;
        }
        int left = Math.multiplyExact(width, c.lastSize() * c.lastSize());
        this.out = child("out", new Linear(init.part("out"), left, c.classes(), 1));
    }

    @Override
    public ConvClassifierConfig config() {
        return config;
    }

    @Override
    public Tensor logits(Tensor x) {
        return call(x, () -> {
            Tensor h = last(stages(x));
            return out.of(Ops.reshape(h, h.dim(0), h.dim(1) * h.dim(2) * h.dim(3)));
        });
    }

    @Override
    public Tensor features(Tensor x) {
        return call(x, () -> Ops.mean(last(stages(x)), 2, 3));
    }

    /**
     * The states behind its stages, first to last, in which a perceptual distance compares samples.
     *
     * @param x samples (B, C, H, W)
     * @return images (B, channels, size, size), one a stage
     */
    public List<Tensor> activations(Tensor x) {
        return callAll(x, () -> stages(x));
    }

    private static Tensor last(List<Tensor> stages) {
        return stages.get(stages.size() - 1);
    }

    /** Activations of all stages (B, channels, size, size). */
    private List<Tensor> stages(Tensor x) {
        if (x.rank() != 4 || x.dim(1) != config.channels() || x.dim(2) != config.size() || x.dim(3) != config.size()) {
            throw new IllegalArgumentException("conv classifier: got x " + x.shape() + "; expected (B, "
                    + config.channels() + ", " + config.size() + ", " + config.size() + ")");
        }
        List<Tensor> all = new ArrayList<>();
        Tensor h = x;
        for (int i = 0; i < convs.size(); i++) {
            h = i == 0 ? h : Ops.averagePool(h, 2);
            h = Ops.silu(norms.get(i).of(convs.get(i).of(h)));
            all.add(h);
        }
        return all;
    }
}
