package org.fewstep.io;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A tensor source over a Java array. */
final class ArraySource implements TensorSource {
    /** Copies {@code count} elements from element {@code at} on to the start of a chunk. */
    interface Copy {
        void copy(int at, int count, ByteBuffer chunk);
    }

    private final StoredType type;
    private final long[] shape;
    private final Copy copy;

    ArraySource(StoredType type, long[] shape, int length, Copy copy) {
        long bytes = type.bytesOf(shape);
        if (bytes != (long) length * type.bytes()) {
            throw new IllegalArgumentException("TensorSource: got " + length + " values for shape "
                    + Arrays.toString(shape) + "; expected " + bytes / type.bytes() + "; check the shape");
        }
        this.type = type;
        this.shape = shape.clone();
        this.copy = copy;
    }

    @Override
    public StoredType type() {
        return type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void read(long offset, ByteBuffer chunk) {
        copy.copy((int) (offset / type.bytes()), chunk.remaining() / type.bytes(), chunk);
        chunk.position(chunk.limit());
    }
}
