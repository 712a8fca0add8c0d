package org.fewstep.io;

import java.util.Arrays;

/**
 * Puts image samples into one picture, row by row from the top left.
 *
 * @param columns tiles a row
 * @param padding pixels between tiles and around them, not scaled
 * @param scale integer upscaling: every sample pixel becomes scale x scale pixels
 */
public record SampleGrid(int columns, int padding, int scale) {
    private static final byte BACKGROUND = (byte) 0x40;

    /** Checks the sizes; throws IllegalArgumentException for fewer than 1 column, negative padding, scale below 1. */
    public SampleGrid {
        if (columns < 1 || padding < 0 || scale < 1) {
            throw new IllegalArgumentException("SampleGrid: got columns " + columns + ", padding " + padding
                    + ", scale " + scale + "; expected at least 1, 0, 1; check the sizes");
        }
    }

    /**
     * Draws samples of [-1, 1], which becomes 0..255; values beyond are clamped.
     *
     * @shape samples (B, C, H, W) with C = 1 or 3
     * @throws IllegalArgumentException if the length does not fit the shape, or a value is NaN
     */
    public Raster draw(float[] samples, int b, int c, int h, int w) {
        if (b < 1 || h < 1 || w < 1 || (c != 1 && c != 3) || samples.length != (long) b * c * h * w) {
            throw new IllegalArgumentException("SampleGrid.draw: got " + samples.length + " values for (" + b + ", " + c
                    + ", " + h + ", " + w + "); expected (B, C, H, W) with C = 1 or 3; check the shape");
        }
        int across = Math.min(columns, b);
        int down = (b + columns - 1) / columns;
        int width = side(across, w);
        int height = side(down, h);
        byte[] pixels = new byte[width * height * c];
        Arrays.fill(pixels, BACKGROUND);
        for (int i = 0; i < b; i++) {
            int left = padding + i % columns * (w * scale + padding);
            int top = padding + i / columns * (h * scale + padding);
            for (int channel = 0; channel < c; channel++) {
                int plane = (i * c + channel) * h * w;
                for (int y = 0; y < h * scale; y++) {
                    for (int x = 0; x < w * scale; x++) {
                        float value = samples[plane + y / scale * w + x / scale];
                        pixels[((top + y) * width + left + x) * c + channel] = level(value, i);
                    }
                }
            }
        }
        return new Raster(width, height, c, pixels);
    }

    private int side(int tiles, int size) {
        long side = padding + (long) tiles * ((long) size * scale + padding);
        if (side > Raster.MAX_SIDE) {
            throw new IllegalArgumentException("SampleGrid.draw: got a side of " + side + " pixels; expected at most "
                    + Raster.MAX_SIDE + "; draw fewer samples or lower the scale");
        }
        return (int) side;
    }

    private static byte level(float value, int sample) {
        if (Float.isNaN(value)) {
            throw new IllegalArgumentException(
                    "SampleGrid.draw: got NaN in sample " + sample + "; expected numbers; the model has diverged");
        }
        return (byte) Math.round((Math.max(-1f, Math.min(1f, value)) + 1f) * 127.5f);
    }
}
