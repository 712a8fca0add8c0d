package org.fewstep.io;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The LZW coder of GIF (GIF89a, appendix F): codes of growing width, packed from the low bit, in blocks of 255 bytes. */
final class GifLzw {
    private static final int MAX_CODES = 1 << 12;
    private static final int SLOTS = 1 << 14;
    private static final int MAX_BLOCK = 255;

    private final ByteArrayOutputStream out;
    private final byte[] block = new byte[MAX_BLOCK];
    private int blockLength;
    private int bitBuffer;
    private int bitCount;

    private final int clear;
    private final int minWidth;
    private int width;
    private int next;

    // Open addressing: key = prefix code and next index, or -1; the value is the code of that string.
    private final int[] keys = new int[SLOTS];
    private final short[] codes = new short[SLOTS];

    /** A coder of indices below 2^{@code bits}, 2 to 8 bits. */
    GifLzw(int bits, ByteArrayOutputStream out) {
        this.out = out;
        this.clear = 1 << bits;
        this.minWidth = bits + 1;
        this.width = minWidth;
    }

    /** Writes all blocks of an image, with the empty one that ends them. */
    void encode(byte[] indices) {
        emit(clear);
        reset();
        int prefix = indices[0] & 0xff;
        for (int i = 1; i < indices.length; i++) {
            int index = indices[i] & 0xff;
            int key = prefix << 8 | index;
            int slot = slot(key);
            if (keys[slot] == key) {
                prefix = codes[slot];
                continue;
            }
            emit(prefix);
            if (next < MAX_CODES) {
                widen();
                keys[slot] = key;
                codes[slot] = (short) next++;
            } else {
                emit(clear);
                reset();
            }
            prefix = index;
        }
        emit(prefix);
        widen();
        emit(clear + 1);
        while (bitCount > 0) {
            putByte();
        }
        flushBlock();
        out.write(0);
    }

    private void reset() {
        Arrays.fill(keys, -1);
        width = minWidth;
        next = clear + 2;
    }

    /** The decoder makes each string one code later than this side, so codes grow when {@code next} itself needs it. */
    private void widen() {
        if (next == 1 << width && next < MAX_CODES) {
            width++;
        }
    }

    private int slot(int key) {
        int slot = (key * 0x9e3779b1) >>> (32 - 14);
        while (keys[slot] != -1 && keys[slot] != key) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }

    private void emit(int code) {
        bitBuffer |= code << bitCount;
        bitCount += width;
        while (bitCount >= 8) {
            putByte();
        }
    }

    private void putByte() {
        block[blockLength++] = (byte) bitBuffer;
        bitBuffer >>>= 8;
        bitCount = Math.max(0, bitCount - 8);
        if (blockLength == MAX_BLOCK) {
            flushBlock();
        }
    }

    private void flushBlock() {
        if (blockLength > 0) {
            out.write(blockLength);
            out.write(block, 0, blockLength);
            blockLength = 0;
        }
    }
}
