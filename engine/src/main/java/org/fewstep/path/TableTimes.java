package org.fewstep.path;

import java.util.Arrays;
import org.fewstep.tensor.Rng;

/**
 * Times out of a table, each of the places least to most equally likely: the training timesteps of a discrete diffusion, or a
 * grid of noise levels.
 *
 * @param table times of a schedule
 * @param least first place, at least 0
 * @param most last place, included
 */
public record TableTimes(double[] table, int least, int most) implements TimeSampler {
    /** Share of the timesteps that score distillation leaves out at both ends. */
    private static final double MARGIN = 0.02;

    public TableTimes {
        if (!(0 <= least && least <= most && most < table.length)) {
            throw new IllegalArgumentException("table times: got places " + least + " to " + most + " of "
                    + table.length + "; expected 0 <= least <= most below that");
        }
        table = table.clone();
    }

    /** All places. */
    public static TableTimes all(double[] table) {
        return new TableTimes(table, 0, table.length - 1);
    }

    /** The places from 2 to 98 percent of the table, both included, as score distillation has them. */
    public static TableTimes middle(double[] table) {
        int n = table.length;
        return new TableTimes(table, (int) (MARGIN * n), Math.min((int) ((1 - MARGIN) * n), n - 1));
    }

    /** Time of the first place. */
    public double first() {
        return table[least];
    }

    /** Time of the last place. */
    public double last() {
        return table[most];
    }

    @Override
    public double[] table() {
        return table.clone();
    }

    @Override
    public double[] sample(Rng rng, int step, int count) {
        int[] place = rng.integers(0, count, step, most - least + 1);
        for (int i = 0; i < count; i++) {
            place[i] += least;
        }
        return times(place);
    }

    /** The times at places of the table. */
    public double[] times(int[] place) {
        double[] t = new double[place.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = table[place[i]];
        }
        return t;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TableTimes times
                && least == times.least
                && most == times.most
                && Arrays.equals(table, times.table);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * least + most) + Arrays.hashCode(table);
    }

    @Override
    public String toString() {
        return "table times[" + least + " to " + most + " of " + table.length + "]";
    }
}
