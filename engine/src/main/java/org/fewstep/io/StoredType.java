package org.fewstep.io;

import org.jspecify.annotations.Nullable;

/** Element types of files, under their safetensors names; all little-endian. */
public enum StoredType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes an element. */
    public int bytes() {
        return bytes;
    }

    static @Nullable StoredType find(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /**
     * Number of bytes of a tensor.
     *
     * @throws IllegalArgumentException if a size is negative or the product, zeros left out, does not fit 63 bits
     */
    long bytesOf(long... shape) {
        long product = bytes;
        boolean empty = false;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("a negative size");
            }
            if (size == 0) {
                empty = true;
            } else if (Math.multiplyHigh(product, size) != 0 || product * size < 0) {
                throw new IllegalArgumentException("a size product beyond 63 bits");
            } else {
                product *= size;
            }
        }
        return empty ? 0 : product;
    }
}
