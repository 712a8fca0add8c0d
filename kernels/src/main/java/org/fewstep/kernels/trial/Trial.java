package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/**
 * A workload that can be made on any device from the same numbers.
 *
 * @param family of the workload
 * @param label as {@link Workload#label}, with what else distinguishes it
 * @param shape sizes, joined by x
 * @param epsilons error that is allowed, in distances of neighbours near 1, as a part of the greatest expected number
 * @param maker makes it
 * @param sample what is compared of it where the whole is too much for F64 on the CPU, or null for all
 */
public record Trial(
        Workload.Family family,
        String label,
        String shape,
        double epsilons,
        Maker maker,
        @Nullable Sample sample) {
    /** Makes a workload and its buffers. */
    @FunctionalInterface
    public interface Maker {
        /** The workload on the operands' device. */
        Workload make(Operands operands);
    }

    /**
     * Some rows of the only result.
     *
     * @param rows their numbers
     * @param width numbers of a row
     * @param maker makes the work of these rows alone
     */
    public record Sample(List<Integer> rows, int width, Maker maker) {
        public Sample {
            rows = List.copyOf(rows);
        }

        /** Place in the result of number {@code i} of the sample. */
        int place(int i) {
            return rows.get(i / width) * width + i % width;
        }
    }

    /** The workload, on buffers that live as long as the operands. */
    public Workload on(Operands operands) {
        return maker.make(operands);
    }

    @Override
    public String toString() {
        return label + " " + shape;
    }
}
