package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class StraightnessTest {
    private static final int STEPS = 1000;

    /** States z g(t) of the samples z at falling or rising times. */
    private static List<float[]> ways(double[] times, float[] z, DoubleUnaryOperator g) {
        List<float[]> states = new ArrayList<>();
        for (double t : times) {
            float[] x = new float[z.length];
            for (int j = 0; j < x.length; j++) {
                x[j] = (float) (z[j] * g.applyAsDouble(t));
            }
            states.add(x);
        }
        return states;
    }

    private static double[] times(double from, double to) {
        double[] times = new double[STEPS + 1];
        for (int i = 0; i <= STEPS; i++) {
            times[i] = from + (to - from) * i / STEPS;
        }
        return times;
    }

    /** Data N(0, s^2): x_t = z sqrt((1 - t)^2 + s^2 t^2), whose S is |z|^2 (integral g'^2 - (s - 1)^2). */
    @Test
    void theFlowOfAGaussianHasItsClosedForm() {
        double s = 0.5;
        float[] z = {1, -2, 0.5f, 3}; // two samples of two numbers
        double a = 1 + s * s;
        // g'^2 = (a t - 1)^2 / (a t^2 - 2 t + 1) = a - (a - 1) / (a t^2 - 2 t + 1)
        double root = Math.sqrt(a - 1);
        double inverse = (Math.atan((a - 1) / root) - Math.atan(-1 / root)) / root;
        double perUnit = a - (a - 1) * inverse - (s - 1) * (s - 1);
        double expected = perUnit * (1 + 4 + 0.25 + 9) / 2;
        List<float[]> rising = ways(times(0, 1), z, t -> Math.sqrt((1 - t) * (1 - t) + s * s * t * t));
        assertEquals(expected, Straightness.of(rising, times(0, 1), 2), 2e-3 * expected);
        List<float[]> falling = ways(times(1, 0), z, t -> Math.sqrt(t * t + s * s * (1 - t) * (1 - t)));
        assertEquals(expected, Straightness.of(falling, times(1, 0), 2), 2e-3 * expected);
    }

    @Test
    void aStraightFlowHasNone() {
        double[] times = times(0, 1);
        assertEquals(0, Straightness.of(ways(times, new float[] {1, 2}, t -> 1 + 3 * t), times, 1), 1e-6);
    }

    @Test
    void statesWithoutTimesAreRefused() {
        List<float[]> states = List.of(new float[2], new float[2]);
        assertThrows(IllegalArgumentException.class, () -> Straightness.of(states, new double[] {0, 0.5, 1}, 1));
        assertThrows(IllegalArgumentException.class, () -> Straightness.of(states, new double[] {0, 1}, 0));
    }
}
