package org.fewstep.kernels.trial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/** The buffers of one trial on one device, with the same numbers everywhere; closing gives them back. */
public final class Operands implements AutoCloseable {
    private static final int MOST_SLOTS = 8;

    private final Device device;
    private final DType dtype;
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<Runnable> contents = new ArrayList<>();
    private final boolean numbers;
    private @Nullable Slots slots;

    /**
     * Without any buffer yet.
     *
     * @param dtype of the floating-point buffers
     */
    public Operands(Device device, DType dtype) {
        this(device, dtype, true);
    }

    private Operands(Device device, DType dtype, boolean numbers) {
        this.device = device;
        this.dtype = dtype;
        this.numbers = numbers;
    }

    /** Buffers with undefined content, for a workload that is only looked at. */
    public static Operands blank(Device device, DType dtype) {
        return new Operands(device, dtype, false);
    }

    private Buffer take(DType type, int size) {
        Buffer buffer = device.own(type, size);
        buffers.add(buffer);
        return buffer;
    }

    private Buffer filled(Buffer buffer, Runnable content) {
        if (numbers) {
            contents.add(content);
            content.run();
        }
        return buffer;
    }

    /** Uniform numbers that F32 holds exactly; the k-th buffer of a trial has the k-th sequence. */
    Buffer uniform(int size, double low, double high) {
        Buffer buffer = take(dtype, size);
        long seed = buffers.size();
        return filled(buffer, () -> device.write(buffer, numbers(seed, size, low, high), 0, size));
    }

    /** Some rows of what {@link #uniform} would be for all. */
    Buffer uniformRows(List<Integer> rows, int width, double low, double high) {
        Buffer buffer = take(dtype, rows.size() * width);
        long seed = buffers.size();
        return filled(buffer, () -> {
            double[] all = numbers(seed, (Collections.max(rows) + 1) * width, low, high);
            double[] some = new double[rows.size() * width];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(all, rows.get(i) * width, some, i * width, width);
            }
            device.write(buffer, some, 0, some.length);
        });
    }

    private static double[] numbers(long seed, int size, double low, double high) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (low + (high - low) * random.nextInt(1 << 24) * 0x1p-24);
        }
        return values;
    }

    /** NaN, so that a place that a kernel forgets is seen. */
    Buffer blank(int size) {
        return constant(size, Double.NaN);
    }

    Buffer constant(int size, double value) {
        Buffer buffer = take(dtype, size);
        return filled(buffer, () -> {
            double[] values = new double[size];
            Arrays.fill(values, value);
            device.write(buffer, values, 0, size);
        });
    }

    /** Whole numbers. */
    Buffer ints(int... values) {
        Buffer buffer = take(DType.I32, values.length);
        return filled(buffer, () -> device.write(buffer, values, 0, values.length));
    }

    /** A slot with that value. */
    Slot slot(double value) {
        Slots row = slots;
        if (row == null) {
            row = new Slots(device, dtype, MOST_SLOTS);
            slots = row;
            contents.add(row::stage);
        }
        Slot slot = row.add(value);
        row.stage();
        return slot;
    }

    /** Gives all buffers the numbers that they had at first. */
    public void reset() {
        contents.forEach(Runnable::run);
    }

    /** The numbers in all buffers that a workload writes. */
    public static List<double[]> results(Workload work) {
        return work.writes().stream().map(Operands::read).toList();
    }

    private static double[] read(Buffer buffer) {
        if (buffer.dtype() == DType.I32) {
            int[] values = new int[buffer.size()];
            buffer.device().read(buffer, values, 0, values.length);
            return Arrays.stream(values).asDoubleStream().toArray();
        }
        double[] values = new double[buffer.size()];
        buffer.device().read(buffer, values, 0, values.length);
        return values;
    }

    @Override
    public void close() {
        buffers.forEach(Buffer::release);
        buffers.clear();
        Slots row = slots;
        if (row != null) {
            row.close();
            slots = null;
        }
    }
}
