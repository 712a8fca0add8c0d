package org.fewstep.io;

import java.util.Arrays;

/** What a safetensors header says of one tensor: name, type, shape, and its byte range in the data section. */
public final class TensorInfo {
    private final String name;
    private final StoredType type;
    private final long[] shape;
    private final long begin;
    private final long end;

    TensorInfo(String name, StoredType type, long[] shape, long begin, long end) {
        this.name = name;
        this.type = type;
        this.shape = shape.clone();
        this.begin = begin;
        this.end = end;
    }

    public String name() {
        return name;
    }

    public StoredType type() {
        return type;
    }

    /** A copy of the sizes, outermost first; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** First byte, counted from the start of the data section. */
    public long begin() {
        return begin;
    }

    /** The byte after the last. */
    public long end() {
        return end;
    }

    /** Number of bytes. */
    public long bytes() {
        return end - begin;
    }

    /** Number of elements. */
    public long elements() {
        return bytes() / type.bytes();
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
