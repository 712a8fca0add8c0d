package org.fewstep.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How samples spread over the modes of a known mixture of isotropic Gaussians. A sample belongs to its nearest mode if it
 * lies within a number of standard deviations of it, otherwise to none.
 *
 * @param quality share of all samples that belong to a mode; for exact samples in the plane within 3 std about 0.989
 * @param shares share of all samples per mode, summing to {@code quality}
 * @param covered number of modes whose share is at least the given fraction of their weight
 * @param totalVariation half the sum of |share / quality - weight|, in [0, 1]; 1 if no sample belongs to a mode
 * @param withinStd root mean square deviation from the mode, per coordinate, of the samples that belong to one; NaN if
 *     none does
 */
public record ModeCoverage(double quality, List<Double> shares, int covered, double totalVariation, double withinStd) {
    private static final double DEFAULT_WITHIN = 3;
    private static final double DEFAULT_FRACTION = 0.25;

    /** Copies the shares. */
    public ModeCoverage {
        shares = List.copyOf(shares);
    }

    /**
     * Equal weights, 3 standard deviations, and a mode counts as covered from a quarter of its weight.
     *
     * @param x (n, d)
     * @param modes (modes, d)
     * @throws IllegalArgumentException as the other form does
     */
    public static ModeCoverage of(float[] x, int d, double[] modes, double std) {
        int count = d < 1 ? 0 : modes.length / d;
        double[] weights = new double[count];
        Arrays.fill(weights, 1.0 / Math.max(1, count));
        return of(x, d, modes, std, weights, DEFAULT_WITHIN, DEFAULT_FRACTION);
    }

    /**
     * Counts the samples of each mode.
     *
     * @param x (n, d)
     * @param modes (modes, d)
     * @param std of every mode, per coordinate, above 0
     * @param weights (modes), above 0, summing to 1
     * @param within standard deviations around a mode that belong to it, above 0
     * @param fraction of a mode's weight from which it counts as covered, in (0, 1]
     * @throws IllegalArgumentException if {@code x} is empty or ragged or has a coordinate that is not finite, or a
     *     parameter is out of its range
     */
    public static ModeCoverage of(
            float[] x, int d, double[] modes, double std, double[] weights, double within, double fraction) {
        int n = PointSets.count("mode coverage", "x", x, d, 1);
        requireMixture(d, modes, std, weights);
        if (!(within > 0) || !(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("mode coverage: got within " + within + ", fraction " + fraction
                    + "; expected within above 0 and a fraction in (0, 1]");
        }
        double limit = within * std * (within * std);
        int[] count = new int[weights.length];
        int inside = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            int nearest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < weights.length; k++) {
                double distance = squaredDistance(x, i, modes, k, d);
                if (distance < least) {
                    least = distance;
                    nearest = k;
                }
            }
            if (least <= limit) {
                count[nearest]++;
                inside++;
                squares += least;
            }
        }
        List<Double> shares = new ArrayList<>(weights.length);
        int covered = 0;
        double variation = 0;
        for (int k = 0; k < weights.length; k++) {
            double share = (double) count[k] / n;
            shares.add(share);
            covered += share >= fraction * weights[k] ? 1 : 0;
            variation += inside == 0 ? 0 : Math.abs((double) count[k] / inside - weights[k]);
        }
        return new ModeCoverage(
                (double) inside / n,
                shares,
                covered,
                inside == 0 ? 1 : variation / 2,
                inside == 0 ? Double.NaN : Math.sqrt(squares / ((double) inside * d)));
    }

    private static void requireMixture(int d, double[] modes, double std, double[] weights) {
        if (modes.length == 0 || modes.length != (long) weights.length * d) {
            throw new IllegalArgumentException("mode coverage: got modes of length " + modes.length + " and "
                    + weights.length + " weights for d " + d + "; expected d coordinates a weight, at least one mode");
        }
        for (double c : modes) {
            if (!Double.isFinite(c)) {
                throw new IllegalArgumentException(
                        "mode coverage: got mode coordinate " + c + "; expected finite ones");
            }
        }
        if (!(std > 0) || Double.isInfinite(std)) {
            throw new IllegalArgumentException("mode coverage: got std " + std + "; expected a finite number above 0");
        }
        double sum = 0;
        for (double w : weights) {
            if (!(w > 0)) {
                throw new IllegalArgumentException("mode coverage: got weight " + w + "; expected weights above 0");
            }
            sum += w;
        }
        if (!(Math.abs(sum - 1) <= 1e-9)) {
            throw new IllegalArgumentException("mode coverage: got weights summing to " + sum + "; expected 1");
        }
    }

    private static double squaredDistance(float[] x, int i, double[] modes, int k, int d) {
        double sum = 0;
        for (int c = 0; c < d; c++) {
            double difference = x[i * d + c] - modes[k * d + c];
            sum += difference * difference;
        }
        return sum;
    }
}
