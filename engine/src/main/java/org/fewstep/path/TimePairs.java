package org.fewstep.path;

/**
 * Two times a sample.
 *
 * @param t start times (B)
 * @param r end times (B)
 */
public record TimePairs(double[] t, double[] r) {
    public TimePairs {
        if (t.length != r.length) {
            throw new IllegalArgumentException(
                    "time pairs: got " + t.length + " start and " + r.length + " end times; expected as many");
        }
    }
}
