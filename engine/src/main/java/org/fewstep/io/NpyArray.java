package org.fewstep.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** An array read from an NPY file: F32, F64, I32 or U8, row-major. */
public final class NpyArray {
    private final String source;
    private final StoredType type;
    private final long[] shape;
    private final byte[] bytes;

    NpyArray(String source, StoredType type, long[] shape, byte[] bytes) {
        this.source = source;
        this.type = type;
        this.shape = shape;
        this.bytes = bytes;
    }

    public StoredType type() {
        return type;
    }

    /** A copy of the sizes, outermost first; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** The values of an F32 array. */
    public float[] floats() {
        demand(type == StoredType.F32, "F32");
        float[] out = new float[bytes.length / Float.BYTES];
        buffer().asFloatBuffer().get(out);
        return out;
    }

    /** The values of an F64 array, or of an F32 array widened exactly. */
    public double[] doubles() {
        demand(type == StoredType.F64 || type == StoredType.F32, "F64 or F32");
        double[] out = new double[bytes.length / type.bytes()];
        ByteBuffer in = buffer();
        for (int i = 0; i < out.length; i++) {
            out[i] = type == StoredType.F64 ? in.getDouble() : in.getFloat();
        }
        return out;
    }

    /** The values of an I32 array, or of a U8 array as 0..255. */
    public int[] ints() {
        demand(type == StoredType.I32 || type == StoredType.U8, "I32 or U8");
        int[] out = new int[bytes.length / type.bytes()];
        ByteBuffer in = buffer();
        for (int i = 0; i < out.length; i++) {
            out[i] = type == StoredType.I32 ? in.getInt() : Byte.toUnsignedInt(in.get());
        }
        return out;
    }

    /** A copy of the little-endian bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void demand(boolean ok, String expected) {
        if (!ok) {
            throw new BadFileException(
                    source, BadFileException.NO_OFFSET, this.toString(), expected, "convert it first");
        }
    }
}
