package org.fewstep.kernels;

/**
 * A row of scalars that change from step to step (learning rate, powers of Adam's betas, EMA decay), kept in one device
 * buffer so that a recorded step can be replayed with new values.
 *
 * <p>{@link Slot#set} writes to a host row; {@link #stage} copies the whole row in one transfer.
 */
public final class Slots implements AutoCloseable {
    private final Buffer buffer;
    private final double[] host;
    private int used;

    /**
     * Makes an empty row.
     *
     * @param dtype F32 or F64, as the buffers the slots are used with
     * @param capacity greatest number of slots
     */
    public Slots(Device device, DType dtype, int capacity) {
        if (!dtype.floating()) {
            throw new IllegalArgumentException("slots: got " + dtype + "; expected F32 or F64");
        }
        this.buffer = device.own(dtype, capacity);
        this.host = new double[capacity];
    }

    /** Takes the next free slot and sets it. */
    public Slot add(double value) {
        if (used == host.length) {
            throw new IllegalStateException("slots: got one slot more than the capacity of " + host.length);
        }
        Slot slot = new Slot(this, used++);
        slot.set(value);
        return slot;
    }

    /** Copies all values to the device in one transfer. */
    public void stage() {
        buffer.device().write(buffer, host, 0, used);
    }

    public Buffer buffer() {
        return buffer;
    }

    @Override
    public void close() {
        buffer.release();
    }

    void set(int index, double value) {
        host[index] = value;
    }

    double get(int index) {
        return host[index];
    }
}
