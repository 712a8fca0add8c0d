package org.fewstep.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * NPY files of version 1.0 with little-endian F32, F64, I32 or U8 elements in C order.
 *
 * <p>Layout: the magic bytes {@code 93 NUMPY 01 00}, a 16-bit header length, a header that is a Python dictionary padded
 * with spaces up to a line feed, the elements.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int HEADER_START = 10;
    private static final int ALIGNMENT = 64;
    private static final int MAX_RANK = 32;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private static final Map<StoredType, String> DESCRIPTORS = new EnumMap<>(
            Map.of(StoredType.F32, "<f4", StoredType.F64, "<f8", StoredType.I32, "<i4", StoredType.U8, "|u1"));

    private static final Pattern HEADER = Pattern.compile(
            "\\{ *'descr': *'([^']*)', *'fortran_order': *(True|False)," + " *'shape': *\\(([0-9, ]*)\\) *,? *\\} *\n");

    /** Inside the parentheses of a tuple: nothing, one size with its comma, or several sizes. */
    private static final Pattern SIZES = Pattern.compile(" *|[0-9]+, *|[0-9]+(, *[0-9]+)+,? *");

    private Npy() {}

    /**
     * Reads a file.
     *
     * @throws BadFileException if it is not such a file, byte for byte, or larger than an array can be
     */
    public static NpyArray read(Path path) {
        String source = path.toString();
        byte[] file = FileBytes.read(path, MAX_BYTES);
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < HEADER_START || Arrays.mismatch(Arrays.copyOf(file, MAGIC.length), MAGIC) >= 0) {
            throw new BadFileException(source, 0, "other magic bytes", "NPY 1.0", "save it with numpy.save");
        }
        int headerBytes = Short.toUnsignedInt(in.getShort(MAGIC.length));
        int dataStart = HEADER_START + headerBytes;
        if (dataStart > file.length) {
            throw new BadFileException(
                    source,
                    MAGIC.length,
                    "a header of " + headerBytes + " bytes",
                    "at most " + (file.length - HEADER_START),
                    "is the file cut off?");
        }
        String text = new String(file, HEADER_START, headerBytes, StandardCharsets.ISO_8859_1);
        Matcher header = HEADER.matcher(text);
        if (!header.matches()) {
            throw header(source, BadFileException.quote(text), "descr, fortran_order and shape");
        }
        StoredType type = type(header.group(1));
        if (type == null || header.group(2).equals("True")) {
            throw header(source, BadFileException.quote(text), "C order and a descr of " + DESCRIPTORS.values());
        }
        long[] shape = shape(source, header.group(3));
        long bytes;
        try {
            bytes = type.bytesOf(shape);
        } catch (IllegalArgumentException e) {
            throw header(source, "the shape " + Arrays.toString(shape), "a product below 2^63");
        }
        if (bytes != file.length - dataStart) {
            throw new BadFileException(
                    source,
                    dataStart,
                    (file.length - dataStart) + " bytes of data",
                    bytes + " for " + type + " " + Arrays.toString(shape),
                    "is the file cut off, or two files in one?");
        }
        return new NpyArray(source, type, shape, Arrays.copyOfRange(file, dataStart, file.length));
    }

    /**
     * Replaces a file by an array, with the bytes that NumPy writes.
     *
     * @throws IllegalArgumentException if the type is not one of the four, or the folder is missing
     */
    public static void write(Path path, TensorSource array) {
        byte[] header = formatHeader(array.type(), array.shape());
        AtomicFile.write(path, channel -> {
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            TensorChunks.forEach(array, chunk -> AtomicFile.writeFully(channel, chunk));
        });
    }

    private static byte[] formatHeader(StoredType type, long[] shape) {
        String descriptor = DESCRIPTORS.get(type);
        if (descriptor == null || shape.length > MAX_RANK) {
            throw new IllegalArgumentException("Npy.write: got " + type + " with " + shape.length
                    + " axes; expected one of " + DESCRIPTORS.keySet() + ", at most " + MAX_RANK + " axes; convert it");
        }
        StringBuilder sizes = new StringBuilder();
        for (int i = 0; i < shape.length; i++) {
            sizes.append(i > 0 ? ", " : "").append(shape[i]);
        }
        String tuple = shape.length == 1 ? sizes + "," : sizes.toString();
        String text = "{'descr': '" + descriptor + "', 'fortran_order': False, 'shape': (" + tuple + "), }";
        int padding = -(HEADER_START + text.length() + 1) & (ALIGNMENT - 1);
        byte[] padded = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(HEADER_START + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) padded.length)
                .put(padded)
                .array();
    }

    private static @Nullable StoredType type(String descriptor) {
        for (Map.Entry<StoredType, String> entry : DESCRIPTORS.entrySet()) {
            if (entry.getValue().equals(descriptor)) {
                return entry.getKey();
            }
        }
        return null;
    }

    private static long[] shape(String source, String tuple) {
        if (!SIZES.matcher(tuple).matches()) {
            throw header(source, "the shape (" + tuple + ")", "a tuple of sizes");
        }
        String[] sizes = tuple.isBlank() ? new String[0] : tuple.trim().split(", *");
        if (sizes.length > MAX_RANK) {
            throw header(source, sizes.length + " axes", "at most " + MAX_RANK);
        }
        long[] shape = new long[sizes.length];
        for (int i = 0; i < shape.length; i++) {
            try {
                shape[i] = Long.parseLong(sizes[i]);
            } catch (NumberFormatException e) {
                throw header(source, "the size " + BadFileException.quote(sizes[i]), "a number below 2^63");
            }
        }
        return shape;
    }

    private static BadFileException header(String source, String got, String expected) {
        return new BadFileException(source, HEADER_START, got, expected, "save it with numpy.save");
    }
}
