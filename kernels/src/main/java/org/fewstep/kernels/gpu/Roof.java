package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;

/**
 * What a device was measured to do at most.
 *
 * @param bytes moved by a copy in a second, read and written ones
 * @param flops of fused multiply-adds on registers in a second, without tensor cores
 */
public record Roof(double bytes, double flops) {
    private static final String FILE = "roof.cl";

    /** As in the file. */
    private static final int CHAINS = 12;

    private static final int TURNS = 1 << 15;
    private static final int TASKS_A_UNIT = 8;

    /** Far more than caches hold, and less than any device has: on a processor, and on a GPU, where it takes no time. */
    private static final long COPIED_BY_PROCESSOR = 1L << 27;

    private static final long COPIED = 1L << 28;

    /** Measures both on a device that has nothing else to do. */
    static Roof measure(GpuDevice device, Driver driver, Programs programs, DType dtype, double seconds) {
        boolean wide = driver.facts().cpu();
        String define = "WIDE=" + (wide ? 1 : 0);
        int lanes = wide ? 16 : 1;
        long bytes =
                Math.min(wide ? COPIED_BY_PROCESSOR : COPIED, driver.facts().bytes() / 8);
        int vector = wide ? 16 : 16 / dtype.bytes();
        int vectors = (int) (bytes / 2 / dtype.bytes() / vector);
        int size = vectors * vector;
        int threads = wide ? 1 : 256;
        int groups = wide
                ? TASKS_A_UNIT * driver.facts().units()
                : 32 * driver.facts().units();
        Buffer in = device.own(dtype, size);
        Buffer out = device.own(dtype, Math.max(size, groups * threads));
        try {
            Launch copy = new Launch(programs.function(FILE, dtype, "roof_copy", define))
                    .over(vectors, wide ? 64 : 256)
                    .int32(vectors)
                    .buffer(in)
                    .buffer(out);
            Launch fma = new Launch(programs.function(FILE, dtype, "roof_fma", define))
                    .grid(groups, 1, 1, threads, 1)
                    .int32(TURNS)
                    .real(dtype, 0.5)
                    .real(dtype, 0.5)
                    .buffer(out);
            double moved = 2.0 * size * dtype.bytes();
            double done = 2.0 * TURNS * CHAINS * lanes * groups * threads;
            return new Roof(
                    moved / time(driver, copy, seconds).least(),
                    done / time(driver, fma, seconds).least());
        } finally {
            in.release();
            out.release();
        }
    }

    private static Timing time(Driver driver, Launch launch, double seconds) {
        return Timing.of(() -> driver.launch(launch), driver::synchronize, seconds);
    }

    /** Seconds that work takes at least by what it states: operations at the peak, or bytes at the bandwidth. */
    public double seconds(long flops, long bytes) {
        return Math.max(flops / this.flops, bytes / this.bytes);
    }

    /** Whether arithmetic is what limits such work. */
    public boolean isArithmetic(long flops, long bytes) {
        return flops / this.flops >= bytes / this.bytes;
    }
}
