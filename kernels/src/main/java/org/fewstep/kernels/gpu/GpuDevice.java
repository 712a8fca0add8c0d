package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Arena;
import org.fewstep.kernels.BlockPool;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.PooledArena;
import org.fewstep.kernels.PooledBuffer;
import org.fewstep.kernels.PooledDevice;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Replay;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/**
 * A GPU as a device: all that OpenCL and CUDA have in common.
 *
 * <p>Work is submitted to one queue in order and runs while the caller goes on; only reads wait. So a block may return to
 * the pool as soon as the last work on it is submitted. Writes pass through a staging buffer, which is waited for when it is
 * full. Submissions of several threads are serialised.
 */
public final class GpuDevice extends PooledDevice {
    private static final int STAGING = 1 << 22;

    private static final int POISON = 0x7FF87FF8;

    private final Driver driver;
    private final Programs programs;
    private final Choices choices;
    private final Precision precision;
    private final String kind;
    private final ByteBuffer staging;
    private final ByteBuffer landing;
    private int staged;

    /**
     * Takes over an open driver.
     *
     * @param programs its kernels
     * @param choices which versions of them run
     */
    GpuDevice(String name, Driver driver, Programs programs, Choices choices, long poolCap, boolean poison) {
        this(name, driver, programs, choices, Precision.F32, poolCap, poison);
    }

    /**
     * As above.
     *
     * @param precision how exactly F32 products must be computed
     */
    GpuDevice(
            String name,
            Driver driver,
            Programs programs,
            Choices choices,
            Precision precision,
            long poolCap,
            boolean poison) {
        this(name, driver, programs, choices, precision, poolCap, poison, new Blocks(driver));
        requirePrecision(name, driver.facts(), precision);
    }

    private GpuDevice(
            String name,
            Driver driver,
            Programs programs,
            Choices choices,
            Precision precision,
            long poolCap,
            boolean poison,
            Blocks blocks) {
        super(name, blocks, "expected free device memory; use a smaller batch", poolCap, poison);
        this.driver = driver;
        this.programs = programs;
        this.choices = choices;
        this.precision = precision;
        this.kind = name.substring(0, Math.max(0, name.indexOf(':')));
        this.staging = driver.host(STAGING);
        this.landing = driver.host(STAGING);
        blocks.device = this;
        programs.countIn(live());
    }

    /** Device memory by the driver; poisoned by a kernel. */
    private static final class Blocks implements BlockPool.Maker {
        private final Driver driver;
        private @Nullable GpuDevice device;

        Blocks(Driver driver) {
            this.driver = driver;
        }

        @Override
        public Object make(DType dtype, int length) {
            Driver.Memory memory;
            synchronized (driver) {
                memory = driver.allocate((long) length * dtype.bytes());
            }
            count(1);
            return memory;
        }

        @Override
        public void drop(Object block) {
            count(-1);
            synchronized (driver) {
                driver.free((Driver.Memory) block);
            }
        }

        private void count(int more) {
            if (device != null) {
                device.live().blocks().addAndGet(more);
            }
        }

        @Override
        public void poison(DType dtype, Object block) {
            GpuDevice open = device;
            if (open != null && block instanceof Driver.Memory memory) {
                open.poison(memory);
            }
        }
    }

    /** Fills a block with words that are NaN in F32 and F64, and no index. */
    private void poison(Driver.Memory memory) {
        Launches launches = new Launches(programs, driver.facts(), choices, precision, GpuDevice::none);
        int n = (int) (memory.bytes() / 4);
        launches.add("elementwise.cl", DType.I32, "fill_flat")
                .over(n, launches.many())
                .ints(n, POISON, 0)
                .memory(memory)
                .memory(memory)
                .memory(memory)
                .memory(memory);
        submit(launches.list());
    }

    private static Driver.Memory none(DType dtype, int size) {
        throw new IllegalStateException("room: got a wish for " + size + " numbers of " + dtype + "; expected none");
    }

    @Override
    public String fingerprint() {
        Driver.Facts facts = driver.facts();
        return kind + "/" + facts.name() + "/" + facts.version() + choices.fingerprint()
                + (precision == Precision.F32 ? "" : "/" + precision.label());
    }

    /**
     * Checks what a device can do.
     *
     * @throws DeviceException when it computes in F32 alone
     */
    static void requirePrecision(String name, Driver.Facts facts, Precision precision) {
        if (precision != Precision.F32 && !facts.tensorCores()) {
            throw precision.refusal(name + " (" + facts.name() + ")");
        }
    }

