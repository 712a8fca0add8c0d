package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Distribution2dTest {
    private static final int N = 20_000;
    private static final Rng RNG = new Rng(5);

    static Stream<Distribution2d> laws() {
        return Stream.of(new EightGaussians(), EightGaussians.ring(), new TwoMoons(), new Checkerboard(), new Spiral());
    }

    private static float[] sample(Distribution2d law, Rng rng, long first, int count) {
        float[] xy = new float[2 * count];
        law.sample(rng, first, count, xy);
        return xy;
    }

    @ParameterizedTest
    @MethodSource("laws")
    void aSampleDependsOnSeedAndNumberOnly(Distribution2d law) {
        float[] all = sample(law, RNG, 100, 40);
        assertArrayEquals(Arrays.copyOfRange(all, 20, 60), sample(law, new Rng(5), 110, 20));
        assertFalse(Arrays.equals(all, sample(law, new Rng(6), 100, 40)));
        assertFalse(Arrays.equals(all, sample(law, RNG, 101, 40)));
    }

    @ParameterizedTest
    @MethodSource("laws")
    void badArgumentsAreRefused(Distribution2d law) {
        assertThrows(IllegalArgumentException.class, () -> law.sample(RNG, 0, 2, new float[3]));
        assertThrows(IllegalArgumentException.class, () -> law.sample(RNG, -1, 1, new float[2]));
        assertThrows(IllegalArgumentException.class, () -> law.sample(RNG, 0, -1, new float[0]));
    }

    @Test
    void namesDiffer() {
        Set<String> names = new HashSet<>();
        laws().forEach(law -> assertTrue(names.add(law.name()), law.name()));
    }

    @Test
    void momentsOfTheEightGaussians() {
        EightGaussians law = new EightGaussians();
        float[] xy = sample(law, RNG, 0, N);
        double variance = law.radius() * law.radius() / 2 + law.std() * law.std();
        for (int axis = 0; axis < 2; axis++) {
            double mean = 0;
            double square = 0;
            for (int i = axis; i < 2 * N; i += 2) {
                mean += xy[i] / N;
                square += (double) xy[i] * xy[i] / N;
            }
            assertEquals(0, mean, 4 * Math.sqrt(variance / N));
            assertEquals(variance, square, 4 * variance / Math.sqrt(N));
        }
    }

    @Test
    void modesLieOnTheCircle() {
        double[] modes = new EightGaussians("wide", 3, 0.1).modes();
        for (int k = 0; k < 8; k++) {
            assertEquals(3 * Math.cos(k * Math.PI / 4), modes[2 * k], 1e-15);
            assertEquals(3 * Math.sin(k * Math.PI / 4), modes[2 * k + 1], 1e-15);
        }
    }

    @Test
    void moonsWithoutNoiseAreHalfCircles() {
        float[] xy = sample(new TwoMoons(0), RNG, 0, N);
        int upper = 0;
        for (int i = 0; i < N; i++) {
            double x = xy[2 * i];
            double y = xy[2 * i + 1];
            boolean first = Math.abs(Math.hypot(x + 0.5, y + 0.25) - 1) < 1e-6 && y > -0.25 - 1e-6;
            boolean second = Math.abs(Math.hypot(x - 0.5, y - 0.25) - 1) < 1e-6 && y < 0.25 + 1e-6;
            assertTrue(first || second, x + ", " + y);
            upper += first ? 1 : 0;
        }
        assertEquals(N / 2.0, upper, 2 * Math.sqrt(N));
    }

    @Test
    void theBoardIsDarkWhereRowAndColumnAgree() {
        float[] xy = sample(new Checkerboard(4), RNG, 0, N);
        int[] count = new int[16];
        for (int i = 0; i < N; i++) {
            int column = Math.min(3, (int) ((xy[2 * i] + 4) / 2));
            int row = Math.min(3, (int) ((xy[2 * i + 1] + 4) / 2));
            assertEquals(0, (column + row) % 2);
            count[4 * row + column]++;
        }
        for (int square = 0; square < 16; square++) {
            double expected = (square / 4 + square) % 2 == 0 ? N / 8.0 : 0;
            assertEquals(expected, count[square], 4 * Math.sqrt(expected));
        }
    }

    @Test
    void theSpiralWithoutNoiseIsACurve() {
        float[] xy = sample(new Spiral(3, 1.5, 0), RNG, 0, N);
        double meanSquare = 0;
        for (int i = 0; i < N; i++) {
            double r = Math.hypot(xy[2 * i], xy[2 * i + 1]);
            double angle = r / 3 * 1.5 * 2 * Math.PI;
            assertEquals(r * Math.cos(angle), xy[2 * i], 1e-5);
            assertEquals(r * Math.sin(angle), xy[2 * i + 1], 1e-5);
            meanSquare += r * r / N;
        }
        // r^2 = 9 u
        assertEquals(4.5, meanSquare, 4 * 9 / Math.sqrt(12.0 * N));
    }

    @Test
    void badParametersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new EightGaussians("none", 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new EightGaussians("none", 1, -1));
        assertThrows(IllegalArgumentException.class, () -> new TwoMoons(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new Checkerboard(Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> new Spiral(1, 0, 0));
    }
}
