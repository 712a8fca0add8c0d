package org.fewstep.kernels.gpu;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A researcher's file of kernels that stand in for shipped ones, with their arguments.
 *
 * @param file its name, for messages
 * @param source its whole text, see {@link KernelLab#expand}
 * @param kernels those of its kernels that are called
 */
public record OwnKernels(String file, String source, List<Own> kernels) {
    /**
     * One kernel.
     *
     * @param name in the file
     * @param inPlaceOf the shipped kernel whose arguments it gets
     * @param geometry its index space, or null for that of the shipped kernel
     */
    public record Own(
            String name, String inPlaceOf, @Nullable Geometry geometry) {}

    /** An index space that depends on a call's arguments. */
    @FunctionalInterface
    public interface Geometry {
        /**
         * Groups in three dimensions, then threads of a group in the first two.
         *
         * @param arguments of the call; 0 for one that is no whole number of 32 bits
         */
        int[] of(int[] arguments);
    }

    public OwnKernels {
        kernels = List.copyOf(kernels);
    }

    /** What stands in for a shipped kernel, or null. */
    @Nullable
    Own inPlaceOf(String kernel) {
        for (Own own : kernels) {
            if (own.inPlaceOf().equals(kernel)) {
                return own;
            }
        }
        return null;
    }
}