    /** How exactly it computes F32 products. */
    public Precision precision() {
        return precision;
    }

    /** False where the device computes in F32 alone. */
    public boolean computesF64() {
        return driver.facts().f64();
    }

    @Override
    protected PooledBuffer buffer(DType dtype, int size, Object block, boolean pooled, @Nullable PooledArena arena) {
        return new GpuBuffer(this, dtype, size, (Driver.Memory) block, pooled, arena);
    }

    @Override
    protected void execute(Workload work) {
        requireMine(work);
        List<Buffer> temporary = new ArrayList<>(0);
        try {
            Launches launches = new Launches(programs, driver.facts(), choices, precision, (dtype, size) -> {
                Buffer buffer = take(dtype, size);
                temporary.add(buffer);
                return ((GpuBuffer) buffer).memory();
            });
            plan(work, launches);
            submit(launches.list());
        } finally {
            temporary.forEach(Buffer::release);
        }
        live().matMulFlops().addAndGet(work.productFlops());
    }

    private void submit(List<Launch> launches) {
        synchronized (driver) {
            for (int i = 0; i < launches.size(); i++) {
                driver.launch(launches.get(i));
            }
            driver.flush();
        }
    }

    private void plan(Workload work, Launches to) {
        if (work.dtype() == DType.F64 && !driver.facts().f64()) {
            throw new DeviceException(work.label() + ": got F64 on " + name() + " ("
                    + driver.facts().name() + "); expected F32, the one type that this device computes in");
        }
        GpuKernels.plan(work, to);
    }

    @Override
    protected Replay prepare(List<Workload> work, Arena arena) {
        // What one workload's kernels share among themselves is free for the next one, and for no buffer of the plan.
        List<Buffer> rooms = new ArrayList<>();
        int[] used = new int[1];
        Launches launches = new Launches(programs, driver.facts(), choices, precision, (dtype, size) -> {
            for (int i = used[0]; i < rooms.size(); i++) {
                Buffer room = rooms.get(i);
                if (room.dtype() == dtype && room.size() >= size) {
                    rooms.set(i, rooms.get(used[0]));
                    rooms.set(used[0]++, room);
                    return ((GpuBuffer) room).memory();
                }
            }
            Buffer room = arena.takeConstant(dtype, size);
            rooms.add(used[0]++, room);
            return ((GpuBuffer) room).memory();
        });
        long products = 0;
        Driver.Recorded recorded;
        try {
            for (Workload one : work) {
                used[0] = 0;
                plan(one, launches);
                products += one.productFlops();
            }
            synchronized (driver) {
                recorded = driver.record(launches.list());
            }
        } catch (RuntimeException e) {
            rooms.forEach(Buffer::release);
            throw e;
        }
        return new LaunchReplay(recorded, rooms, products);
    }

    /** The launches of a plan, with all their arguments, as the driver keeps them. */
    private final class LaunchReplay implements Replay {
        private final Driver.Recorded recorded;
        private final List<Buffer> rooms;
        private final long products;

        LaunchReplay(Driver.Recorded recorded, List<Buffer> rooms, long products) {
            this.recorded = recorded;
            this.rooms = rooms;
            this.products = products;
        }

        @Override
        public void run() {
            requireOpen("replay");
            synchronized (driver) {
                driver.run(recorded);
                driver.flush();
            }
            live().matMulFlops().addAndGet(products);
        }

        @Override
        public void close() {
            synchronized (driver) {
                if (isOpen()) {
                    driver.release(recorded);
                }
            }
            rooms.forEach(Buffer::release);
        }
    }

    /** Puts numbers into the staging buffer. */
    @FunctionalInterface
    private interface Putter {
        void put(ByteBuffer to, int at, int first, int count);
    }

    private static ByteBuffer at(ByteBuffer buffer, int place) {
        return buffer.duplicate().position(place).slice().order(ByteOrder.nativeOrder());
    }

    private void stage(Buffer buffer, int count, Putter putter) {
        int bytes = buffer.dtype().bytes();
        int most = STAGING / bytes;
        synchronized (driver) {
            for (int first = 0; first < count; first += most) {
                int some = Math.min(most, count - first);
                if (staged + some * bytes > STAGING) {
                    driver.synchronize();
                    staged = 0;
                }
                putter.put(staging, staged, first, some);
                driver.upload(((GpuBuffer) buffer).memory(), (long) first * bytes, staging, staged, some * bytes);
                staged += some * bytes + 15 & -16;
            }
            driver.flush();
        }
    }

