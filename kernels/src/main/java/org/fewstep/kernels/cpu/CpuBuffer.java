package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.PooledArena;
import org.fewstep.kernels.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** A buffer in a Java array; element 0 of the buffer is element 0 of the array, which may be longer. */
final class CpuBuffer extends PooledBuffer {
    /**
     * Wraps an array.
     *
     * @param array float[], double[] or int[] of at least {@code size} elements
     */
    CpuBuffer(CpuDevice device, DType dtype, int size, Object array, boolean pooled, @Nullable PooledArena arena) {
        super(device, dtype, size, array, pooled, arena);
    }

    /**
     * The buffer itself, or a handle of its own on the array of one whose hold is gone: for kernels that run workloads of
     * their own in a replay, where the arena still has the blocks but temporaries are no longer held.
     */
    static Buffer live(Buffer buffer) {
        CpuBuffer mine = (CpuBuffer) buffer;
        Object array = mine.block();
        if (buffer.isLive() || array == null) {
            return buffer;
        }
        return new CpuBuffer((CpuDevice) buffer.device(), buffer.dtype(), buffer.size(), array, false, null);
    }

    static double[] f64(Buffer buffer) {
        if (((CpuBuffer) buffer).block() instanceof double[] values) {
            return values;
        }
        throw wrong(buffer, DType.F64);
    }

    static float[] f32(Buffer buffer) {
        if (((CpuBuffer) buffer).block() instanceof float[] values) {
            return values;
        }
        throw wrong(buffer, DType.F32);
    }

    static int[] i32(Buffer buffer) {
        if (((CpuBuffer) buffer).block() instanceof int[] values) {
            return values;
        }
        throw wrong(buffer, DType.I32);
    }

    private static RuntimeException wrong(Buffer buffer, DType expected) {
        buffer.requireLive("array");
        return new IllegalArgumentException("array: got " + buffer.dtype() + "; expected " + expected);
    }
}
