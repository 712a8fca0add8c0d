package org.fewstep.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class NearestNeighbourTest extends EngineTest {
    private static float[] normal(int seed, int count) {
        double[] values = new Rng(seed).normal(0, count, 0);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) values[i];
        }
        return x;
    }

    private static double[] bruteForce(float[] points, float[] references, int d) {
        double[] least = new double[points.length / d];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int i = 0; i < least.length; i++) {
            for (int j = 0; j < references.length / d; j++) {
                double sum = 0;
                for (int k = 0; k < d; k++) {
                    double gap = (double) points[i * d + k] - references[j * d + k];
                    sum += gap * gap;
                }
                least[i] = Math.min(least[i], Math.sqrt(sum));
            }
        }
        return least;
    }

    /** More references than one part of the products holds, in two calls. */
    @Test
    void distancesAreThoseOfAllPairs() {
        int d = 5;
        float[] points = normal(1, 40 * d);
        float[] references = normal(2, 2500 * d);
        NearestNeighbour neighbours = new NearestNeighbour(device, points, d);
        neighbours.add(Arrays.copyOf(references, 2300 * d));
        neighbours.add(Arrays.copyOfRange(references, 2300 * d, references.length));
        assertArrayEquals(bruteForce(points, references, d), neighbours.distances(), 1e-5);
    }

    @Test
    void aCopyIsAtDistanceZero() {
        float[] points = {1000.125f, -3, 0.25f, 7};
        NearestNeighbour neighbours = new NearestNeighbour(device, points, 2);
        assertEquals(Double.POSITIVE_INFINITY, neighbours.distances()[0]);
        neighbours.add(new float[] {0.25f, 8, 1000.125f, -3});
        assertArrayEquals(new double[] {0, 1}, neighbours.distances());
        neighbours.add(new float[0]);
        assertArrayEquals(new double[] {0, 1}, neighbours.distances());
    }

    @Test
    void badInputIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new NearestNeighbour(device, new float[0], 2));
        assertThrows(IllegalArgumentException.class, () -> new NearestNeighbour(device, new float[3], 2));
        NearestNeighbour neighbours = new NearestNeighbour(device, new float[2], 2);
        assertThrows(IllegalArgumentException.class, () -> neighbours.add(new float[3]));
    }
}
