package org.fewstep.kernels;

/**
 * A place where buffers live and workloads run: the CPU, an OpenCL device or a CUDA device.
 *
 * <p>Work is submitted in order and may run asynchronously; {@code read} waits for it. A device may be used from many
 * threads; each thread has scopes of its own.
 */
public abstract class Device implements AutoCloseable {
    private final LiveHandles live = new LiveHandles();

    /** Name as given to {@link Devices#require}: {@code cpu}, {@code opencl:0}, {@code cuda:0}. */
    public abstract String name();

    /**
     * What results may depend on beside seed, dtype and version: provider and vector species on the CPU, kind and
     * driver on a GPU. Written into checkpoints.
     */
    public abstract String fingerprint();

    /** Counters of live handles. */
    public final LiveHandles live() {
        return live;
    }

    /** Opens a scope on this thread; allocations go to the innermost one. */
    public final Scope scope() {
        return Scope.open(this);
    }

    /** True when this thread has a scope open on this device. */
    public final boolean inScope() {
        return Scope.innermost(this) != null;
    }

    /**
     * Allocates a buffer with undefined content in this thread's innermost scope.
     *
     * @param size number of elements, at least 0
     * @throws IllegalStateException when no scope is open
     * @throws DeviceOutOfMemory when the device has no room
     */
    public final Buffer allocate(DType dtype, int size) {
        Scope scope = Scope.innermost(this);
        if (scope == null) {
            throw new IllegalStateException("allocate: got no open scope on " + name()
                    + " in thread " + Thread.currentThread().getName()
                    + "; expected one; wrap the work in try (Scope s = device.scope())");
        }
        Buffer buffer = own(dtype, size);
        scope.adopt(buffer);
        return buffer;
    }

    /**
     * Allocates a buffer that no scope holds; the caller drops its hold with {@link Buffer#release}. For parameters,
     * optimizer state and slots.
     */
    public final Buffer own(DType dtype, int size) {
        if (size < 0) {
            throw new IllegalArgumentException("allocate: got " + size + " elements; expected at least 0");
        }
        return take(dtype, size);
    }

    /** Takes a block from the pool, or makes one, and counts it. */
    protected abstract Buffer take(DType dtype, int size);

    /** Takes a block back whose last hold is gone, and counts it. */
    protected abstract void giveBack(Buffer buffer);

    /** Submits a workload. Its buffers must be live and of this device. */
    public abstract void run(Workload workload);

    /**
     * Copies host numbers to the start of a buffer.
     *
     * @param count number of elements, at most the buffer's size
     */
    public abstract void write(Buffer buffer, float[] from, int at, int count);

    /** As {@link #write(Buffer, float[], int, int)}; an F32 buffer receives each number rounded once. */
    public abstract void write(Buffer buffer, double[] from, int at, int count);

    /** As {@link #write(Buffer, float[], int, int)} for an I32 buffer. */
    public abstract void write(Buffer buffer, int[] from, int at, int count);

    /** Waits for earlier work, then copies the first {@code count} elements to the host. */
    public abstract void read(Buffer buffer, float[] to, int at, int count);

    /** As {@link #read(Buffer, float[], int, int)}; F32 elements are widened. */
    public abstract void read(Buffer buffer, double[] to, int at, int count);

    /** As {@link #read(Buffer, float[], int, int)} for an I32 buffer. */
    public abstract void read(Buffer buffer, int[] to, int at, int count);

    /** Gives the pool's unused blocks back to the system. */
    public abstract void trim();

    /** Waits for all submitted work. */
    public abstract void synchronize();

    /** Blocks until the kernels run at full speed (compiled, loaded); a second call returns at once. */
    public abstract void warmUp();

    @Override
    public abstract void close();
}
