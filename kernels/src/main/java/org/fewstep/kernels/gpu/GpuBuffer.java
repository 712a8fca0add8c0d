package org.fewstep.kernels.gpu;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.PooledArena;
import org.fewstep.kernels.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** A buffer in device memory. */
final class GpuBuffer extends PooledBuffer {
    GpuBuffer(
            GpuDevice device,
            DType dtype,
            int size,
            Driver.Memory memory,
            boolean pooled,
            @Nullable PooledArena arena) {
        super(device, dtype, size, memory, pooled, arena);
    }

    Driver.Memory memory() {
        if (block() instanceof Driver.Memory memory) {
            return memory;
        }
        throw new IllegalStateException("memory: got a buffer that was already given back; expected a live one");
    }
}
