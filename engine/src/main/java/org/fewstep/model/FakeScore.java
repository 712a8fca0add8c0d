package org.fewstep.model;

import org.jspecify.annotations.Nullable;

/**
 * A network that learns the score of a student's samples, and a discriminator on its features, trained as one module (DMD2, Yin
 * et al. 2024, arXiv:2405.14867).
 */
public final class FakeScore extends Module {
    private final FlowNetwork net;
    private final @Nullable Discriminator discriminator;

    /**
     * A network with the discriminator on it.
     *
     * @param discriminator whose trunk is the network; null without one
     */
    public FakeScore(FlowNetwork net, @Nullable Discriminator discriminator) {
        this.net = child("net", net);
        this.discriminator = discriminator == null ? null : child("discriminator", discriminator);
    }

    /** The network. */
    public FlowNetwork net() {
        return net;
    }

    /** The discriminator, or null. */
    public @Nullable Discriminator discriminator() {
        return discriminator;
    }
}
