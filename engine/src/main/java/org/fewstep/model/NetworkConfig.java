package org.fewstep.model;

/**
 * Everything that fixes a network's structure; stored in checkpoints.
 *
 * @param kind architecture
 * @param dim numbers in one sample
 * @param width hidden width
 * @param depth hidden layers ({@link Kind#MLP}) or residual blocks ({@link Kind#RESIDUAL_MLP})
 * @param times 1 for a velocity, 2 for an average velocity
 * @param pair which second time the network sees
 * @param timeEncoding how times become features
 * @param timeWidth features a time: 1 for RAW, else even
 * @param maxFrequency highest frequency of the encoding, cycles over [0, 1]
 * @param classes number of classes K, 0 for an unconditional network
 * @param condWidth width of the class vector (MLP) or of the conditioning vector (RESIDUAL_MLP)
 */
public record NetworkConfig(
        Kind kind,
        int dim,
        int width,
        int depth,
        int times,
        TimePair pair,
        TimeEncoding timeEncoding,
        int timeWidth,
        double maxFrequency,
        int classes,
        int condWidth) {
    /** The architectures. */
    public enum Kind {
        /** Concatenated inputs through {@link Mlp} with SiLU. */
        MLP,
        /** Normalised residual blocks modulated by time and class, see {@link ResidualMlp}. */
        RESIDUAL_MLP
    }

    public NetworkConfig {
        if (dim < 1 || width < 1 || depth < 1 || classes < 0) {
            throw new IllegalArgumentException("network: got dim " + dim + ", width " + width + ", depth " + depth
                    + ", classes " + classes + "; expected at least 1 (classes: 0)");
        }
        if (times != 1 && times != 2) {
            throw new IllegalArgumentException("network: got times " + times + "; expected 1 or 2");
        }
        if (condWidth < 1 && (classes > 0 || kind == Kind.RESIDUAL_MLP)) {
            throw new IllegalArgumentException("network: got condWidth " + condWidth + "; expected at least 1");
        }
    }

    /** The plain network of 2-D studies: raw times as columns. */
    public static NetworkConfig mlp(int dim, int width, int depth, int times, int classes) {
        return new NetworkConfig(
                Kind.MLP, dim, width, depth, times, TimePair.SPAN, TimeEncoding.RAW, 1, 1, classes, classes);
    }

    /** Builds the network with fresh parameters. */
    public Network build(Init init) {
        return switch (kind) {
            case MLP -> new FlowMlp(init, this);
            case RESIDUAL_MLP -> new ResidualMlp(init, this);
        };
    }
}
