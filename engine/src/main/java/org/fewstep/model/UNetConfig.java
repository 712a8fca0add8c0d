package org.fewstep.model;

import java.util.List;

/**
 * Everything that fixes the structure of a {@link UNet}. The two published forms differ in more than these fields; {@link
 * Form} says in what.
 *
 * @param form which published family the blocks follow
 * @param resolution height and width R of an image; level l works at R / 2^l
 * @param inChannels channels of the state
 * @param outChannels channels of the result
 * @param classes number K of classes, 0 for an unconditional network
 * @param augment width of the augmentation labels, 0 for none; SONG only
 * @param width base width
 * @param mult width factor of each level
 * @param embMult width of the condition over the base width
 * @param noiseMult width of the time features over the base width; SONG only, else 1
 * @param blocks blocks a level in the encoder, one more in the decoder
 * @param attention resolutions with self-attention
 * @param headWidth channels of an attention head; 0 for one head
 * @param times how a time becomes features
 * @param encoder what the encoder takes from the resampled input; SONG only, else PLAIN
 * @param decoder whether each level adds to the result, SKIP, or the last alone, PLAIN; SONG only, else PLAIN
 * @param filter taps of the resampling filter, see {@link FirFilter}
 * @param second whether the network sees a second time
 * @param pair which second time
 */
public record UNetConfig(
        Form form,
        int resolution,
        int inChannels,
        int outChannels,
        int classes,
        int augment,
        int width,
        List<Integer> mult,
        int embMult,
        int noiseMult,
        int blocks,
        List<Integer> attention,
        int headWidth,
        Times times,
        Aux encoder,
        Aux decoder,
        List<Double> filter,
        boolean second,
        TimePair pair) {
    /** The published families. */
    public enum Form {
        /**
         * DDPM++ and NCSN++ (Song et al. 2021, arXiv:2011.13456) as EDM writes them: the condition is added before the second
         * norm, sums are divided by sqrt(2), attention in the last decoder block of a level.
         */
        SONG,
        /**
         * ADM (Dhariwal and Nichol 2021, arXiv:2105.05233): the condition scales and shifts the second norm, attention in all
         * decoder blocks.
         */
        DHARIWAL
    }

    /** Features of a time, {@link FrequencyFeatures}. */
    public enum Times {
        /** Geometric frequencies; with the end point in SONG, without in DHARIWAL. */
        POSITIONAL,
        /** Random frequencies of standard deviation 16, stored with the network. */
        FOURIER
    }

    /** Paths beside the blocks. */
    public enum Aux {
        /** None. */
        PLAIN,
        /** The image itself, resampled, enters or leaves at each level. */
        SKIP,
        /** Encoder only: the image goes through a resampling convolution at each level and becomes the state. */
        RESIDUAL
    }

    public UNetConfig {
        mult = List.copyOf(mult);
        attention = List.copyOf(attention);
        filter = List.copyOf(filter);
        int levels = mult.size();
        boolean sizes = levels > 0
                && width > 0
                && blocks > 0
                && embMult > 0
                && noiseMult > 0
                && inChannels > 0
                && outChannels > 0
                && classes >= 0
                && augment >= 0
                && mult.stream().allMatch(m -> m > 0)
                && resolution > 0
                && resolution % (1 << (levels - 1)) == 0;
        if (!sizes) {
            throw new IllegalArgumentException("unet: got resolution " + resolution + ", channels " + inChannels
                    + " to " + outChannels + ", width " + width + ", mult " + mult + ", embMult " + embMult
                    + ", noiseMult " + noiseMult + ", blocks " + blocks + ", classes " + classes + ", augment "
                    + augment + "; expected positive sizes and a resolution that halves at each level");
        }
        boolean plain = noiseMult == 1
                && augment == 0
                && times == Times.POSITIONAL
                && encoder == Aux.PLAIN
                && decoder == Aux.PLAIN;
        if (decoder == Aux.RESIDUAL || (form == Form.DHARIWAL && !plain)) {
            throw new IllegalArgumentException("unet: got form " + form + ", times " + times + ", encoder " + encoder
                    + ", decoder " + decoder + ", noiseMult " + noiseMult + ", augment " + augment
                    + "; expected PLAIN or SKIP for the decoder, and the plain choice of all of them in DHARIWAL");
        }
    }

    /** Resolution of a level. */
    int at(int level) {
        return resolution >> level;
    }

    /** Width of a level. */
    int widthAt(int level) {
        return width * mult.get(level);
    }

    /** Width of the condition. */
    int condition() {
        return width * embMult;
    }

    FirFilter fir() {
        return new FirFilter(filter.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
