package org.fewstep.model;

import java.util.List;

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
        boolean rms)
        implements NetworkConfig {
    public DitConfig {
        if (size < 1 || patch < 1 || size % patch != 0 || channels < 1 || depth < 1) {
            throw new IllegalArgumentException("dit: got size " + size + ", patch " + patch + ", channels " + channels
                    + ", depth " + depth + "; expected at least 1 and a size that is a multiple of the patch");
        }
        if ((double) channels * size * size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("dit: got " + channels + " channels of " + size + " x " + size
                    + " pixels; expected at most 2^31 - 1 numbers");
        }
        if (width < 4 || width % 4 != 0 || heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException("dit: got width " + width + " and " + heads
                    + " heads; expected a width divisible by 4, for positions, and by the heads");
        }
        if (!(width * mlpRatio >= 1 && width * mlpRatio <= Integer.MAX_VALUE)
                || classes < 0
                || (times != 1 && times != 2)
                || !(timeFactor > 0)) {
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

    @Override
    public DitConfig withOneTime() {
        return new DitConfig(
                size,
                patch,
                channels,
                width,
                depth,
                heads,
                mlpRatio,
                classes,
                nullLabel,
                learnSigma,
                1,
                pair,
                timeFactor,
                guided,
                rms);
    }

    @Override
    public int dim() {
        return channels * size * size;
    }

    @Override
    public boolean accepts(List<Integer> shape) {
        return shape.equals(List.of(channels, size, size));
    }

    @Override
    public double leastNumbers() {
        double d = width;
        double patches = (double) patch * patch;
        double ends = (patches * channels + 1) * d + (d + 1) * patches * outChannels() + (d + 1) * 2 * d;
        double tokens = (double) grid() * grid() * d;
        double scalars = (times + (guided ? 1 : 0)) * ScalarEmbedder.numbers(d);
        double table = classes == 0 ? 0 : (classes + (nullLabel ? 1.0 : 0.0)) * d;
        double block = (d + 1) * 10 * d + (d + 1) * hidden() + (hidden() + 1.0) * d;
        return ends + tokens + scalars + table + depth * block;
    }

    @Override
    public Dit build(Init init) {
        return new Dit(init, this);
    }
}
