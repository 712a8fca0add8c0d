package org.fewstep.cli;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.fewstep.io.BadFileException;
import org.jspecify.annotations.Nullable;

/** A picture read from a PNG file that a user named, which may be of any size or damaged. */
final class ImageFile {
    private ImageFile() {}

    /**
     * Reads a picture as a sample.
     *
     * @param shape (C, H, W) with C 1 or 3; a grey picture does for three channels, a coloured one for one gives its mean
     * @return C x H x W numbers in [-1, 1]
     * @throws BadFileException when it is no picture, or one of another size
     */
    static float[] read(Path file, int[] shape) {
        if (!Files.isRegularFile(file)) {
            throw bad(file, Files.exists(file) ? "a folder" : "no such file", "a PNG picture", null);
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                // The sides come from the header, so that a picture that claims to be vast is never decoded.
                if (reader.getWidth(0) != shape[2] || reader.getHeight(0) != shape[1]) {
                    throw bad(
                            file,
                            "a picture of " + reader.getWidth(0) + " x " + reader.getHeight(0),
                            shape[2] + " x " + shape[1] + ", the size of the model's samples",
                            null);
                }
                return numbers(reader.read(0), shape);
            } finally {
                reader.dispose();
            }
        } catch (BadFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw bad(file, "no PNG picture that can be read", "a PNG picture", e);
        }
    }

    private static BadFileException bad(Path file, String got, String expected, @Nullable Exception cause) {
        return new BadFileException(
                file.toString(), BadFileException.NO_OFFSET, got, expected, "is it the right file?", cause);
    }

    private static float[] numbers(BufferedImage image, int[] shape) {
        int channels = shape[0];
        int plane = shape[1] * shape[2];
        float[] out = new float[channels * plane];
        double[] colour = new double[3];
        for (int y = 0; y < shape[1]; y++) {
            for (int x = 0; x < shape[2]; x++) {
                colour(image, x, y, colour);
                int at = y * shape[2] + x;
                if (channels == 1) {
                    out[at] = (float) (2 * (colour[0] + colour[1] + colour[2]) / 3 - 1);
                } else {
                    for (int c = 0; c < channels; c++) {
                        out[c * plane + at] = (float) (2 * colour[c] - 1);
                    }
                }
            }
        }
        return out;
    }

    /** Red, green and blue in [0, 1] as stored: a grey picture's own conversion to RGB would change its levels. */
    private static void colour(BufferedImage image, int x, int y, double[] colour) {
        if (image.getColorModel() instanceof IndexColorModel) {
            int rgb = image.getRGB(x, y);
            for (int c = 0; c < 3; c++) {
                colour[c] = ((rgb >> (16 - 8 * c)) & 0xff) / 255.0;
            }
            return;
        }
        Raster raster = image.getRaster();
        boolean grey = raster.getNumBands() < 3;
        for (int c = 0; c < 3; c++) {
            int band = grey ? 0 : c;
            double most = (1 << image.getSampleModel().getSampleSize(band)) - 1;
            colour[c] = raster.getSample(x, y, band) / most;
        }
    }
}
