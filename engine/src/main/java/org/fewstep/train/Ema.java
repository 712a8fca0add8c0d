package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;
import org.fewstep.model.Module;

/**
 * Exponential moving average of a network's trained parameters, in a frozen network of its own:
 * average = d average + (1 - d) student.
 *
 * <p>The decay d of update n (from 0) is constant or, with warm-up, min(decay, (1 + n) / (10 + n)), so that the start of
 * training is forgotten. Whoever made the average closes it.
 *
 * @param <M> type of network
 */
public final class Ema<M extends Module> {
    private final M average;
    private final LongToDoubleFunction decay;
    private final String name;
    private final Slot slot;
    private final Update update;

    /**
     * Makes the average equal to the student and freezes it.
     *
     * @param average network of the student's structure
     * @param decay in [0, 1)
     * @param slots row with one free place, staged before each {@link #apply}
     */
    public Ema(M student, M average, double decay, boolean warmUp, Slots slots) {
        this(student, average, name(require(decay)), n -> warmUp ? warm(decay, n) : decay, slots);
    }

    /**
     * An average whose decay depends on the update.
     *
     * @param name in checkpoints
     * @param decay of update n, counted from 0, in [0, 1)
     */
    Ema(M student, M average, String name, LongToDoubleFunction decay, Slots slots) {
        average.copyFrom(student);
        average.freeze(true);
        this.average = average;
        this.decay = decay;
        this.name = name;
        this.slot = slots.add(decay.applyAsDouble(0));
        List<Buffer> to = new ArrayList<>();
        List<Buffer> from = new ArrayList<>();
        // copyFrom has checked that both have the same parameters, in the same order.
        average.trained().values().forEach(parameter -> to.add(parameter.buffer()));
        student.trained().values().forEach(parameter -> from.add(parameter.buffer()));
        this.update = Update.ema(to, from, slot);
    }

    /** Sets the decay of update {@code n}, counted from 0, in the slot. */
    public void prepare(long n) {
        slot.set(decayAt(n));
    }

    /** The decay of update {@code n}, counted from 0. */
    public double decayAt(long n) {
        return decay.applyAsDouble(n);
    }

    private static double require(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("ema: got decay " + decay + "; expected at least 0 and below 1");
        }
        return decay;
    }

    private static double warm(double decay, long n) {
        return Math.min(decay, (1.0 + n) / (10.0 + n));
    }

    /** Moves the average towards the student. */
    public void apply() {
        slot.buffer().device().run(update);
    }

    /** The averaged network. */
    public M network() {
        return average;
    }

    /** Name in checkpoints: the decay, where that is one number. */
    public String name() {
        return name;
    }

    static String name(double decay) {
        return Double.toString(decay);
    }
}
