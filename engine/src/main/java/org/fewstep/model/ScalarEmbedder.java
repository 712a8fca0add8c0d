package org.fewstep.model;

import org.fewstep.op.Activation;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** A number a sample as a vector: 256 frequency features through two linear layers with SiLU, as in DiT. */
final class ScalarEmbedder extends Module {
    private static final int FEATURES = 256;
    private static final double PERIOD = 10_000;

    private final FrequencyFeatures features;
    private final Linear in;
    private final Linear out;
    private final double factor;

    ScalarEmbedder(Init init, int width, double factor) {
        this.factor = factor;
        this.features = child("features", FrequencyFeatures.geometric(init.part("features"), FEATURES, PERIOD));
        this.in = child("mlp.0", new Linear(init.part("mlp.0"), FEATURES, width, 1));
        this.out = child("mlp.2", new Linear(init.part("mlp.2"), width, width, 1));
    }

    /** Numbers in the parameters of an embedder. */
    static double numbers(double width) {
        return FEATURES / 2.0 + (FEATURES + 1) * width + (width + 1) * width;
    }

    /** The layer that the vector comes from. */
    Linear last() {
        return out;
    }

    /** t (B) to (B, width). */
    Tensor of(Tensor t) {
        return out.of(in.of(features.of(factor == 1 ? t : Ops.scale(t, factor)), Activation.SILU));
    }
}
