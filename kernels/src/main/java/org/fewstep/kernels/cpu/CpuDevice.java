package org.fewstep.kernels.cpu;

import java.util.List;
import org.fewstep.kernels.Arena;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Replay;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/**
 * The CPU as a device: buffers are pooled Java arrays, workloads run at once on the calling thread and a fixed set of
 * helpers.
 *
 * <p>System properties of the shared device: {@code fewstep.cpu} = vector (default where the JVM has its module),
 * loops (default elsewhere) or ejml; {@code fewstep.threads}, default the processors present; {@code fewstep.pool}, most bytes kept for reuse, default a quarter of the heap;
 * {@code fewstep.poison=true} fills blocks with NaN while nobody owns them.
 */
public final class CpuDevice extends Device {
    private static final String INSTEAD_OF_WRITE =
            "write fixed inputs and stage slots before a replay, or use Device.constant for numbers that never change";
    private static final String INSTEAD_OF_READ = "keep the buffer and read it after the recording and after replays";

    private static @Nullable CpuDevice shared;

    private final Provider provider;
    private final Threads threads;
    private final BlockPool pool;
    private final boolean poison;
    private final KernelTable f32;
    private final KernelTable f64;
    private final KernelTable i32;
    private final boolean lastsForever;
    private volatile boolean closed;
    private boolean warm;

    /**
     * Makes a device of its own, with a pool and threads of its own; close it when done.
     *
     * @param threads number of threads, the caller's included, at least 1
     */
    public CpuDevice(Provider provider, int threads) {
        this(provider, new Threads(threads), poolCap(), Boolean.getBoolean("fewstep.poison"), BlockPool::heap, false);
    }

    CpuDevice(
            Provider provider,
            Threads threads,
            long poolCap,
            boolean poison,
            BlockPool.Maker maker,
            boolean lastsForever) {
        this.provider = provider;
        this.threads = threads;
        this.poison = poison;
        this.pool = new BlockPool(maker, poolCap, live().pooledBytes(), poison);
        this.f32 = KernelTable.f32(provider);
        this.f64 = KernelTable.f64();
        this.i32 = KernelTable.i32();
        this.lastsForever = lastsForever;
    }

    /**
     * The process' CPU device, made at the first call from the system properties.
     *
     * @throws DeviceException when a property has no legal value
     */
    public static synchronized CpuDevice shared() {
        CpuDevice device = shared;
        if (device == null) {
            device = new CpuDevice(
                    chosen(),
                    new Threads(
                            (int) number("fewstep.threads", Runtime.getRuntime().availableProcessors(), 1, 4096)),
                    poolCap(),
                    Boolean.getBoolean("fewstep.poison"),
                    BlockPool::heap,
                    true);
            shared = device;
        }
        return device;
    }

    private static Provider chosen() {
        String name = System.getProperty("fewstep.cpu");
        return name == null ? Provider.best() : Provider.of(name);
    }

    private static long poolCap() {
        return number("fewstep.pool", Runtime.getRuntime().maxMemory() / 4, 0, Long.MAX_VALUE);
    }

    private static long number(String property, long otherwise, long least, long most) {
        String text = System.getProperty(property);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new DeviceException(
                    property + ": got \"" + text + "\"; expected a whole number of at least " + least, e);
        }
        throw new DeviceException(property + ": got " + text + "; expected " + least + " to " + most);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String fingerprint() {
        return "cpu/" + provider.fingerprint();
    }

    /** Who computes F32. */
    public Provider provider() {
        return provider;
    }

    /** Number of threads, the caller's included. */
    public int threads() {
        return threads.count();
    }

    @Override
    protected Buffer take(DType dtype, int size) {
        requireOpen("allocate");
        Object block = pool.take(dtype, size);
        live().buffers().incrementAndGet();
        live().bytes().addAndGet(BlockPool.bytesOf(dtype, size));
        return new CpuBuffer(this, dtype, size, block, true, null);
    }

    /** A buffer on the caller's own array; see {@link EjmlBridge}. */
    Buffer wrap(DType dtype, int size, Object array, int length) {
        requireOpen("wrap");
        if (size > length) {
            throw new IllegalArgumentException(
                    "wrap: got " + size + " elements in an array of " + length + "; expected at most its length");
        }
        live().buffers().incrementAndGet();
        live().bytes().addAndGet((long) size * dtype.bytes());
        return new CpuBuffer(this, dtype, size, array, false, null);
    }

    @Override
    protected void giveBack(Buffer buffer) {
        CpuBuffer mine = (CpuBuffer) buffer;
        Object block = mine.surrender();
        live().buffers().decrementAndGet();
        CpuArena arena = mine.arena();
        if (arena != null) {
            arena.giveBack(mine, block);
        } else if (mine.pooled()) {
            live().bytes().addAndGet(-BlockPool.bytesOf(mine.dtype(), mine.size()));
            if (!closed) {
                pool.giveBack(mine.dtype(), mine.size(), block);
            }
        } else {
            live().bytes().addAndGet(-(long) mine.size() * mine.dtype().bytes());
        }
    }

    @Override
    protected Arena arena() {
        requireOpen("record");
        return new CpuArena(this, pool, poison);
    }

    @Override
    protected Replay prepare(List<Workload> work) {
        Prepared[] prepared = new Prepared[work.size()];
        long products = 0;
        for (int i = 0; i < prepared.length; i++) {
            prepared[i] = table(work.get(i)).prepare(work.get(i), threads);
            products += work.get(i).productFlops();
        }
        long matMulFlops = products;
        return () -> {
            requireOpen("replay");
            for (Prepared one : prepared) {
                one.run();
            }
            live().matMulFlops().addAndGet(matMulFlops);
        };
    }

