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
 * @param dropout probability that a number is dropped before the second convolution of a block, in training
 * @param embedding how a time becomes features
 * @param encoder what the encoder takes from the resampled input; SONG only, else PLAIN
 * @param decoder whether each level adds to the result, SKIP, or the last alone, PLAIN; SONG only, else PLAIN
 * @param filter taps of the resampling filter, see {@link FirFilter}
 * @param times 1 for a velocity, 2 for an average velocity
 * @param pair which second time the network sees
 * @param timeFactor factor of the times before their features; 1 in published networks
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
        double dropout,
        Embedding embedding,
        Aux encoder,
        Aux decoder,
        List<Double> filter,
        int times,
        TimePair pair,
        double timeFactor)
        implements NetworkConfig {
    /** Greatest width of a level or of the condition; its square, times a 3 x 3 kernel, still fits an int. */
    public static final int MAX_WIDTH = 1 << 13;

    /** Weights of a 3 x 3 kernel. */
    private static final double KERNEL = 9;

    /** Most levels, resolutions and taps of a filter. */
    public static final int MAX_LENGTH = 16;

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
    public enum Embedding {
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
        boolean lengths = levels > 0
                && levels <= MAX_LENGTH
                && attention.size() <= MAX_LENGTH
                && filter.size() <= MAX_LENGTH
                && mult.stream().allMatch(m -> m > 0 && (double) m * width <= MAX_WIDTH)
                && (double) width * embMult <= MAX_WIDTH
                && (double) width * noiseMult <= MAX_WIDTH;
        if (!lengths) {
            throw new IllegalArgumentException("unet: got width " + width + ", mult " + mult + ", embMult " + embMult
                    + ", noiseMult " + noiseMult + ", " + attention.size() + " resolutions with attention, "
                    + filter.size() + " taps; expected 1 to " + MAX_LENGTH + " levels of width 1 to " + MAX_WIDTH);
        }
        boolean sizes = blocks > 0
                && width > 0
                && embMult > 0
                && noiseMult > 0
                && inChannels > 0
                && outChannels > 0
                && classes >= 0
                && augment >= 0
                && resolution > 0
                && (double) Math.max(inChannels, outChannels) * resolution * resolution <= Integer.MAX_VALUE
                && resolution % (1 << (levels - 1)) == 0;
        if (!sizes) {
            throw new IllegalArgumentException("unet: got resolution " + resolution + ", channels " + inChannels
                    + " to " + outChannels + ", width " + width + ", mult " + mult + ", embMult " + embMult
                    + ", noiseMult " + noiseMult + ", blocks " + blocks + ", classes " + classes + ", augment "
                    + augment + "; expected positive sizes and a resolution that halves at each level");
        }
        if (!(dropout >= 0 && dropout < 1) || (times != 1 && times != 2) || !(timeFactor > 0)) {
            throw new IllegalArgumentException("unet: got dropout " + dropout + ", times " + times + ", timeFactor "
                    + timeFactor + "; expected 0 <= dropout < 1, 1 or 2 times and a positive factor");
        }
        boolean plain = noiseMult == 1
                && augment == 0
                && embedding == Embedding.POSITIONAL
                && encoder == Aux.PLAIN
                && decoder == Aux.PLAIN;
        if (decoder == Aux.RESIDUAL || (form == Form.DHARIWAL && !plain)) {
            throw new IllegalArgumentException(
                    "unet: got form " + form + ", embedding " + embedding + ", encoder " + encoder
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

    @Override
    public UNetConfig withOneTime() {
        return new UNetConfig(
                form,
                resolution,
                inChannels,
                outChannels,
                classes,
                augment,
                width,
                mult,
                embMult,
                noiseMult,
                blocks,
                attention,
                headWidth,
                dropout,
                embedding,
                encoder,
                decoder,
                filter,
                1,
                pair,
                timeFactor);
    }

    @Override
    public int dim() {
        return inChannels * resolution * resolution;
    }

    /** A velocity has the channels of its state, and nothing gives augmentation labels in generation. */
    @Override
    public boolean accepts(List<Integer> shape) {
        return inChannels == outChannels && augment == 0 && shape.equals(List.of(inChannels, resolution, resolution));
    }

    @Override
    public double leastNumbers() {
        double condition = condition();
        double noise = (double) width * noiseMult;
        double sum = (noise + 1) * condition + (condition + 1) * condition + noise / 2;
        sum += times == 2 ? (noise + 1) * noise : 0;
        sum += classes * (classes + 1.0) + classes * (form == Form.SONG ? noise : condition) + augment * noise;
        double first = form == Form.SONG ? width : widthAt(0);
        sum += KERNEL * first * inChannels + KERNEL * widthAt(0) * (double) outChannels;
        double before = first;
        for (int level = 0; level < mult.size(); level++) {
            double w = widthAt(level);
            boolean deepest = level == mult.size() - 1;
            sum += block(before, w) + 2.0 * blocks * block(w, w);
            sum += (level > 0 ? block(before, before) : 0);
            sum += deepest ? 2 * block(w, w) : block(widthAt(level + 1), widthAt(level + 1));
            before = w;
        }
        return sum;
    }

    /** Two convolutions and the layer of the condition. */
    private double block(double in, double out) {
        return KERNEL * out * (in + out) + condition() * (form == Form.SONG ? out : 2 * out);
    }

    @Override
    public UNet build(Init init) {
        return new UNet(init, this);
    }
}
