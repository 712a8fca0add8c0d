package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RasterTest {
    @Test
    void coloursAreSetAndRead() {
        Raster picture = Raster.rgb(3, 2, 0x010203);
        picture.set(2, 1, 0xfffefd);
        assertEquals(0x010203, picture.get(1, 1));
        assertEquals(0xfffefd, picture.get(2, 1));
        assertEquals(0x7f7f7f, new Raster(1, 1, 1, new byte[] {0x7f}).get(0, 0));
    }

    @Test
    void picturesStandSideBySide() {
        Raster grey = new Raster(1, 2, 1, new byte[] {10, 20});
        Raster both = Raster.beside(2, 0xffffff, Raster.rgb(2, 1, 0xff0000), grey);
        assertEquals(5, both.width());
        assertEquals(2, both.height());
        int[][] expected = {
            {0xff0000, 0xff0000, 0xffffff, 0xffffff, 0x0a0a0a}, {0xffffff, 0xffffff, 0xffffff, 0xffffff, 0x141414}
        };
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 5; x++) {
                assertEquals(expected[y][x], both.get(x, y));
            }
        }
    }
}
