package org.fewstep.path;

import java.util.Arrays;
import org.fewstep.tensor.Rng;

/**
 * Any law of times conditioned on an interval: times outside are drawn again, so that the shape of the density within stays as
 * it is. Clamping would heap the rest up at the ends.
 *
 * @param times law
 * @param from least time
 * @param to greatest time
 */
public record TruncatedTimes(TimeSampler times, double from, double to) implements TimeSampler {
    private static final int MOST_ROUNDS = 10_000;

    public TruncatedTimes {
        if (!(from < to)) {
            throw new IllegalArgumentException("truncated times: got (" + from + ", " + to + "); expected from < to");
        }
    }

    /**
     * As {@link TimeSampler#sample}.
     *
     * @throws IllegalStateException when ten thousand draws a time do not meet the interval
     */
    @Override
    public double[] sample(Rng rng, int step, int count) {
        double[] kept = new double[count];
        int found = 0;
        for (int round = 0; found < count; round++) {
            if (round == MOST_ROUNDS) {
                throw new IllegalStateException("truncated times: got " + found + " of " + count + " times of " + times
                        + " within (" + from + ", " + to + ") after " + round
                        + " draws each; expected the law to meet the interval");
            }
            // A stream of its own for each round: the numbers depend on seed and step alone.
            double[] drawn = times.sample(round == 0 ? rng : rng.stream("again " + round), step, count);
            double[] within =
                    Arrays.stream(drawn).filter(t -> from <= t && t <= to).toArray();
            int used = Math.min(within.length, count - found);
            System.arraycopy(within, 0, kept, found, used);
            found += used;
        }
        return kept;
    }
}