    @Override
    protected void execute(Workload work) {
        requireOpen(work.label());
        if (work.device() != this) {
            throw new IllegalArgumentException(
                    work.label() + ": got buffers of " + work.device().name()
                            + " (another device); expected buffers of this one; run it on the device that made them");
        }
        for (int i = 0; i < work.reads().size(); i++) {
            work.reads().get(i).requireLive(work.label());
        }
        for (int i = 0; i < work.writes().size(); i++) {
            work.writes().get(i).requireLive(work.label());
        }
        table(work).prepare(work, threads).run();
        live().matMulFlops().addAndGet(work.productFlops());
    }

    private KernelTable table(Workload work) {
        return switch (work.dtype()) {
            case F32 -> f32;
            case F64 -> f64;
            case I32 -> i32;
        };
    }

    @Override
    public void write(Buffer buffer, float[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        check("write", buffer, from.length, at, count);
        switch (buffer.dtype()) {
            case F32 -> System.arraycopy(from, at, CpuBuffer.f32(buffer), 0, count);
            case F64 -> {
                double[] to = CpuBuffer.f64(buffer);
                for (int i = 0; i < count; i++) {
                    to[i] = from[at + i];
                }
            }
            case I32 -> throw mismatch("write", buffer, "float[]");
        }
    }

    @Override
    public void write(Buffer buffer, double[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        put(buffer, from, at, count);
    }

    @Override
    protected void put(Buffer buffer, double[] from, int at, int count) {
        check("write", buffer, from.length, at, count);
        switch (buffer.dtype()) {
            case F32 -> {
                float[] to = CpuBuffer.f32(buffer);
                for (int i = 0; i < count; i++) {
                    to[i] = (float) from[at + i];
                }
            }
            case F64 -> System.arraycopy(from, at, CpuBuffer.f64(buffer), 0, count);
            case I32 -> throw mismatch("write", buffer, "double[]");
        }
    }

    @Override
    public void write(Buffer buffer, int[] from, int at, int count) {
        refuseInRecording("write", INSTEAD_OF_WRITE);
        put(buffer, from, at, count);
    }

    @Override
    protected void put(Buffer buffer, int[] from, int at, int count) {
        check("write", buffer, from.length, at, count);
        if (buffer.dtype() != DType.I32) {
            throw mismatch("write", buffer, "int[]");
        }
        System.arraycopy(from, at, CpuBuffer.i32(buffer), 0, count);
    }

    @Override
    public void read(Buffer buffer, float[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, to.length, at, count);
        switch (buffer.dtype()) {
            case F32 -> System.arraycopy(CpuBuffer.f32(buffer), 0, to, at, count);
            case F64 -> {
                double[] from = CpuBuffer.f64(buffer);
                for (int i = 0; i < count; i++) {
                    to[at + i] = (float) from[i];
                }
            }
            case I32 -> throw mismatch("read", buffer, "float[]");
        }
    }

    @Override
    public void read(Buffer buffer, double[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, to.length, at, count);
        switch (buffer.dtype()) {
            case F32 -> {
                float[] from = CpuBuffer.f32(buffer);
                for (int i = 0; i < count; i++) {
                    to[at + i] = from[i];
                }
            }
            case F64 -> System.arraycopy(CpuBuffer.f64(buffer), 0, to, at, count);
            case I32 -> throw mismatch("read", buffer, "double[]");
        }
    }

    @Override
    public void read(Buffer buffer, int[] to, int at, int count) {
        refuseInRecording("read", INSTEAD_OF_READ);
        check("read", buffer, to.length, at, count);
        if (buffer.dtype() != DType.I32) {
            throw mismatch("read", buffer, "int[]");
        }
        System.arraycopy(CpuBuffer.i32(buffer), 0, to, at, count);
    }

    private void check(String what, Buffer buffer, int length, int at, int count) {
        requireOpen(what);
        if (buffer.device() != this) {
            throw new IllegalArgumentException(what + ": got a buffer of another device, "
                    + buffer.device().name() + "; expected one of this device");
        }
        buffer.requireLive(what);
        if (count < 0 || count > buffer.size() || at < 0 || at > length - count) {
            throw new IllegalArgumentException(what + ": got " + count + " elements at " + at + " of an array of "
                    + length + " for a buffer of " + buffer.size() + "; expected a range inside both");
        }
    }

    private static IllegalArgumentException mismatch(String what, Buffer buffer, String array) {
        return new IllegalArgumentException(what + ": got " + array + " for a buffer of " + buffer.dtype()
                + "; expected " + (buffer.dtype() == DType.I32 ? "int[]" : "float[] or double[]"));
    }

    @Override
    public void trim() {
        pool.trim();
    }

    /** Returns at once: {@link #run} has finished the work when it returns. */
    @Override
    public void synchronize() {
        requireOpen("synchronize");
    }

    @Override
    public synchronized void warmUp() {
        requireOpen("warm-up");
        refuseInRecording("warm-up", "warm up before");
        if (!warm) {
            WarmUp.run(this);
            warm = true;
        }
    }

    /**
     * Ends the threads and empties the pool; buffers may still be released, nothing else works any more. The shared
     * device lasts as long as the process: closing it only empties its pool.
     */
    @Override
    public void close() {
        if (!lastsForever) {
            closed = true;
            threads.close();
        }
        pool.trim();
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(what + ": got a closed device cpu; expected an open one");
        }
    }
}
