package org.fewstep.path;

import java.util.Arrays;

/**
 * The noise levels sigma / alpha of a table of betas as diffusers reads them at fractional timesteps: the level is linear
 * in the timestep, and the timestep is linear in the logarithm of the level, so that the two are not quite inverse. {@link
 * DiscreteSchedule} is consistent and interpolates ln alpha.
 *
 * @param levels at timesteps 0, 1, ..., above 0 and strictly rising; the last, which may stand for infinity, need not rise
 */
public record TrainingSigmas(double[] levels) {
    /** What diffusers puts for the last alpha^2 of a table of zero terminal signal. */
    private static final double LEAST_ALPHA_SQUARED = 0x1p-24;

    public TrainingSigmas {
        levels = levels.clone();
        if (levels.length < 2) {
            throw new IllegalArgumentException("training sigmas: got " + levels.length + "; expected at least 2");
        }
        double before = 0;
        for (int i = 0; i < levels.length; i++) {
            boolean rising = levels[i] > before || (i == levels.length - 1 && levels[i] > 0);
            if (!rising || Double.isInfinite(levels[i])) {
                throw new IllegalArgumentException("training sigmas: got " + levels[i] + " after " + before
                        + "; expected finite levels above 0, strictly rising but for the last");
            }
            before = levels[i];
        }
    }

    /** The levels sqrt((1 - alpha^2) / alpha^2) of a table; a last alpha of 0 counts as 2^-12. */
    public static TrainingSigmas of(BetaTable table) {
        double[] alphaSquared = table.alphaSquared();
        int last = alphaSquared.length - 1;
        if (table.betas()[last] == 1) {
            alphaSquared[last] = LEAST_ALPHA_SQUARED;
        }
        return new TrainingSigmas(
                Arrays.stream(alphaSquared).map(a -> Math.sqrt((1 - a) / a)).toArray());
    }

    @Override
    public double[] levels() {
        return levels.clone();
    }

    /** Number of training timesteps. */
    public int size() {
        return levels.length;
    }

    /** Level i of {@link #size}. */
    public double level(int timestep) {
        return levels[timestep];
    }

    /** The least level. */
    public double min() {
        return levels[0];
    }

    /** The last level, as a rule the greatest. */
    public double max() {
        return levels[levels.length - 1];
    }

    /** The level at a timestep, linear between timesteps, constant beyond the ends. */
    public double at(double timestep) {
        if (!(timestep > 0)) {
            return min();
        }
        int i = (int) timestep;
        if (i >= levels.length - 1) {
            return max();
        }
        return levels[i] + (levels[i + 1] - levels[i]) * (timestep - i);
    }

    /** The timestep of a level, linear in its logarithm; levels beyond the ends give the ends. */
    public double timestepOf(double level) {
        int low = levels.length - 2;
        while (low > 0 && Math.log(levels[low]) > Math.log(level)) {
            low--;
        }
        double below = Math.log(levels[low]);
        double w = (below - Math.log(level)) / (below - Math.log(levels[low + 1]));
        w = Math.min(1, Math.max(0, w));
        return (1 - w) * low + w * (low + 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrainingSigmas sigmas && Arrays.equals(levels, sigmas.levels);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(levels);
    }

    @Override
    public String toString() {
        return "training sigmas[" + levels.length + ", " + min() + " to " + max() + "]";
    }
}
