package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class DataOrderTest {
    private static final Rng RNG = new Rng(4);

    @Test
    void everyEpochHoldsEverySampleOnceAndFollowsThePermutation() {
        int n = 23;
        int batch = 5;
        DataOrder order = new DataOrder(n, batch, RNG);
        long[] read = new long[n * batch];
        for (int step = 0; step < n; step++) {
            System.arraycopy(order.batch(step), 0, read, step * batch, batch);
        }
        for (int epoch = 0; epoch < batch; epoch++) {
            long[] one = Arrays.copyOfRange(read, epoch * n, (epoch + 1) * n);
            int[] expected = RNG.permutation(epoch, n);
            for (int i = 0; i < n; i++) {
                assertEquals(expected[i], one[i]);
            }
            Arrays.sort(one);
            for (int i = 0; i < n; i++) {
                assertEquals(i, one[i]);
            }
        }
    }

    @Test
    void theStepAloneDecides() {
        DataOrder unbroken = new DataOrder(100, 8, RNG);
        long[] expected = new long[0];
        for (int step = 0; step <= 41; step++) {
            expected = unbroken.batch(step);
        }
        assertArrayEquals(expected, new DataOrder(100, 8, new Rng(4)).batch(41));
        unbroken.batch(3);
        assertArrayEquals(expected, unbroken.batch(41));
        assertFalse(Arrays.equals(expected, new DataOrder(100, 8, new Rng(5)).batch(41)));
    }

    @Test
    void aBatchMayExceedTheData() {
        long[] batch = new DataOrder(3, 9, RNG).batch(0);
        int[] count = new int[3];
        for (long i : batch) {
            count[(int) i]++;
        }
        assertArrayEquals(new int[] {3, 3, 3}, count);
    }

    @Test
    void endlessDataIsReadInOrder() {
        DataOrder order = new DataOrder(Dataset.ENDLESS, 3, RNG);
        assertArrayEquals(new long[] {0, 1, 2}, order.batch(0));
        assertArrayEquals(
                new long[] {3_000_000_000_000L, 3_000_000_000_001L, 3_000_000_000_002L},
                order.batch(1_000_000_000_000L));
    }

    @Test
    void badArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new DataOrder(0, 1, RNG));
        assertThrows(IllegalArgumentException.class, () -> new DataOrder(1L << 31, 1, RNG));
        assertThrows(IllegalArgumentException.class, () -> new DataOrder(1, 0, RNG));
        assertThrows(IllegalArgumentException.class, () -> new DataOrder(1, 1, RNG).batch(-1));
        assertThrows(IllegalArgumentException.class, () -> new DataOrder(1, 4, RNG).batch(1L << 62));
    }
}
