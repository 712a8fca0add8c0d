package org.fewstep.study;

import java.util.Arrays;

/**
 * A number measured once for each seed, with the interval in which its mean lies.
 *
 * @param values one a seed, at least 2
 */
public record Measured(double[] values) {
    /** 97.5 % quantiles of Student's distribution with 1, 2, ... degrees of freedom. */
    private static final double[] QUANTILES = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double NORMAL = 1.96;

    public Measured {
        if (values.length < 2) {
            throw new IllegalArgumentException(
                    "measured: got " + values.length + " seeds; expected at least 2, or there is no interval");
        }
        values = values.clone();
    }

    @Override
    public double[] values() {
        return values.clone();
    }

    /** The mean over the seeds. */
    public double mean() {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Half the width of the 95 % interval of the mean, by Student's distribution. */
    public double halfWidth() {
        int freedom = values.length - 1;
        double quantile = freedom <= QUANTILES.length ? QUANTILES[freedom - 1] : NORMAL;
        return quantile * spread() / Math.sqrt(values.length);
    }

    /** Standard deviation of the law of a seed's number, estimated from those there are. */
    public double spread() {
        double mean = mean();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /** This less another, seed by seed: both must come from the same seeds. */
    public Measured minus(Measured other) {
        if (other.values.length != values.length) {
            throw new IllegalArgumentException(
                    "measured: got " + values.length + " and " + other.values.length + " seeds; expected as many");
        }
        double[] difference = new double[values.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = values[i] - other.values[i];
        }
        return new Measured(difference);
    }

    /** Whether the interval of the mean leaves out 0. */
    public boolean isClear() {
        return Math.abs(mean()) > halfWidth();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Measured measured && Arrays.equals(values, measured.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "measured" + Arrays.toString(values);
    }
}
