package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LrScheduleTest {
    @Test
    void warmUpIsLinearAndReachesTheHeight() {
        LrSchedule s = new LrSchedule(LrSchedule.Kind.CONSTANT, 0.4, 4, 100, 0);
        assertEquals(0.1, s.at(0), 1e-15);
        assertEquals(0.3, s.at(2), 1e-15);
        assertEquals(0.4, s.at(3));
        assertEquals(0.4, s.at(99));
    }

    @Test
    void cosineFallsFromTheHeightToTheFinalFactor() {
        LrSchedule s = new LrSchedule(LrSchedule.Kind.COSINE, 2, 10, 110, 0.1);
        assertEquals(2, s.at(10));
        assertEquals(2 * (0.1 + 0.9 * 0.5), s.at(60), 1e-15);
        assertEquals(2 * (0.1 + 0.9 * (1 + Math.sqrt(0.5)) / 2), s.at(35), 1e-15);
        assertEquals(0.2, s.at(110), 1e-15);
        assertEquals(0.2, s.at(10_000), 1e-15, "it stays there");
    }

    @Test
    void linearStaysAndFallsInTheLastPart() {
        LrSchedule s = new LrSchedule(LrSchedule.Kind.LINEAR, 2, 0, 100, 0.1, 0.3);
        assertEquals(2, s.at(0));
        assertEquals(2, s.at(70), 1e-15);
        assertEquals(2 * (0.1 + 0.9 * 0.5), s.at(85), 1e-12);
        assertEquals(0.2, s.at(100), 1e-15);
        assertEquals(0.2, s.at(10_000), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> new LrSchedule(LrSchedule.Kind.LINEAR, 1, 0, 10, 0, 0));
    }

    @Test
    void warmUpLongerThanTheRunIsFine() {
        LrSchedule s = new LrSchedule(LrSchedule.Kind.COSINE, 1, 50, 10, 0);
        assertEquals(10.0 / 50, s.at(9), 1e-15);
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThrows(IllegalArgumentException.class, () -> new LrSchedule(LrSchedule.Kind.CONSTANT, 0, 0, 10, 0));
        assertThrows(IllegalArgumentException.class, () -> new LrSchedule(LrSchedule.Kind.CONSTANT, 1, -1, 10, 0));
        assertThrows(IllegalArgumentException.class, () -> new LrSchedule(LrSchedule.Kind.COSINE, 1, 0, 10, 1.5));
    }
}
