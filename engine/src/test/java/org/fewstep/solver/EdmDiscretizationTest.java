package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.path.EdmVpSchedule;
import org.junit.jupiter.api.Test;

class EdmDiscretizationTest {
    @Test
    void levelsFallFromMaxToMin() {
        for (double[] levels : List.of(
                EdmDiscretization.edm(5, 0.01, 50, 7),
                EdmDiscretization.vp(5, 0.01, 50, 1e-3),
                EdmDiscretization.ve(5, 0.01, 50))) {
            assertEquals(5, levels.length);
            assertEquals(50, levels[0], 1e-11);
            assertEquals(0.01, levels[4], 1e-11);
            for (int i = 1; i < 5; i++) {
                assertTrue(levels[i] < levels[i - 1]);
            }
        }
    }

    @Test
    void spacingsAreWhatTheyAreCalled() {
        double[] edm = EdmDiscretization.edm(3, 1, 128, 7);
        assertEquals(Math.pow(1.5, 7), edm[1], 1e-12);
        assertEquals(4, EdmDiscretization.ve(3, 1, 16)[1], 1e-14);
        EdmVpSchedule schedule = EdmVpSchedule.fitted(0.01, 50, 1e-3);
        assertEquals(schedule.sigma(0.5005), EdmDiscretization.vp(3, 0.01, 50, 1e-3)[1], 1e-12);
        assertArrayEquals(new double[] {80}, EdmDiscretization.edm(1, 0.002, 80, 7), 1e-12);
    }

    /** u_0 is infinite but for c1; u_j^2 + 1 = abar_M / abar_j otherwise, and abar_M / (abar_j abar_M) = 1 / abar_j. */
    @Test
    void tableOfImprovedDdpmFollowsItsCosine() {
        int table = 100;
        double c2 = 8e-3;
        double[] levels = EdmDiscretization.improvedDdpm(table, 1e-9, 1e9, table, 1e-12, c2);
        double end = Math.pow(Math.sin(0.5 * Math.PI / (c2 + 1)), 2);
        for (int j = 1; j < table; j++) {
            double bar = Math.pow(Math.sin(0.5 * Math.PI * j / table / (c2 + 1)), 2);
            assertEquals(Math.sqrt(end / bar - 1), levels[j], 1e-9 * levels[j]);
        }
        double[] few = EdmDiscretization.improvedDdpm(4, 0.002, 81, 1000, 1e-3, c2);
        assertTrue(few[0] <= 81 && few[3] >= 0.002 && few[3] < 0.01);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> EdmDiscretization.edm(0, 0.1, 1, 7));
        assertThrows(
                IllegalArgumentException.class, () -> EdmDiscretization.improvedDdpm(50, 0.5, 0.6, 100, 1e-3, 8e-3));
    }
}
