package org.fewstep.model;

/**
 * Everything that fixes the structure of a {@link Dit}.
 *
 * @param size height and width of an image, a multiple of the patch
 * @param patch side p of a patch
 * @param channels C of the image
 * @param width D of a token, divisible by 4 and by the heads
 * @param depth number of blocks
 * @param heads attention heads
 * @param mlpRatio hidden width of a block's two-layer part over D
 * @param classes number K of classes, 0 for an unconditional network
 * @param nullLabel whether label K, no class, has a row of its own
 * @param learnSigma whether the network has 2 C output channels, of which a velocity uses the first C
 * @param times 1 for a velocity, 2 for an average velocity
 * @param pair which second time the network sees
 * @param timeFactor factor of the times before their features; 1 in published networks
 * @param guided whether the guidance scale of {@link Cond} is an input
 * @param rms root mean square in place of layer normalisation
 */
public record DitConfig(
        int size,
        int patch,
        int channels,
        int width,
        int depth,
        int heads,
        double mlpRatio,
        int classes,
        boolean nullLabel,
        boolean learnSigma,
        int times,
        TimePair pair,
        double timeFactor,
        boolean guided,
        boolean rms) {
    public DitConfig {
        if (size < 1 || patch < 1 || size % patch != 0 || channels < 1 || depth < 1) {
            throw new IllegalArgumentException("dit: got size " + size + ", patch " + patch + ", channels " + channels
                    + ", depth " + depth + "; expected at least 1 and a size that is a multiple of the patch");
        }
        if (width < 4 || width % 4 != 0 || heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException("dit: got width " + width + " and " + heads
                    + " heads; expected a width divisible by 4, for positions, and by the heads");
        }
        if ((int) (width * mlpRatio) < 1 || classes < 0 || (times != 1 && times != 2) || !(timeFactor > 0)) {
            throw new IllegalArgumentException("dit: got mlpRatio " + mlpRatio + ", classes " + classes + ", times "
                    + times + ", timeFactor " + timeFactor
                    + "; expected a hidden width of at least 1, classes of at least 0, 1 or 2 times, a positive"
                    + " factor");
        }
    }

    /** The published DiT with one time and classes with a null label. */
    public static DitConfig of(int size, int patch, int channels, int width, int depth, int heads, int classes) {
        return new DitConfig(
                size,
                patch,
                channels,
                width,
                depth,
                heads,
                4,
                classes,
                classes > 0,
                false,
                1,
                TimePair.SPAN,
                1,
                false,
                false);
    }

    /** Output channels. */
    int outChannels() {
        return learnSigma ? 2 * channels : channels;
    }

    /** Patches along one side. */
    int grid() {
        return size / patch;
    }

    /** Hidden width of a block's two-layer part. */
    int hidden() {
        return (int) (width * mlpRatio);
    }
}
