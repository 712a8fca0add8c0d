package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class TimeLawTest {
    private final Rng rng = new Rng(11);

    @Test
    void uniformTimesFillTheirInterval() {
        double[] t = new UniformTimes(0.2, 0.6).sample(rng, 0, 4000);
        assertEquals(0.4, Arrays.stream(t).average().orElseThrow(), 0.01);
        assertTrue(Arrays.stream(t).allMatch(x -> 0.2 < x && x < 0.6));
        assertThrows(IllegalArgumentException.class, () -> new UniformTimes(0.5, 0.5));
    }

    @Test
    void logitNormalMedianIsTheSigmoidOfTheMean() {
        double[] t = new LogitNormalTimes(-0.4, 1).sample(rng, 0, 4001);
        Arrays.sort(t);
        assertEquals(1 / (1 + Math.exp(0.4)), t[2000], 0.02);
        assertEquals(1 / (1 + Math.exp(-0.6)), t[(int) (4001 * 0.8413)], 0.02);
        assertThrows(IllegalArgumentException.class, () -> new LogitNormalTimes(0, -1));
    }

    /** The share of times up to x. */
    private static double share(double[] t, double x) {
        return (double) Arrays.stream(t).filter(one -> one <= x).count() / t.length;
    }

    /** Probability of at most t by the law's own formula, from the u with f(u) = t found by halving. */
    private static double modeCdf(double scale, double t) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double u = 0.5 * (low + high);
            double f = 1 - u - scale * (Math.pow(Math.cos(0.5 * Math.PI * u), 2) - 1 + u);
            if (f > t) {
                low = u;
            } else {
                high = u;
            }
        }
        return 1 - low;
    }

    @Test
    void modeWeightedTimesHaveTheirQuantiles() {
        int n = 40_000;
        for (double scale : new double[] {-1, 0, 0.8, 1.29, ModeTimes.MOST}) {
            double[] t = new ModeTimes(scale).sample(rng, 0, n);
            for (double x : new double[] {0.05, 0.25, 0.5, 0.7, 0.95}) {
                double p = modeCdf(scale, x);
                assertEquals(p, share(t, x), 4 * Math.sqrt(p * (1 - p) / n), "scale " + scale + ", t " + x);
            }
            assertTrue(Arrays.stream(t).allMatch(x -> 0 <= x && x <= 1));
        }
        // At scale 1, f = sin^2(pi u / 2) + 1 - 2u, of which the mean square is 3/8 + 1/3 - 4 / pi^2.
        double[] one = new ModeTimes(1).sample(rng, 1, n);
        double exact = 3.0 / 8 + 1.0 / 3 - 4 / (Math.PI * Math.PI);
        assertEquals(0.5, Arrays.stream(one).average().orElseThrow(), 0.004);
        assertEquals(exact, Arrays.stream(one).map(t -> t * t).average().orElseThrow(), 0.004);
        assertArrayEquals(new double[] {1, 0.5, 0}, new ModeTimes(1.29).times(new double[] {0, 0.5, 1}), 1e-15);
        for (double bad : new double[] {-1.01, 1.76, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new ModeTimes(bad));
        }
    }

    @Test
    void logNormalTimesHaveEdmsNoiseLevels() {
        int n = 40_000;
        for (NoiseSchedule path : new NoiseSchedule[] {
            LinearPath.NOISE_AT_ONE,
            LinearPath.NOISE_AT_ZERO,
            new CosinePath(),
            new PolynomialPath(2),
            new EdmSchedule()
        }) {
            double[] t = new LogNormalTimes(path).sample(rng, 0, n);
            double[] logs = Arrays.stream(t)
                    .map(x -> Math.log(path.sigma(x) / path.alpha(x)))
                    .toArray();
            double mean = Arrays.stream(logs).average().orElseThrow();
            double square =
                    Arrays.stream(logs).map(x -> (x - mean) * (x - mean)).sum() / n;
            assertEquals(-1.2, mean, 4 * 1.2 / Math.sqrt(n), path.name());
            assertEquals(1.44, square, 4 * 1.44 * Math.sqrt(2.0 / n), path.name());
        }
        // On the line with noise at 1, sigma / alpha = t / (1 - t).
        double[] normal = {-2, 0, 1.5};
        assertArrayEquals(
                new LogitNormalTimes(-0.4, 0.9).times(normal),
                new LogNormalTimes(LinearPath.NOISE_AT_ONE, -0.4, 0.9).times(normal),
                1e-15);
        assertThrows(IllegalArgumentException.class, () -> new LogNormalTimes(new EdmSchedule(), 0, -1));
        assertThrows(IllegalArgumentException.class, () -> new LogNormalTimes(new EdmSchedule(), Double.NaN, 1));
    }

    @Test
    void truncatedTimesKeepTheShapeWithin() {
        int n = 20_000;
        LogitNormalTimes whole = new LogitNormalTimes(-0.4, 1);
        double[] t = new TruncatedTimes(whole, 0.3, 0.6).sample(rng, 0, n);
        double[] within = Arrays.stream(whole.sample(rng.stream("other"), 0, 10 * n))
                .filter(x -> 0.3 <= x && x <= 0.6)
                .toArray();
        assertEquals(n, t.length);
        assertTrue(Arrays.stream(t).allMatch(x -> 0.3 <= x && x <= 0.6));
        for (double x : new double[] {0.32, 0.4, 0.5, 0.58}) {
            assertEquals(share(within, x), share(t, x), 0.02, "t " + x);
        }
        assertEquals(0, Arrays.stream(t).filter(x -> x == 0.3 || x == 0.6).count(), "no heap at the ends");
        assertTrue(Arrays.stream(t).distinct().count() > n - 40, "no draw is used twice, but by chance");
        assertArrayEquals(t, new TruncatedTimes(whole, 0.3, 0.6).sample(new Rng(11), 0, n));
        assertEquals(0, new TruncatedTimes(whole, 0.3, 0.6).sample(rng, 0, 0).length);
        assertThrows(IllegalArgumentException.class, () -> new TruncatedTimes(whole, 0.6, 0.3));
        assertThrows(IllegalArgumentException.class, () -> new TruncatedTimes(whole, 0, Double.NaN));
        double[] levels = new TruncatedTimes(new LogNormalTimes(new EdmSchedule()), 0.002, 80).sample(rng, 0, n);
        assertTrue(Arrays.stream(levels).allMatch(s -> 0.002 <= s && s <= 80) && share(levels, 1) < 0.9);
        TruncatedTimes never = new TruncatedTimes(new UniformTimes(0, 0.5), 0.6, 1);
        String message = assertThrows(IllegalStateException.class, () -> never.sample(rng, 0, 2))
                .getMessage();
        assertTrue(message.contains("0 of 2 times") && message.contains("(0.6, 1.0)"), message);
    }

    @Test
    void pairsAreOrderedAndTheTwoSharesMeanTheOpposite() {
        TimePairs leading = new LogitNormalPairs(-0.4, 1, new Diagonal.Leading(0.25)).sample(rng, 0, 2000);
        TimePairs ratio = new LogitNormalPairs(-0.4, 1, new Diagonal.Ratio(0.25)).sample(rng, 0, 2000);
        int leadingEqual = 0;
        int ratioEqual = 0;
        for (int i = 0; i < 2000; i++) {
            assertTrue(leading.r()[i] <= leading.t()[i] && ratio.r()[i] <= ratio.t()[i]);
            leadingEqual += leading.r()[i] == leading.t()[i] ? 1 : 0;
            ratioEqual += ratio.r()[i] == ratio.t()[i] ? 1 : 0;
        }
        assertEquals(500, leadingEqual);
        assertEquals(1500, ratioEqual, 60);
        assertEquals(leading.t()[499], leading.r()[499]);
        assertTrue(leading.r()[500] < leading.t()[500]);
    }

    @Test
    void sameSeedAndStepSameTimes() {
        TimePairSampler law = new LogitNormalPairs(0, 1, new Diagonal.Ratio(0.5));
        assertArrayEquals(
                law.sample(rng, 3, 9).t(), law.sample(new Rng(11), 3, 9).t());
        assertTrue(
                !Arrays.equals(law.sample(rng, 3, 9).t(), law.sample(rng, 4, 9).t()));
        assertThrows(IllegalArgumentException.class, () -> new Diagonal.Leading(1.5));
        assertThrows(IllegalArgumentException.class, () -> new Diagonal.Ratio(Double.NaN));
    }
}