    @Override
    protected void put(Buffer buffer, float[] from, int at, int count) {
        if (buffer.dtype() == DType.F32) {
            stage(
                    buffer,
                    count,
                    (to, place, first, some) -> at(to, place).asFloatBuffer().put(from, at + first, some));
        } else {
            stage(buffer, count, (to, place, first, some) -> {
                for (int i = 0; i < some; i++) {
                    to.putDouble(place + 8 * i, from[at + first + i]);
                }
            });
        }
    }

    @Override
    protected void put(Buffer buffer, double[] from, int at, int count) {
        if (buffer.dtype() == DType.F64) {
            stage(
                    buffer,
                    count,
                    (to, place, first, some) -> at(to, place).asDoubleBuffer().put(from, at + first, some));
        } else {
            stage(buffer, count, (to, place, first, some) -> {
                for (int i = 0; i < some; i++) {
                    to.putFloat(place + 4 * i, (float) from[at + first + i]);
                }
            });
        }
    }

    @Override
    protected void put(Buffer buffer, int[] from, int at, int count) {
        stage(
                buffer,
                count,
                (to, place, first, some) -> at(to, place).asIntBuffer().put(from, at + first, some));
    }

    /** Takes numbers from the landing buffer. */
    @FunctionalInterface
    private interface Taker {
        void take(ByteBuffer from, int first, int count);
    }

    private void land(Buffer buffer, int count, Taker taker) {
        int bytes = buffer.dtype().bytes();
        int most = STAGING / bytes;
        synchronized (driver) {
            for (int first = 0; first < count; first += most) {
                int some = Math.min(most, count - first);
                driver.download(((GpuBuffer) buffer).memory(), (long) first * bytes, landing, some * bytes);
                // A read waits for all that was submitted, uploads included.
                staged = 0;
                taker.take(landing, first, some);
            }
        }
    }

    @Override
    protected void fetch(Buffer buffer, float[] to, int at, int count) {
        if (buffer.dtype() == DType.F32) {
            land(buffer, count, (from, first, some) -> from.asFloatBuffer().get(to, at + first, some));
        } else {
            land(buffer, count, (from, first, some) -> {
                for (int i = 0; i < some; i++) {
                    to[at + first + i] = (float) from.getDouble(8 * i);
                }
            });
        }
    }

    @Override
    protected void fetch(Buffer buffer, double[] to, int at, int count) {
        if (buffer.dtype() == DType.F64) {
            land(buffer, count, (from, first, some) -> from.asDoubleBuffer().get(to, at + first, some));
        } else {
            land(buffer, count, (from, first, some) -> {
                for (int i = 0; i < some; i++) {
                    to[at + first + i] = from.getFloat(4 * i);
                }
            });
        }
    }

    @Override
    protected void fetch(Buffer buffer, int[] to, int at, int count) {
        land(buffer, count, (from, first, some) -> from.asIntBuffer().get(to, at + first, some));
    }

    @Override
    public void synchronize() {
        requireOpen("synchronize");
        synchronized (driver) {
            driver.synchronize();
            staged = 0;
        }
    }

    /** Returns at once: a kernel is compiled at its first use and kept on disk. */
    @Override
    public void warmUp() {
        requireOpen("warm-up");
        refuseInRecording("warm-up", "warm up before");
    }

    /** One of the things that closing a device does, whether or not those before it succeeded. */
    @FunctionalInterface
    private interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for all work and ends the use of the device; buffers may still be released, nothing else works any more. A second
     * call does nothing.
     */
    @Override
    public void close() {
        if (!isOpen()) {
            return;
        }
        // The pool has a lock of its own, which may be held while the driver's is waited for, never the other way
        // round.
        try (Ending last = () -> locked(driver::close);
                Ending pool = this::end;
                Ending kernels = () -> locked(programs::close);
                Ending sending = () -> locked(() -> driver.release(staging));
                Ending receiving = () -> locked(() -> driver.release(landing))) {
            locked(driver::synchronize);
        }
    }

    private void locked(Runnable call) {
        synchronized (driver) {
            call.run();
        }
    }
}
