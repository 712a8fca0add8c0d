package org.fewstep.io;

/**
 * A picture of 8-bit pixels: row-major from the top left, 1 (grey) or 3 (red, green, blue) bytes a pixel.
 *
 * <p>The array is shared, not copied; drawing writes into it.
 */
public record Raster(int width, int height, int channels, byte[] pixels) {
    /** Largest side, which keeps every byte count within an array. */
    public static final int MAX_SIDE = 16_384;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a side is not in 1..{@link #MAX_SIDE}, channels is not 1 or 3, or the length of
     *     the array is not width x height x channels
     */
    public Raster {
        checkSides(width, height);
        if ((channels != 1 && channels != 3) || pixels.length != width * height * channels) {
            throw new IllegalArgumentException("Raster: got " + channels + " channels and " + pixels.length
                    + " bytes for " + width + " x " + height + "; expected 1 or 3, all pixels; check the sizes");
        }
    }

    /** An RGB picture of one colour, given as 0xRRGGBB. */
    public static Raster rgb(int width, int height, int colour) {
        checkSides(width, height);
        Raster raster = new Raster(width, height, 3, new byte[3 * width * height]);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                raster.set(x, y, colour);
            }
        }
        return raster;
    }

    /** The colour of a pixel as 0xRRGGBB. */
    public int get(int x, int y) {
        int at = (y * width + x) * channels;
        int red = pixels[at] & 0xff;
        return channels == 1 ? red * 0x010101 : red << 16 | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff);
    }

    /** Sets a pixel of an RGB picture to 0xRRGGBB. */
    public void set(int x, int y, int colour) {
        int at = (y * width + x) * channels;
        pixels[at] = (byte) (colour >> 16);
        pixels[at + 1] = (byte) (colour >> 8);
        pixels[at + 2] = (byte) colour;
    }

    /** Copies {@code from} into this RGB picture with its top left corner at (x, y), where it must fit. */
    public void paste(Raster from, int x, int y) {
        for (int row = 0; row < from.height; row++) {
            for (int column = 0; column < from.width; column++) {
                set(x + column, y + row, from.get(column, row));
            }
        }
    }

    /** Pictures side by side on a background colour, tops aligned, with so many pixels between them. */
    public static Raster beside(int gap, int background, Raster... pictures) {
        int width = gap * (pictures.length - 1);
        int height = 1;
        for (Raster picture : pictures) {
            width += picture.width;
            height = Math.max(height, picture.height);
        }
        Raster out = rgb(width, height, background);
        int x = 0;
        for (Raster picture : pictures) {
            out.paste(picture, x, 0);
            x += picture.width + gap;
        }
        return out;
    }

    private static void checkSides(int width, int height) {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "Raster: got " + width + " x " + height + "; expected sides in 1.." + MAX_SIDE + "; draw less");
        }
    }
}
