package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PrecisionRecallTest {
    private static final float[] LINE = {0, 1, 2, 3, 4, 5};

    @Test
    void equalSetsCoverEachOther() {
        assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(LINE, LINE, 1, 1));
    }

    /** Half of the samples lie far off; the data are covered by the others alone. */
    @Test
    void samplesOutsideLowerPrecisionAlone() {
        float[] samples = {0, 1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 105};
        assertEquals(new PrecisionRecall(0.5, 1), PrecisionRecall.of(samples, LINE, 1, 1));
    }

    @Test
    void missingDataLowerRecallAlone() {
        float[] data = {0, 1, 2, 3, 4, 5, 100, 101, 102, 103};
        assertEquals(new PrecisionRecall(1, 0.6), PrecisionRecall.of(LINE, data, 1, 1));
    }

    /** Neighbours of 0, 10, 11 by rank: the second ones are 11, 10 and 11 away. */
    @Test
    void theRadiusReachesToTheKthNeighbour() {
        float[] data = {0, 10, 11};
        float[] samples = {21.5f, 20.5f, 20, -11.5f};
        assertEquals(0.0, PrecisionRecall.of(samples, data, 1, 1).precision());
        assertEquals(0.75, PrecisionRecall.of(samples, data, 1, 2).precision());
    }

    @Test
    void badInputIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(LINE, LINE, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(LINE, LINE, 1, 6));
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(LINE, LINE, 4, 1));
    }
}
