package org.fewstep.kernels.cpu;

import java.util.List;
import org.fewstep.kernels.Arena;
import org.fewstep.kernels.BlockPool;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.PooledArena;
import org.fewstep.kernels.PooledBuffer;
import org.fewstep.kernels.PooledDevice;
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
public final class CpuDevice extends PooledDevice {
    private static @Nullable CpuDevice shared;

    private final Provider provider;
    private final Threads threads;
    private final KernelTable f32;
    private final KernelTable f64;
    private final KernelTable i32;
    private final boolean lastsForever;
    private boolean warm;

    /**
     * Makes a device of its own, with a pool and threads of its own; close it when done.
     *
     * @param threads number of threads, the caller's included, at least 1
     */
    public CpuDevice(Provider provider, int threads) {
        this(provider, new Threads(threads), poolCap(), Boolean.getBoolean("fewstep.poison"), HeapBlocks.MAKER, false);
    }

    CpuDevice(
            Provider provider,
            Threads threads,
            long poolCap,
            boolean poison,
            BlockPool.Maker maker,
            boolean lastsForever) {
        super("cpu", maker, "expected free heap; use a smaller batch or a larger -Xmx", poolCap, poison);
        this.provider = provider;
        this.threads = threads;
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
                    HeapBlocks.MAKER,
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

    /** For kernels of this package that run workloads of their own. */
    @Override
    protected Buffer take(DType dtype, int size) {
        return super.take(dtype, size);
    }

    @Override
    protected PooledBuffer buffer(DType dtype, int size, Object block, boolean pooled, @Nullable PooledArena arena) {
        return new CpuBuffer(this, dtype, size, block, pooled, arena);
    }

    /** A buffer on the caller's own array; see {@link EjmlBridge}. */
    Buffer wrap(DType dtype, int size, Object array, int length) {
        return wrapped(dtype, size, array, length);
    }

    @Override
    protected Replay prepare(List<Workload> work, Arena arena) {
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
        requireMine(work);
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
    protected void put(Buffer buffer, float[] from, int at, int count) {
        if (buffer.dtype() == DType.F32) {
            System.arraycopy(from, at, CpuBuffer.f32(buffer), 0, count);
            return;
        }
        double[] to = CpuBuffer.f64(buffer);
        for (int i = 0; i < count; i++) {
            to[i] = from[at + i];
        }
    }

    @Override
    protected void put(Buffer buffer, double[] from, int at, int count) {
        if (buffer.dtype() == DType.F64) {
            System.arraycopy(from, at, CpuBuffer.f64(buffer), 0, count);
            return;
        }
        float[] to = CpuBuffer.f32(buffer);
        for (int i = 0; i < count; i++) {
            to[i] = (float) from[at + i];
        }
    }

    @Override
    protected void put(Buffer buffer, int[] from, int at, int count) {
        System.arraycopy(from, at, CpuBuffer.i32(buffer), 0, count);
    }

    @Override
    protected void fetch(Buffer buffer, float[] to, int at, int count) {
        if (buffer.dtype() == DType.F32) {
            System.arraycopy(CpuBuffer.f32(buffer), 0, to, at, count);
            return;
        }
        double[] from = CpuBuffer.f64(buffer);
        for (int i = 0; i < count; i++) {
            to[at + i] = (float) from[i];
        }
    }

    @Override
    protected void fetch(Buffer buffer, double[] to, int at, int count) {
        if (buffer.dtype() == DType.F64) {
            System.arraycopy(CpuBuffer.f64(buffer), 0, to, at, count);
            return;
        }
        float[] from = CpuBuffer.f32(buffer);
        for (int i = 0; i < count; i++) {
            to[at + i] = from[i];
        }
    }

    @Override
    protected void fetch(Buffer buffer, int[] to, int at, int count) {
        System.arraycopy(CpuBuffer.i32(buffer), 0, to, at, count);
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
        if (lastsForever) {
            trim();
        } else {
            end();
            threads.close();
        }
    }
}
