package org.fewstep.loss;

/** How far a mean of independent numbers is from 0. */
final class Statistics {
    private Statistics() {}

    /** The mean in units of its standard error. */
    static double deviations(double[] values) {
        double mean = 0;
        for (double v : values) {
            mean += v / values.length;
        }
        double variance = 0;
        for (double v : values) {
            variance += (v - mean) * (v - mean) / (values.length - 1);
        }
        return mean / Math.sqrt(variance / values.length);
    }
}
