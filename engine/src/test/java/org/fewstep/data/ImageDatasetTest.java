package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ImageDatasetTest {
    private static final byte[] PIXELS = {0, (byte) 255, 51, 102, (byte) 204, (byte) 128};
    private static final byte[] LABELS = {2, 0, (byte) 200};

    private final Dataset data = new ImageDataset(PIXELS, LABELS, 1, 1, 2, 201);

    @Test
    void readsPixelsAsMinusOneToOne() {
        float[] x = new float[6];
        int[] labels = new int[3];
        data.read(new long[] {1, 2, 0}, x, labels);
        assertArrayEquals(new float[] {-0.6f, -0.2f, 0.6f, 128 / 127.5f - 1, -1, 1}, x, 1e-6f);
        assertEquals(-1f, x[4]);
        assertEquals(1f, x[5]);
        assertArrayEquals(new int[] {0, 200, 2}, labels);
        data.read(new long[] {2}, new float[2], null);
    }

    @Test
    void describesItself() {
        assertEquals(3, data.size());
        assertEquals(201, data.classes());
        assertArrayEquals(new int[] {1, 1, 2}, data.sampleShape());
        assertArrayEquals(new int[] {3, 2, 1}, new ImageDataset(PIXELS, new byte[1], 3, 2, 1, 1).sampleShape());
    }

    @Test
    void badArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, LABELS, 1, 1, 2, 200));
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, LABELS, 1, 2, 2, 201));
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, new byte[2], 1, 1, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(new byte[0], new byte[0], 1, 1, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, LABELS, 1, 0, 2, 201));
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, LABELS, 1, 1, 2, 257));
        int huge = Integer.MAX_VALUE;
        assertThrows(IllegalArgumentException.class, () -> new ImageDataset(PIXELS, LABELS, huge, huge, huge, 201));
        assertThrows(IllegalArgumentException.class, () -> data.read(new long[] {3}, new float[2], null));
        assertThrows(IllegalArgumentException.class, () -> data.read(new long[] {0}, new float[3], null));
        assertThrows(IllegalArgumentException.class, () -> data.read(new long[] {0}, new float[2], new int[0]));
    }
}
