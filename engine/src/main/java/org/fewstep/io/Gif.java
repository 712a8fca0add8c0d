package org.fewstep.io;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Encoder of animated GIF (GIF89a with the looping extension), the same bytes for the same frames. */
public final class Gif {
    private static final int MAX_SHORT = 0xffff;

    private Gif() {}

    /**
     * The bytes of an animation with one palette for all frames (exact up to 256 colours).
     *
     * @param frames at least one, all of one size
     * @param delay hundredths of a second a frame, 0..65535 (viewers slow down below 2)
     * @param loops how often it plays, 0 for ever
     */
    public static byte[] encode(List<Raster> frames, int delay, int loops) {
        check(frames, delay, loops);
        int width = frames.get(0).width();
        int height = frames.get(0).height();
        GifPalette palette = GifPalette.of(frames);
        int bits = paletteBits(palette.colours().length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        writeShort(out, width);
        writeShort(out, height);
        out.write(0x80 | 7 << 4 | (bits - 1)); // global palette, 8 bits a primary, 2^bits colours
        out.write(0);
        out.write(0);
        writePalette(out, palette.colours(), 1 << bits);
        if (loops != 1) {
            writeLoops(out, loops);
        }
        for (Raster frame : frames) {
            writeFrame(out, frame, palette, delay, bits);
        }
        out.write(0x3b);
        return out.toByteArray();
    }

    /** Replaces a file by an animation; errors as in {@link #encode} and {@link AtomicFile#write(Path, byte[])}. */
    public static void write(Path path, List<Raster> frames, int delay, int loops) {
        AtomicFile.write(path, encode(frames, delay, loops));
    }

    private static void check(List<Raster> frames, int delay, int loops) {
        if (frames.isEmpty() || delay < 0 || delay > MAX_SHORT || loops < 0 || loops > MAX_SHORT) {
            throw new IllegalArgumentException("Gif: got " + frames.size() + " frames, delay " + delay + ", loops "
                    + loops + "; expected a frame, and 0..65535; check the arguments");
        }
        for (Raster frame : frames) {
            if (frame.width() != frames.get(0).width()
                    || frame.height() != frames.get(0).height()) {
                throw new IllegalArgumentException(
                        "Gif: got frames of " + frames.get(0).width() + " x "
                                + frames.get(0).height() + " and " + frame.width() + " x " + frame.height()
                                + "; expected one size; pad the smaller");
            }
        }
    }

    private static int paletteBits(int colours) {
        int bits = 1;
        while (1 << bits < colours) {
            bits++;
        }
        return bits;
    }

    private static void writePalette(ByteArrayOutputStream out, int[] colours, int size) {
        for (int i = 0; i < size; i++) {
            int colour = i < colours.length ? colours[i] : 0;
            out.write(colour >> 16);
            out.write(colour >> 8);
            out.write(colour);
        }
    }

    /** The Netscape extension counts repetitions after the first play; 0 is for ever. */
    private static void writeLoops(ByteArrayOutputStream out, int loops) {
        out.write(0x21);
        out.write(0xff);
        out.write(11);
        out.writeBytes("NETSCAPE2.0".getBytes(StandardCharsets.US_ASCII));
        out.write(3);
        out.write(1);
        writeShort(out, loops == 0 ? 0 : loops - 1);
        out.write(0);
    }

    private static void writeFrame(ByteArrayOutputStream out, Raster frame, GifPalette palette, int delay, int bits) {
        out.write(0x21);
        out.write(0xf9);
        out.write(4);
        out.write(1 << 2); // leave the frame in place; no transparency
        writeShort(out, delay);
        out.write(0);
        out.write(0);
        out.write(0x2c);
        writeShort(out, 0);
        writeShort(out, 0);
        writeShort(out, frame.width());
        writeShort(out, frame.height());
        out.write(0);
        byte[] indices = new byte[frame.width() * frame.height()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = (byte) palette.indexOf(frame.get(i % frame.width(), i / frame.width()));
        }
        int codeBits = Math.max(2, bits);
        out.write(codeBits);
        new GifLzw(codeBits, out).encode(indices);
    }

    private static void writeShort(ByteArrayOutputStream out, int value) {
        out.write(value);
        out.write(value >> 8);
    }
}
