package org.fewstep.io;

import java.nio.ByteBuffer;

/**
 * A tensor to be written, handed over piece by piece, so that a device buffer needs no second copy on the host.
 *
 * <p>A source may be read more than once (a checksum first, the file next) and must give the same bytes each time.
 */
public interface TensorSource {
    StoredType type();

    /** Sizes, outermost first; empty for a scalar. */
    long[] shape();

    /**
     * Fills {@code chunk} to its limit with the tensor's bytes from {@code offset} on.
     *
     * <p>Chunks come in order, do not overlap, start at multiples of 8 bytes, and are little-endian.
     */
    void read(long offset, ByteBuffer chunk);

    /** F32 of the given shape; the array is not copied. */
    static TensorSource of(float[] values, long... shape) {
        return new ArraySource(
                StoredType.F32,
                shape,
                values.length,
                (at, count, chunk) -> chunk.asFloatBuffer().put(values, at, count));
    }

    /** F64 of the given shape; the array is not copied. */
    static TensorSource of(double[] values, long... shape) {
        return new ArraySource(
                StoredType.F64,
                shape,
                values.length,
                (at, count, chunk) -> chunk.asDoubleBuffer().put(values, at, count));
    }

    /** I32 of the given shape; the array is not copied. */
    static TensorSource of(int[] values, long... shape) {
        return new ArraySource(
                StoredType.I32,
                shape,
                values.length,
                (at, count, chunk) -> chunk.asIntBuffer().put(values, at, count));
    }

    /** I64 of the given shape; the array is not copied. */
    static TensorSource of(long[] values, long... shape) {
        return new ArraySource(
                StoredType.I64,
                shape,
                values.length,
                (at, count, chunk) -> chunk.asLongBuffer().put(values, at, count));
    }

    /** Raw little-endian bytes of any type; the array is not copied. */
    static TensorSource ofBytes(StoredType type, byte[] bytes, long... shape) {
        return new ArraySource(
                type,
                shape,
                bytes.length / type.bytes(),
                (at, count, chunk) -> chunk.duplicate().put(bytes, at * type.bytes(), count * type.bytes()));
    }
}
