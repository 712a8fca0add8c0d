package org.fewstep.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encoder of PNG (ISO/IEC 15948) for 8-bit grey and RGB pictures, without java.desktop.
 *
 * <p>Each row takes the filter with the least sum of absolute differences (section 12.8). The same picture gives the
 * same bytes as long as the JDK's zlib is the same.
 */
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int FILTERS = 5;

    private Png() {}

    /** The bytes of the file. */
    public static byte[] encode(Raster picture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        ByteBuffer head = ByteBuffer.allocate(13);
        head.putInt(picture.width()).putInt(picture.height());
        byte colourType = (byte) (picture.channels() == 1 ? 0 : 2);
        head.put((byte) 8).put(colourType).put((byte) 0).put((byte) 0).put((byte) 0);
        chunk(out, "IHDR", head.array());
        chunk(out, "IDAT", deflate(filtered(picture)));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    /** Replaces a file by the picture; errors as in {@link AtomicFile#write(Path, byte[])}. */
    public static void write(Path path, Raster picture) {
        AtomicFile.write(path, encode(picture));
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(name);
        out.writeBytes(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] filtered(Raster picture) {
        int stride = picture.width() * picture.channels();
        byte[] previous = new byte[stride];
        byte[] row = new byte[stride];
        byte[] trial = new byte[stride];
        byte[] best = new byte[stride];
        byte[] out = new byte[(stride + 1) * picture.height()];
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(picture.pixels(), y * stride, row, 0, stride);
            long least = Long.MAX_VALUE;
            for (int filter = 0; filter < FILTERS; filter++) {
                long cost = filter(filter, row, previous, picture.channels(), trial);
                if (cost < least) {
                    least = cost;
                    out[y * (stride + 1)] = (byte) filter;
                    byte[] swap = best;
                    best = trial;
                    trial = swap;
                }
            }
            System.arraycopy(best, 0, out, y * (stride + 1) + 1, stride);
            byte[] swap = previous;
            previous = row;
            row = swap;
        }
        return out;
    }

    /** Filters a row (section 9.2: none, sub, up, average, Paeth) and returns the sum of absolute signed bytes. */
    private static long filter(int filter, byte[] row, byte[] previous, int channels, byte[] out) {
        long cost = 0;
        for (int i = 0; i < row.length; i++) {
            int left = i < channels ? 0 : row[i - channels] & 0xff;
            int up = previous[i] & 0xff;
            int upLeft = i < channels ? 0 : previous[i - channels] & 0xff;
            int predicted = switch (filter) {
                case 0 -> 0;
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) / 2;
                default -> paeth(left, up, upLeft);
            };
            out[i] = (byte) (row[i] - predicted);
            cost += Math.abs((int) out[i]);
        }
        return cost;
    }

    private static int paeth(int left, int up, int upLeft) {
        int estimate = left + up - upLeft;
        int toLeft = Math.abs(estimate - left);
        int toUp = Math.abs(estimate - up);
        int toUpLeft = Math.abs(estimate - upLeft);
        if (toLeft <= toUp && toLeft <= toUpLeft) {
            return left;
        }
        return toUp <= toUpLeft ? up : upLeft;
    }
}
