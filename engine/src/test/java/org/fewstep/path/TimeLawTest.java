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
