package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * Starts noting what this thread runs here, for a {@link Plan}.
     *
     * @throws IllegalStateException inside another recording of this thread
     */
    public final Recording record() {
        return Recording.open(this);
    }

    /**
     * Allocates a buffer with undefined content in this thread's innermost scope.
     *
     * @param size number of elements, at least 0
     * @throws IllegalStateException when no scope is open
     * @throws DeviceOutOfMemory when the device has no room
     */
    public final Buffer allocate(DType dtype, int size) {
        Scope scope = requireScope();
        requireSize(size);
        Arena arena = recordingArena();
        Buffer buffer = arena == null ? take(dtype, size) : arena.take(dtype, size);
        scope.adopt(buffer);
        return buffer;
    }

    private Buffer allocateConstant(DType dtype, int size) {
        Scope scope = requireScope();
        Arena arena = recordingArena();
        Buffer buffer = arena == null ? take(dtype, size) : arena.takeConstant(dtype, size);
        scope.adopt(buffer);
        return buffer;
    }

    /**
     * A buffer of given numbers in the innermost scope, not to be written again. Inside a recording, replays see the
     * same numbers: so only numbers that never change belong here (tables, filter taps).
     *
     * @param dtype F32 or F64
     * @throws IllegalStateException when no scope is open
     */
    public final Buffer constant(DType dtype, double[] values) {
        Buffer buffer = allocateConstant(dtype, values.length);
        put(buffer, values, 0, values.length);
        return buffer;
    }

    /** As {@link #constant(DType, double[])} for I32. */
    public final Buffer constant(int[] values) {
        Buffer buffer = allocateConstant(DType.I32, values.length);
        put(buffer, values, 0, values.length);
        return buffer;
    }

    private Scope requireScope() {
        Scope scope = Scope.innermost(this);
        if (scope == null) {
            throw new IllegalStateException("allocate: got no open scope on " + name()
                    + " in thread " + Thread.currentThread().getName()
                    + "; expected one; wrap the work in try (Scope s = device.scope())");
        }
        return scope;
    }

    private @Nullable Arena recordingArena() {
        Recording recording = ScopeStack.mine().recording();
        return recording != null && recording.device() == this ? recording.arena() : null;
    }

    private static void requireSize(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("allocate: got " + size + " elements; expected at least 0");
        }
    }

    /** Throws inside a recording of this thread, where {@code what} could not be replayed. */
    protected final void refuseInRecording(String what, String instead) {
        if (Recording.isOpen(this)) {
            throw new IllegalStateException(what + ": got a call inside a recording on " + name()
                    + "; expected workloads only, since a replay cannot repeat it; " + instead);
        }
    }

    /**
     * Allocates a buffer that no scope holds; the caller drops its hold with {@link Buffer#release}. For parameters,
     * optimizer state and slots.
     *
     * @throws IllegalStateException inside a recording
     */
    public final Buffer own(DType dtype, int size) {
        requireSize(size);
        refuseInRecording("own", "make buffers that outlive it before, or allocate in a scope and keep");
        return take(dtype, size);
    }

    /** Takes a block from the pool, or makes one, and counts it. */
    protected abstract Buffer take(DType dtype, int size);

    /** Takes a block back whose last hold is gone, and counts it. */
    protected abstract void giveBack(Buffer buffer);

    /** Blocks for one recording. */
    protected abstract Arena arena();

    /** What runs noted workloads again; {@code arena} is theirs, and still open. */
    protected abstract Replay prepare(List<Workload> work, Arena arena);

    /** Submits a workload, and notes it in a recording. Its buffers must be live and of this device. */
    public final void run(Workload workload) {
        execute(workload);
        Recording recording = ScopeStack.mine().recording();
        if (recording != null && recording.device() == this) {
            recording.note(workload);
        }
    }

    /** Submits a workload. */
    protected abstract void execute(Workload workload);

    /** As {@link #write(Buffer, double[], int, int)}, inside a recording too. */
    protected abstract void put(Buffer buffer, double[] from, int at, int count);

    /** As {@link #write(Buffer, int[], int, int)}, inside a recording too. */
    protected abstract void put(Buffer buffer, int[] from, int at, int count);

    /**
     * Copies host numbers to the start of a buffer.
     *
     * @param count number of elements, at most the buffer's size
     * @throws IllegalStateException inside a recording
     */
    public abstract void write(Buffer buffer, float[] from, int at, int count);

    /** As {@link #write(Buffer, float[], int, int)}; an F32 buffer receives each number rounded once. */
    public abstract void write(Buffer buffer, double[] from, int at, int count);

    /** As {@link #write(Buffer, float[], int, int)} for an I32 buffer. */
    public abstract void write(Buffer buffer, int[] from, int at, int count);

    /**
     * Waits for earlier work, then copies the first {@code count} elements to the host.
     *
     * @throws IllegalStateException inside a recording
     */
    public abstract void read(Buffer buffer, float[] to, int at, int count);

    /** As {@link #read(Buffer, float[], int, int)}; F32 elements are widened. */
    public abstract void read(Buffer buffer, double[] to, int at, int count);

    /** As {@link #read(Buffer, float[], int, int)} for an I32 buffer. */
    public abstract void read(Buffer buffer, int[] to, int at, int count);

    /** Gives the pool's unused blocks back to the system. */
    public abstract void trim();

    /** Waits for all submitted work. */
    public abstract void synchronize();

    /**
     * Blocks until the kernels run at full speed (compiled, loaded); a second call returns at once.
     *
     * @throws IllegalStateException inside a recording
     */
    public abstract void warmUp();

    @Override
    public abstract void close();
}
