package org.fewstep.kernels;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One unit of device work: which buffers a kernel of one family reads and writes, with everything that selects and
 * sizes the kernel. Immutable once made, so a device may record and replay it; what changes between replays stands in
 * {@link Slot}s and buffers.
 */
public abstract class Workload {
    /** The kernel families; a device has one implementation of each per dtype. */
    public enum Family {
        ELEMENTWISE,
        COMBINE,
        MATMUL,
        REDUCE,
        SCAN,
        SOFTMAX,
        NORM,
        MODULATED_NORM,
        CONV2D,
        ATTENTION,
        GATHER,
        RANDOM,
        UPDATE;

        private static final int MOST_CODES = 64;

        private final String label = name().toLowerCase(Locale.ROOT);
        private final @Nullable String[] labels = new String[MOST_CODES];

        /** Name in lower case. */
        String label() {
            return label;
        }

        /** Family and code in lower case; made once, since every workload carries it. */
        String label(Enum<?> code) {
            String known = labels[code.ordinal()];
            if (known == null) {
                known = label + " " + code.name().toLowerCase(Locale.ROOT);
                labels[code.ordinal()] = known;
            }
            return known;
        }
    }

    private final Family family;
    private final String label;
    private final DType dtype;
    private final List<Buffer> reads;
    private final List<Buffer> writes;

    /**
     * Checks that all buffers are live and on one device.
     *
     * @param dtype element type of the arithmetic
     */
    protected Workload(Family family, DType dtype, List<Buffer> reads, List<Buffer> writes) {
        this(family, family.label(), dtype, reads, writes);
    }

    /**
     * As above.
     *
     * @param label family and variant in lower case
     */
    protected Workload(Family family, String label, DType dtype, List<Buffer> reads, List<Buffer> writes) {
        this.family = family;
        this.label = label;
        this.dtype = dtype;
        this.reads = List.copyOf(reads);
        this.writes = List.copyOf(writes);
        check(this.reads, writes.get(0).device());
        check(this.writes, writes.get(0).device());
    }

    // Walked by index: this runs for each operation, and an iterator a list adds up.
    private void check(List<Buffer> buffers, Device device) {
        for (int i = 0; i < buffers.size(); i++) {
            check(buffers.get(i), device);
        }
    }

    private void check(Buffer buffer, Device device) {
        buffer.requireLive(label);
        if (buffer.device() != device) {
            throw new IllegalArgumentException(
                    label + ": got buffers on " + buffer.device().name() + " and " + device.name()
                            + "; expected one device; copy through the host first");
        }
    }

    public final Family family() {
        return family;
    }

    public final DType dtype() {
        return dtype;
    }

    public final List<Buffer> reads() {
        return reads;
    }

    public final List<Buffer> writes() {
        return writes;
    }

    public final Device device() {
        return writes.get(0).device();
    }

    /** Family and variant in lower case, for messages and profiles. */
    public String label() {
        return label;
    }

    /** Bytes that the kernel must move at least: every input once, every output once. */
    public long bytes() {
        long total = 0;
        for (Buffer b : reads) {
            total += (long) b.size() * b.dtype().bytes();
        }
        for (Buffer b : writes) {
            total += (long) b.size() * b.dtype().bytes();
        }
        return total;
    }

    /** Floating-point operations, a transcendental function counted as one. */
    public abstract long flops();

    /** The part of {@link #flops} that matrix products inside this kernel make up; 0 where it runs other workloads for them. */
    public long productFlops() {
        return 0;
    }

    static void requireFloating(String label, Buffer buffer) {
        if (!buffer.dtype().floating()) {
            throw new IllegalArgumentException(label + ": got " + buffer.dtype() + "; expected F32 or F64");
        }
    }

    static void requireDType(String label, DType expected, Buffer buffer) {
        if (buffer.dtype() != expected) {
            throw new IllegalArgumentException(label + ": got " + buffer.dtype() + "; expected " + expected);
        }
    }

    /** Checks that a buffer can hold {@code expected} elements. */
    static void requireSize(String label, String role, Buffer buffer, long expected) {
        if (buffer.size() < expected) {
            throw new IllegalArgumentException(
                    label + ": got " + buffer.size() + " elements for " + role + "; expected at least " + expected);
        }
    }
}
