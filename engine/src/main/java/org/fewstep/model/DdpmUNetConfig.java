package org.fewstep.model;

import java.util.List;

/**
 * Everything that fixes the structure of a {@link DdpmUNet}.
 *
 * @param size height and width of an image
 * @param inChannels channels of the state
 * @param outChannels channels of the result
 * @param widths width of each level, finest first
 * @param blocks residual blocks a level on the way down, one more on the way up
 * @param downAttention whether a level has attention on the way down, finest first
 * @param upAttention whether a level has attention on the way up, coarsest first
 * @param headWidth channels of an attention head
 * @param groups groups of all normalisations
 * @param eps added to their variance
 * @param classes rows of the class table, 0 for an unconditional network
 * @param cosineFirst order of the time features
 * @param endpoint whether the slowest frequency is exactly 1 / 10000
 * @param scaleShift whether the condition scales and shifts the second norm, or is added before it
 */
public record DdpmUNetConfig(
        int size,
        int inChannels,
        int outChannels,
        List<Integer> widths,
        int blocks,
        List<Boolean> downAttention,
        List<Boolean> upAttention,
        int headWidth,
        int groups,
        double eps,
        int classes,
        boolean cosineFirst,
        boolean endpoint,
        boolean scaleShift) {
    public DdpmUNetConfig {
        widths = List.copyOf(widths);
        downAttention = List.copyOf(downAttention);
        upAttention = List.copyOf(upAttention);
        int levels = widths.size();
        if (levels == 0
                || downAttention.size() != levels
                || upAttention.size() != levels
                || blocks < 1
                || headWidth < 1
                || inChannels < 1
                || outChannels < 1
                || classes < 0
                || size < 1
                || size % (1 << (levels - 1)) != 0) {
            throw new IllegalArgumentException("unet: got size " + size + ", widths " + widths + ", blocks " + blocks
                    + ", attention " + downAttention + " and " + upAttention + ", headWidth " + headWidth
                    + "; expected positive sizes, one entry a level, and a size that halves at each level");
        }
    }

    /** Width of the condition. */
    int condition() {
        return 4 * widths.get(0);
    }
}
