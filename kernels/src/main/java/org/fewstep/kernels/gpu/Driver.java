package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

        /**
         * Where it begins on the device, for kernels that take structures of addresses.
         *
         * @throws UnsupportedOperationException where memory has no address, as in OpenCL
         */
        default long address() {
            throw new UnsupportedOperationException("address of device memory: got "
                    + getClass().getSimpleName() + "; expected CUDA's; give each memory as an argument of its own");
        }
    }

    /** Compiled kernels of one file. */
    interface Program {}

    /** One kernel of a program. */
    interface Function {}

    /** Kernel calls that were kept. */
    interface Recorded {}

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
            long bytes) {
        /** Shared memory that a group may have, in bytes, as CUDA's table of compute capabilities has it; 0 for OpenCL. */
        int shared() {
            if (backend != Backend.CUDA) {
                return 0;
            }
            return switch (capability) {
                case 75 -> 64 << 10;
                case 80, 87 -> 163 << 10;
                case 90, 100, 101, 103, 110 -> 227 << 10;
                default -> 99 << 10;
            };
        }

        /** True where kernels may use tensor cores in TF32 and BF16. */
        boolean tensorCores() {
            return backend == Backend.CUDA && capability >= 80;
        }

        /** True where kernels may use what Hopper has and no later GPU: products of warpgroups. */
        boolean warpgroups() {
            return backend == Backend.CUDA && capability == 90;
        }
    }

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

    /** Memory of this machine that copies to and from the device are fast with, in its byte order. */
    ByteBuffer host(int bytes);

    /** Gives back what {@link #host} gave; no copy of it may be under way. */
    void release(ByteBuffer host);

    /**
     * Submits a copy from host memory, which must keep those bytes until the copy is done.
     *
     * @param place first byte in {@code to}
     * @param at first byte in {@code from}
     */
    void upload(Memory to, long place, ByteBuffer from, int at, int bytes);

    /**
     * Waits for all submitted work, then copies to the start of host memory.
     *
     * @param place first byte in {@code from}
     */
    void download(Memory from, long place, ByteBuffer to, int bytes);

    /** The compiled form that came with this jar, for {@link #load}, or null. */
    byte @Nullable [] shipped(String source, List<String> options);

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

    /** What a kernel takes of the device. */
    default KernelResources resources(Function function) {
        return KernelResources.UNKNOWN;
    }

    /** Submits a kernel call. */
    void launch(Launch launch);

    /**
     * Keeps kernel calls with their arguments as they are now, to be submitted together again and again. Nothing else is
     * submitted meanwhile.
     */
    Recorded record(List<Launch> launches);

    /** Submits all calls of a recording. */
    void run(Recorded recorded);

    /** Lets submitted work begin. */
    void flush();

    /** Waits for all submitted work. */
    void synchronize();

    void release(Recorded recorded);

    void release(Function function);

    void release(Program program);

    /** Ends the use of this driver: memory, programs and kernels may still be given back, all else throws. */
    @Override
    void close();
}
