package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A programming interface for GPUs: memory, programs and launches on one device's one queue, in order. All logic above it
 * is {@link GpuDevice}'s, which calls it from one thread at a time.
 */
interface Driver extends AutoCloseable {
    /** The two languages that kernels are compiled as. */
    enum Backend {
        OPENCL,
        CUDA
    }

    /** A block of device memory. */
    interface Memory {
        long bytes();
    }

    /** Compiled kernels of one file. */
    interface Program {}

    /** One kernel of a program. */
    interface Function {}

    /**
     * What is known of a device.
     *
     * @param name as its maker calls it
     * @param version driver and language version; results and compiled programs depend on it
     * @param backend the language of its kernels
     * @param capability CUDA's compute capability as 10 major + minor, or 0 for OpenCL
     * @param cpu true where a processor plays the GPU: wide vectors, no shared memory of its own
     * @param f64 whether it computes in F64
     * @param units compute units
     * @param bytes memory
     */
    record Facts(
            String name,
            String version,
            Backend backend,
            int capability,
            boolean cpu,
            boolean f64,
            int units,
            long bytes) {}

    Facts facts();

    /** Compiler options for every file: language, rounding, and the definition of the backend. */
    List<String> options();

    /**
     * Allocates memory with undefined content.
     *
     * @param bytes at least 1
     * @throws org.fewstep.kernels.DeviceOutOfMemory when there is no room
     */
    Memory allocate(long bytes);

    /** Frees memory once all submitted work is done. */
    void free(Memory memory);

    /**
     * Submits a copy from a direct buffer, which must keep those bytes until the copy is done.
     *
     * @param place first byte in {@code to}
     * @param at first byte in {@code from}
     */
    void upload(Memory to, long place, ByteBuffer from, int at, int bytes);

    /**
     * Waits for all submitted work, then copies to a direct buffer's start.
     *
     * @param place first byte in {@code from}
     */
    void download(Memory from, long place, ByteBuffer to, int bytes);

    /**
     * Compiles a file.
     *
     * @throws org.fewstep.kernels.KernelBuildError with the compiler's log
     */
    Program compile(String file, String source, List<String> options);

    /** The compiled form, for {@link #load}. */
    byte[] binary(Program program);

    /**
     * A program from its compiled form.
     *
     * @throws org.fewstep.kernels.DeviceException when the driver refuses it
     */
    Program load(String file, byte[] binary, List<String> options);

    /** The kernel of that name. */
    Function function(Program program, String name);

    /** Submits a kernel call. */
    void launch(Launch launch);

    /** Lets submitted work begin. */
    void flush();

    /** Waits for all submitted work. */
    void synchronize();

    void release(Function function);

    void release(Program program);

    /** Ends the use of this driver: memory, programs and kernels may still be given back, all else throws. */
    @Override
    void close();
}
