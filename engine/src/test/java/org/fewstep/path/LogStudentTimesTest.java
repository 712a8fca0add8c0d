package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class LogStudentTimesTest {
    /** With one degree of freedom the law is Cauchy's, whose integral is an arc tangent. */
    @Test
    void oneDegreeOfFreedomIsTheArcTangent() {
        double mean = 0.3;
        double scale = 0.7;
        LogStudentTimes law = new LogStudentTimes(mean, scale, 1, 0.1, 50);
        double low = Math.atan((Math.log(0.1) - mean) / scale);
        double high = Math.atan((Math.log(50) - mean) / scale);
        double[] u = {0, 0.1, 0.35, 0.5, 0.9, 1};
        double[] t = law.times(u);
        for (int i = 0; i < u.length; i++) {
            double expected = Math.exp(mean + scale * Math.tan(low + u[i] * (high - low)));
            assertEquals(expected, t[i], 1e-5 * expected);
        }
    }

    /** With many degrees of freedom the law is nearly normal: half the mass above the mean, 0.6827 within a scale. */
    @Test
    void manyDegreesOfFreedomAreNormal() {
        LogStudentTimes law = new LogStudentTimes(0, 0.5, 1e6, 1e-6, 1e6);
        double[] t = law.times(new double[] {0.5, 0.841345});
        assertEquals(1, t[0], 1e-9);
        assertEquals(Math.exp(0.5), t[1], 1e-3);
    }

    @Test
    void thePublishedLawStaysBetweenItsLevelsAndCrowdsAtTheLower() {
        LogStudentTimes law = new LogStudentTimes(0, 0.2, 0.01, 1, 80);
        double[] t = law.sample(new Rng(1), 5, 2000);
        int near = 0;
        for (double each : t) {
            assertTrue(each >= 1 && each <= 80);
            near += each < 1.5 ? 1 : 0;
        }
        // The density of y is within 6 % of flat: asinh(ln 1.5 / 0.02) of asinh(ln 80 / 0.02), 0.61.
        assertEquals(0.61, near / 2000.0, 0.05);
        for (double[] bad : new double[][] {{0, 1, 80}, {0.2, 80, 1}, {0.2, 0, 80}}) {
            assertThrows(IllegalArgumentException.class, () -> new LogStudentTimes(0, bad[0], 0.01, bad[1], bad[2]));
        }
    }
}
