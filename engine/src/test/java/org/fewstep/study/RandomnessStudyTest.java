package org.fewstep.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.junit.jupiter.api.Test;

class RandomnessStudyTest extends EngineTest {
    @Test
    void intervalsAreStudents() {
        Measured measured = new Measured(new double[] {1, 2, 4});
        assertEquals(7.0 / 3, measured.mean(), 1e-12);
        assertEquals(4.303 * Math.sqrt(7.0 / 3 / 3), measured.halfWidth(), 1e-12);
        assertFalse(measured.isClear());
        Measured shifted = measured.minus(new Measured(new double[] {3, 4, 6.5}));
        assertEquals(-13.0 / 6, shifted.mean(), 1e-12);
        assertTrue(shifted.isClear());
        assertThrows(IllegalArgumentException.class, () -> new Measured(new double[] {1}));
        assertThrows(IllegalArgumentException.class, () -> measured.minus(new Measured(new double[] {1, 2})));
    }

    /** What must hold: the noisier SDE forgets a shifted start more, and the ODE keeps it (spec of the study). */
    @Test
    void anSdeForgetsAShiftedStartAndAnOdeDoesNot() {
        Findings result = new RandomnessStudy(device, new long[] {0, 1}, 1000).shifted(row -> {});
        List<Findings.Row> rows = result.rows();
        double[] distance =
                rows.stream().mapToDouble(row -> row.distance().mean()).toArray();
        assertEquals("ODE", rows.get(0).method());
        assertEquals("SDE eta 2", rows.get(3).method());
        assertTrue(distance[0] > distance[1] && distance[1] > distance[2] && distance[2] > distance[3]);
        assertTrue(distance[0] > 4 * distance[3], distance[0] + " and " + distance[3]);
        // The consistency function is the ODE's own map.
        assertEquals(distance[0], distance[4], 1e-3);
        assertTrue(
                result.comparisons().get(1).verdict().endsWith("lower"),
                result.comparisons().get(1).verdict());
    }

    @Test
    void aVerdictIsNoMoreThanTheDigitsShown() {
        assertEquals("ODE (9) to SDE (9): +0.0000 +- 0.0000, no clear difference", verdict(0.00004, 0.000041));
        assertEquals("ODE (9) to SDE (9): +0.0000 +- 0.0000, no clear difference", verdict(-0.00004, -0.000041));
        assertEquals("ODE (9) to SDE (9): -0.0001 +- 0.0000, lower", verdict(-0.00006, -0.000061));
        assertEquals("ODE (9) to SDE (9): +0.3000 +- 0.0127, higher", verdict(0.299, 0.301));
        assertEquals("ODE (9) to SDE (9): +0.3000 +- 1.2706, no clear difference", verdict(0.2, 0.4));
    }

    /** Of two rows, the second the farther by so much in each of two seeds. */
    private static String verdict(double... difference) {
        Findings.Row first = new Findings.Row("nothing wrong", "ODE", 9, new Measured(new double[] {0, 0}));
        return new Findings.Comparison("", first, new Findings.Row("nothing wrong", "SDE", 9, new Measured(difference)))
                .verdict();
    }

    @Test
    void tooFewAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new RandomnessStudy(device, new long[] {0}, 1000));
        assertThrows(IllegalArgumentException.class, () -> new RandomnessStudy(device, new long[] {0, 1}, 99));
    }
}
