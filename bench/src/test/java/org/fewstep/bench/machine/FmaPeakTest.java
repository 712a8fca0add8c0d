package org.fewstep.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FmaPeakTest {
    /** x = x / 2 + 1/2 ends at 1, or the loops did not run. */
    @Test
    void chainsEndAtTheirFixedPoint() {
        assertEquals(2, new FmaPeakLoops().run());
        assertEquals(12 * FmaPeakVectors.lanes(), new FmaPeakVectors().run());
    }

    @Test
    void aTeamRunsEveryBodyOnceARound() {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        try (Team team = new Team(first::incrementAndGet, second::incrementAndGet)) {
            for (int i = 1; i <= 100; i++) {
                team.run();
                assertEquals(i, first.get());
                assertEquals(i, second.get());
            }
        }
    }
}
