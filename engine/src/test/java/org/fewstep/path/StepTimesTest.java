package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class StepTimesTest {
    @Test
    void timesAreThoseOfTheSteps() {
        double[] one = new StepTimes(1, 0.001).sample(new Rng(1), 3, 50);
        assertEquals(0.001, Arrays.stream(one).min().orElseThrow());
        assertEquals(0.001, Arrays.stream(one).max().orElseThrow());
        double[] four = Arrays.stream(new StepTimes(4, 0.2).sample(new Rng(1), 3, 1000))
                .distinct()
                .sorted()
                .toArray();
        assertEquals(4, four.length);
        for (int j = 0; j < 4; j++) {
            assertEquals(0.2 + j * 0.2, four[j], 1e-12);
        }
    }

    @Test
    void impossibleStepsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StepTimes(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new StepTimes(1, 1));
        assertThrows(IllegalArgumentException.class, () -> new StepTimes(1, -0.1));
    }
}
