package org.fewstep.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.fewstep.data.Dataset;
import org.fewstep.data.Idx;
import org.fewstep.data.IdxImages;
import org.fewstep.data.IdxLabels;
import org.fewstep.data.ImageDataset;
import org.fewstep.io.BadFileException;
import org.fewstep.io.SettingsException;
import org.jspecify.annotations.Nullable;

/** One pair of image and label files in a folder laid out as MNIST is. */
public enum IdxPart {
    /** {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}. */
    TRAIN("train"),
    /** {@code t10k-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}. */
    TEST("t10k");

    private final String prefix;

    IdxPart(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Reads the pair; each file may end in {@code .gz}.
     *
     * @param key of the recipe, for messages
     * @param classes labels must be below it
     * @param only class whose images are taken, null for all
     * @throws SettingsException when folder or file is missing
     * @throws BadFileException when a file is damaged or the two disagree
     */
    Dataset open(Path folder, String key, int classes, @Nullable Integer only) {
        if (!Files.isDirectory(folder)) {
            throw new SettingsException(
                    key + ".folder", folder.toString(), "an existing folder", "give it with --data");
        }
        Path imagesFile = find(folder, key, prefix + "-images-idx3-ubyte");
        Path labelsFile = find(folder, key, prefix + "-labels-idx1-ubyte");
        IdxImages images = Idx.images(imagesFile);
        IdxLabels labels = Idx.labels(labelsFile);
        if (images.count() != labels.count()) {
            throw new BadFileException(
                    labelsFile.toString(),
                    BadFileException.NO_OFFSET,
                    labels.count() + " labels",
                    images.count() + ", one an image of " + imagesFile,
                    "are the files of one set?");
        }
        for (int i = 0; i < labels.count(); i++) {
            int label = labels.labels()[i] & 0xFF;
            if (label >= classes) {
                throw new BadFileException(
                        labelsFile.toString(),
                        BadFileException.NO_OFFSET,
                        "label " + label + " of image " + i,
                        "0 to " + (classes - 1),
                        "set " + key + ".classes");
            }
        }
        byte[] pixels = images.pixels();
        byte[] kept = labels.labels();
        if (only != null) {
            int[] places = IntStream.range(0, labels.count())
                    .filter(i -> (labels.labels()[i] & 0xFF) == only)
                    .toArray();
            if (places.length == 0) {
                throw new SettingsException(key + ".only", only.toString(), "a class with images in " + labelsFile, "");
            }
            pixels = rows(pixels, places, images.rows() * images.cols());
            kept = rows(kept, places, 1);
        }
        return new ImageDataset(pixels, kept, 1, images.rows(), images.cols(), classes);
    }

    /** Some rows of so many bytes. */
    private static byte[] rows(byte[] all, int[] places, int width) {
        byte[] rows = new byte[places.length * width];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(all, places[i] * width, rows, i * width, width);
        }
        return rows;
    }

    private static Path find(Path folder, String key, String name) {
        Path plain = folder.resolve(name);
        Path packed = folder.resolve(name + ".gz");
        if (Files.exists(plain)) {
            return plain;
        }
        if (Files.exists(packed)) {
            return packed;
        }
        throw new SettingsException(
                key + ".folder", folder.toString(), "a folder with " + name + " or " + name + ".gz", "");
    }
}
