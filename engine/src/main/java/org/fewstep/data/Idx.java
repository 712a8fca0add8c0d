package org.fewstep.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fewstep.io.BadFileException;
import org.fewstep.io.FileBytes;
import org.fewstep.io.GzipInput;

/**
 * Reader of IDX files of unsigned bytes (the MNIST family), plain or gzip; the content decides, not the name.
 *
 * <p>Layout, big-endian: two zero bytes, type 8 (unsigned byte), number of axes, a 32-bit size an axis, the elements. The
 * file must hold exactly what its sizes claim. A plain file is compared with its length; a gzip file is decompressed once
 * to be counted, up to the claim and no further, and only then again into memory. A claim of more than half the heap is
 * refused before either.
 */
public final class Idx {
    private static final int UNSIGNED_BYTE = 8;
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private Idx() {}

    /**
     * Reads a file of images (three axes).
     *
     * @throws BadFileException if the file is not exactly that
     */
    public static IdxImages images(Path path) {
        Content content = read(path, 3);
        return new IdxImages(content.sizes[0], content.sizes[1], content.sizes[2], content.elements);
    }

    /**
     * Reads a file of labels (one axis).
     *
     * @throws BadFileException if the file is not exactly that
     */
    public static IdxLabels labels(Path path) {
        return new IdxLabels(read(path, 1).elements);
    }

    private record Content(int[] sizes, byte[] elements) {}

    private static Content read(Path path, int axes) {
        String source = path.toString();
        long fileBytes = FileBytes.size(path);
        try {
            boolean gzip = isGzip(path);
            try (InputStream in = open(path, gzip)) {
                int[] sizes = header(in, source, axes);
                int claimed = claimed(sizes, source);
                if (gzip) {
                    countElements(in, claimed, source);
                } else if (fileBytes != headerBytes(axes) + claimed) {
                    throw wrongLength(source, fileBytes - headerBytes(axes) + " bytes after the header", claimed);
                }
            }
            try (InputStream in = open(path, gzip)) {
                int[] sizes = header(in, source, axes);
                int claimed = claimed(sizes, source);
                byte[] elements = in.readNBytes(claimed);
                if (elements.length != claimed || in.read() >= 0) {
                    throw wrongLength(source, "a length that changed while reading", claimed);
                }
                return new Content(sizes, elements);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read " + path, e);
        }
    }

    private static boolean isGzip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return GzipInput.isGzip(in.read(), in.read());
        }
    }

    private static InputStream open(Path path, boolean gzip) throws IOException {
        InputStream raw = Files.newInputStream(path);
        try {
            return gzip ? new GzipInput(raw, path.toString()) : new BufferedInputStream(raw);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private static int headerBytes(int axes) {
        return 4 + 4 * axes;
    }

    private static int[] header(InputStream in, String source, int axes) throws IOException {
        int magic = bigEndian(in, source, 0);
        if (magic != (UNSIGNED_BYTE << 8 | axes)) {
            throw new BadFileException(
                    source,
                    0,
                    String.format("magic %08x", magic),
                    String.format("%08x (unsigned bytes, %d axes)", UNSIGNED_BYTE << 8 | axes, axes),
                    "are images and labels swapped?");
        }
        int[] sizes = new int[axes];
        for (int i = 0; i < axes; i++) {
            sizes[i] = bigEndian(in, source, 4 + 4 * i);
            if (sizes[i] < 1) {
                throw new BadFileException(
                        source,
                        4 + 4L * i,
                        "size " + Integer.toUnsignedLong(sizes[i]) + " of axis " + i,
                        "1..2147483647",
                        "is the file damaged?");
            }
        }
        return sizes;
    }

    private static int bigEndian(InputStream in, String source, int offset) throws IOException {
        byte[] bytes = in.readNBytes(4);
        if (bytes.length < 4) {
            throw new BadFileException(
                    source, offset + bytes.length, "the end of the file", "a whole header", "is the file cut off?");
        }
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    private static int claimed(int[] sizes, String source) {
        long most = Math.min(MAX_ARRAY, Runtime.getRuntime().maxMemory() / 2);
        long product = 1;
        for (int size : sizes) {
            if (product > most / size) {
                throw new BadFileException(
                        source,
                        4,
                        "sizes with a product of more than " + most,
                        "at most that (an array, half the heap)",
                        "is the file damaged? otherwise raise -Xmx");
            }
            product *= size;
        }
        return (int) product;
    }

    private static void countElements(InputStream in, int claimed, String source) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        int count;
        while ((count = in.read(buffer)) >= 0) {
            total += count;
            if (total > claimed) {
                throw wrongLength(source, "more than " + claimed + " decompressed bytes after the header", claimed);
            }
        }
        if (total < claimed) {
            throw wrongLength(source, total + " decompressed bytes after the header", claimed);
        }
    }

    private static BadFileException wrongLength(String source, String got, int claimed) {
        return new BadFileException(
                source, BadFileException.NO_OFFSET, got, claimed + " as its sizes claim", "is the file damaged?");
    }
}
