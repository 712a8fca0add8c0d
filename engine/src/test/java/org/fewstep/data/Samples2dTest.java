package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class Samples2dTest {
    private final Dataset data = new Samples2d(new Spiral(), new Rng(1));

    @Test
    void readsAnyNumbersInAnyOrder() {
        long[] indices = {7, 8, 9, 3, 1L << 40, 8, 4};
        float[] x = new float[14];
        data.read(indices, x, null);
        for (int i = 0; i < indices.length; i++) {
            float[] one = new float[2];
            new Spiral().sample(new Rng(1), indices[i], 1, one);
            assertArrayEquals(one, new float[] {x[2 * i], x[2 * i + 1]});
        }
    }

    @Test
    void isEndlessAndUnlabelled() {
        assertEquals(Dataset.ENDLESS, data.size());
        assertEquals(0, data.classes());
        assertArrayEquals(new int[] {2}, data.sampleShape());
        int[] labels = {5};
        data.read(new long[] {0}, new float[2], labels);
        assertEquals(5, labels[0]);
    }

    @Test
    void badArgumentsAreRefused() {
        long[] one = {0};
        assertThrows(IllegalArgumentException.class, () -> data.read(one, new float[3], null));
        assertThrows(IllegalArgumentException.class, () -> data.read(one, new float[2], new int[2]));
        assertThrows(IllegalArgumentException.class, () -> data.read(new long[] {-1}, new float[2], null));
    }
}
