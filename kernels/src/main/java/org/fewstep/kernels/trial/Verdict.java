package org.fewstep.kernels.trial;

import org.jspecify.annotations.Nullable;

/**
 * How a kernel's results compare with the oracle's.
 *
 * @param error greatest difference, as a part of the greatest expected number
 * @param tolerance most that is allowed, as the same part
 * @param wrong the first number outside it, in words, or null
 */
public record Verdict(
        double error, double tolerance, @Nullable String wrong) {
    /** Whether all numbers are as expected. */
    public boolean ok() {
        return wrong == null;
    }
}
