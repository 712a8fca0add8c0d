package org.fewstep.data;

import org.jspecify.annotations.Nullable;

/** Labelled 8-bit images held in memory, read as values in [-1, 1]: pixel / 127.5 - 1. */
public final class ImageDataset implements Dataset {
    private final byte[] pixels;
    private final byte[] labels;
    private final int channels;
    private final int height;
    private final int width;
    private final int classes;

    /**
     * A view of the arrays, which are not copied and must not change any more.
     *
     * @param pixels (n, C, H, W), unsigned bytes
     * @param labels (n), unsigned bytes in 0 .. classes - 1
     * @throws IllegalArgumentException if there is no image, a size is below 1, the arrays disagree, or a label is outside
     */
    public ImageDataset(byte[] pixels, byte[] labels, int channels, int height, int width, int classes) {
        if (channels < 1 || height < 1 || width < 1 || classes < 1 || classes > 256) {
            throw new IllegalArgumentException("images: got shape (" + channels + ", " + height + ", " + width
                    + ") and " + classes + " classes; expected sizes of at least 1 and 1 .. 256 classes");
        }
        long rows = Math.min((long) channels * height, Integer.MAX_VALUE); // keeps an absurd shape from overflowing
        long values = rows * width;
        if (labels.length == 0 || pixels.length % values != 0 || pixels.length / values != labels.length) {
            throw new IllegalArgumentException("images: got " + pixels.length + " pixels and " + labels.length
                    + " labels; expected at least one image and " + values + " pixels a label");
        }
        for (int i = 0; i < labels.length; i++) {
            if ((labels[i] & 0xFF) >= classes) {
                throw new IllegalArgumentException("images: got label " + (labels[i] & 0xFF) + " at image " + i
                        + "; expected 0 .. " + (classes - 1));
            }
        }
        this.pixels = pixels;
        this.labels = labels;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classes = classes;
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public int[] sampleShape() {
        return new int[] {channels, height, width};
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void read(long[] indices, float[] x, int @Nullable [] labels) {
        int values = channels * height * width;
        Parameters.requireBatch("images", indices, size(), values, x, labels);
        for (int i = 0; i < indices.length; i++) {
            int image = (int) indices[i];
            for (int p = 0; p < values; p++) {
                x[i * values + p] = (pixels[image * values + p] & 0xFF) / 127.5f - 1;
            }
            if (labels != null) {
                labels[i] = this.labels[image] & 0xFF;
            }
        }
    }
}
