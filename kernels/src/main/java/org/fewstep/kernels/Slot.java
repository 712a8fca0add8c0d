package org.fewstep.kernels;

/**
 * One scalar of a row of {@link Slots}.
 *
 * @param slots the row
 * @param index place in the row
 */
public record Slot(Slots slots, int index) {
    /** Sets the host value; the device sees it after {@link Slots#stage}. */
    public void set(double value) {
        slots.set(index, value);
    }

    /** The host value. */
    public double get() {
        return slots.get(index);
    }

    public Buffer buffer() {
        return slots.buffer();
    }
}
