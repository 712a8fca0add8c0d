package org.fewstep.model;

import java.util.Arrays;

/** First values of parameters. */
final class Starts {
    private Starts() {}

    /** Uniform numbers on (-k, k) from the stream of that name. */
    static double[] uniform(Init init, String name, int count, double k) {
        double[] values = init.rng().stream(name).uniform(0, count, 0);
        for (int i = 0; i < count; i++) {
            values[i] = k * (2 * values[i] - 1);
        }
        return values;
    }

    /** The same number everywhere. */
    static double[] constant(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }
}
