package org.fewstep.metric;

import java.util.Arrays;

/** Quantiles of numbers, linear between neighbours in their order. */
public final class Quantile {
    private Quantile() {}

    /**
     * The quantile of a level; 0.5 is the median.
     *
     * @param values at least one, none NaN
     * @param level 0 to 1
     */
    public static double of(double[] values, double level) {
        if (values.length == 0
                || !(level >= 0 && level <= 1)
                || Arrays.stream(values).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException("quantile: got level " + level + " of " + values.length
                    + " values; expected 0 to 1 of at least one value, none NaN");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = level * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        double part = at - below;
        return part == 0 ? sorted[below] : sorted[below] + part * (sorted[above] - sorted[below]);
    }
}
