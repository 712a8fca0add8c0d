package org.fewstep.model;

import java.util.List;

/**
 * Everything that fixes the structure of a {@link ConvClassifier}.
 *
 * @param size height and width of an image
 * @param channels of an image
 * @param widths channels behind each stage; the image halves between two stages
 * @param classes number K of classes, at least 2
 */
public record ConvClassifierConfig(int size, int channels, List<Integer> widths, int classes) implements NetworkConfig {
    /** Greatest width; its square, times a 3 x 3 kernel, still fits an int. */
    public static final int MAX_WIDTH = UNetConfig.MAX_WIDTH;

    /** Most stages. */
    public static final int MAX_STAGES = 16;

    public ConvClassifierConfig {
        widths = List.copyOf(widths);
        boolean fits = size > 0
                && channels > 0
                && (double) channels * size * size <= Integer.MAX_VALUE
                && !widths.isEmpty()
                && widths.size() <= MAX_STAGES
                && widths.stream().allMatch(w -> w > 0 && w <= MAX_WIDTH)
                && size % (1 << (widths.size() - 1)) == 0
                && classes > 1;
        if (!fits) {
            throw new IllegalArgumentException("conv classifier: got size " + size + ", channels " + channels
                    + ", widths " + widths + ", classes " + classes + "; expected at least 1, widths up to " + MAX_WIDTH
                    + ", a size that halves between stages and at least 2 classes");
        }
    }

    @Override
    public int dim() {
        return channels * size * size;
    }

    @Override
    public int times() {
        return 0;
    }

    @Override
    public boolean nullLabel() {
        return false;
    }

    @Override
    public boolean accepts(List<Integer> shape) {
        return shape.equals(List.of(channels, size, size));
    }

    /** Side of the last stage's image. */
    int lastSize() {
        return size >> (widths.size() - 1);
    }

    @Override
    public double leastNumbers() {
        double sum = 0;
        double before = channels;
        for (int width : widths) {
            sum += (9 * before + 3) * width;
            before = width;
        }
        return sum + (before * lastSize() * lastSize() + 1) * classes;
    }

    @Override
    public ConvClassifier build(Init init) {
        return new ConvClassifier(init, this);
    }
}
