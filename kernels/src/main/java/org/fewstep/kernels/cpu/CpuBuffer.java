package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.jspecify.annotations.Nullable;

/** A buffer in a Java array; element 0 of the buffer is element 0 of the array, which may be longer. */
final class CpuBuffer extends Buffer {
    private final boolean pooled;
    private final @Nullable CpuArena arena;
    private @Nullable Object array;

    /**
     * Wraps an array.
     *
     * @param array float[], double[] or int[] of at least {@code size} elements
     * @param pooled whether the array goes to the pool at the end; one that was wrapped for a caller does not
     * @param arena where the array comes from, or null for the device's pool
     */
    CpuBuffer(CpuDevice device, DType dtype, int size, Object array, boolean pooled, @Nullable CpuArena arena) {
        super(device, dtype, size);
        this.array = array;
        this.pooled = pooled;
        this.arena = arena;
    }

    @Nullable
    CpuArena arena() {
        return arena;
    }

    boolean pooled() {
        return pooled;
    }

    /** Takes the array away, at the end of the buffer's life; an arena's buffers keep naming it for their plan. */
    Object surrender() {
        Object last = array;
        if (last == null) {
            throw new IllegalStateException("release: got a buffer whose array is gone");
        }
        if (arena == null) {
            array = null;
        }
        return last;
    }

    /**
     * The buffer itself, or a handle of its own on the array of one whose hold is gone: for kernels that run workloads of
     * their own in a replay, where the arena still has the blocks but temporaries are no longer held.
     */
    static Buffer live(Buffer buffer) {
        CpuBuffer mine = (CpuBuffer) buffer;
        Object array = mine.array;
        if (buffer.isLive() || array == null) {
            return buffer;
        }
        return new CpuBuffer((CpuDevice) buffer.device(), buffer.dtype(), buffer.size(), array, false, null);
    }

    static double[] f64(Buffer buffer) {
        if (((CpuBuffer) buffer).array instanceof double[] values) {
            return values;
        }
        throw wrong(buffer, DType.F64);
    }

    static float[] f32(Buffer buffer) {
        if (((CpuBuffer) buffer).array instanceof float[] values) {
            return values;
        }
        throw wrong(buffer, DType.F32);
    }

    static int[] i32(Buffer buffer) {
        if (((CpuBuffer) buffer).array instanceof int[] values) {
            return values;
        }
        throw wrong(buffer, DType.I32);
    }

    private static RuntimeException wrong(Buffer buffer, DType expected) {
        buffer.requireLive("array");
        return new IllegalArgumentException("array: got " + buffer.dtype() + "; expected " + expected);
    }
}
