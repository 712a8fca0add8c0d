package org.fewstep.kernels.trial;

import org.fewstep.kernels.Workload;

/**
 * A workload that can be made on any device from the same numbers.
 *
 * @param family of the workload
 * @param label as {@link Workload#label}, with what else distinguishes it
 * @param shape sizes, joined by x
 * @param epsilons error that is allowed, in distances of neighbours near 1, as a part of the greatest expected number
 * @param maker makes it
 */
public record Trial(Workload.Family family, String label, String shape, double epsilons, Maker maker) {
    /** Makes a workload and its buffers. */
    @FunctionalInterface
    public interface Maker {
        /** The workload on the operands' device. */
        Workload make(Operands operands);
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
