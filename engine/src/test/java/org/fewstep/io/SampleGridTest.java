package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SampleGridTest {
    @Test
    void greyTilesLieRowByRow() throws IOException {
        float[] samples = {-1, 1, 0, 0.5f, 2, -7}; // (3, 1, 1, 2)
        Raster grid = new SampleGrid(2, 1, 1).draw(samples, 3, 1, 1, 2);
        byte[] expected = {
            64, 64, 64, 64, 64, 64, 64,
            64, 0, (byte) 255, 64, (byte) 128, (byte) 191, 64,
            64, 64, 64, 64, 64, 64, 64,
            64, (byte) 255, 0, 64, 64, 64, 64,
            64, 64, 64, 64, 64, 64, 64
        };
        assertEquals(7, grid.width());
        assertEquals(5, grid.height());
        assertArrayEquals(expected, grid.pixels());
        PngTest.assertDecodesTo(grid, Png.encode(grid));
    }

    @Test
    void channelsComeFromPlanesAndPixelsGrow() {
        float[] samples = {-1, 1, 1, -1, 0, 0}; // (1, 3, 1, 2): red 0 255, green 255 0, blue 128 128
        Raster grid = new SampleGrid(8, 0, 2).draw(samples, 1, 3, 1, 2);
        assertEquals(4, grid.width());
        assertEquals(2, grid.height());
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 4; x++) {
                assertEquals(x < 2 ? 0x00ff80 : 0xff0080, grid.get(x, y));
            }
        }
    }

    @Test
    void badInputIsRefused() {
        SampleGrid grid = new SampleGrid(4, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> new SampleGrid(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new SampleGrid(1, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new SampleGrid(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> grid.draw(new float[3], 1, 1, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> grid.draw(new float[8], 1, 2, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> grid.draw(new float[] {Float.NaN}, 1, 1, 1, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new SampleGrid(1, 0, 1 << 30).draw(new float[16], 4, 1, 2, 2));
    }
}
