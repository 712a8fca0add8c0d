package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Scatter2dTest {
    private static final int RED = 0xff0000;

    private static Raster empty() {
        return new Scatter2d(101, -1.25, 1.25).picture();
    }

    @Test
    void pointsLandWhereTheyBelong() {
        Raster before = empty();
        Raster after = new Scatter2d(101, -1.25, 1.25)
                .pen(2, 1)
                .add(new float[] {0.5f, 1f}, RED)
                .picture();
        // x: (0.5 + 1.25) / 2.5 * 100 = 70; y: 90 from below, so 10 from above.
        assertEquals(RED, after.get(70, 10));
        assertEquals(RED, after.get(71, 11));
        for (int y = 0; y < 101; y++) {
            for (int x = 0; x < 101; x++) {
                if ((x - 70) * (x - 70) + (y - 10) * (y - 10) > 9) {
                    assertEquals(before.get(x, y), after.get(x, y), x + ", " + y);
                }
            }
        }
    }

    @Test
    void densityDarkens() {
        int once = at(new float[] {0.3f, 0.3f});
        int twice = at(new float[] {0.3f, 0.3f, 0.3f, 0.3f});
        int often = at(new float[200]);
        assertEquals(0xff8080, once);
        assertEquals(0xff4040, twice);
        assertNotEquals(twice, often);
    }

    /** The colour at the point (0.3, 0.3) with opacity one half. */
    private static int at(float[] points) {
        float[] all = points.clone();
        Arrays.fill(all, 0.3f);
        Raster picture =
                new Scatter2d(101, -1.25, 1.25).pen(2, 0.5).add(all, RED).picture();
        return picture.get(62, 38);
    }

    @Test
    void laterSetsLieOverEarlierOnes() {
        float[] point = {0.3f, 0.3f};
        Raster picture = new Scatter2d(101, -1.25, 1.25)
                .pen(2, 1)
                .add(point, RED)
                .add(point, 0x0000ff)
                .picture();
        assertEquals(0x0000ff, picture.get(62, 38));
    }

    @Test
    void pointsBeyondTheLimitsAreLeftOut() {
        Raster picture = new Scatter2d(101, -1.25, 1.25)
                .pen(2, 1)
                .add(new float[] {2, 0, 0, -2, Float.POSITIVE_INFINITY, 0, 1e30f, 1e30f}, RED)
                .picture();
        assertArrayEquals(empty().pixels(), picture.pixels());
    }

    @Test
    void pointsOnTheRimAreCutNotWrapped() {
        Raster picture = new Scatter2d(101, -1.25, 1.25)
                .pen(5, 1)
                .add(new float[] {1.25f, 0.6f, -1.25f, -1.25f}, RED)
                .picture();
        assertEquals(RED, picture.get(100, 26));
        assertEquals(RED, picture.get(0, 100));
        assertNotEquals(RED, picture.get(0, 27));
    }

    @Test
    void gridOfHugeLimitsIsDrawnAtOnce() {
        assertEquals(50, new Scatter2d(50, 1e17, 1e17 + 32).picture().width());
        assertEquals(50, new Scatter2d(50, -1e30, 1e30).picture().width());
    }

    @Test
    void captionsAreDrawn() {
        Raster before = empty();
        Raster after = new Scatter2d(101, -1.25, 1.25).caption("2 steps").picture();
        assertFalse(Arrays.equals(before.pixels(), after.pixels()));
        assertThrows(IllegalArgumentException.class, () -> new Scatter2d(50, 0, 1).caption("\u20ac"));
        new Scatter2d(50, 0, 1).caption("longer than the picture is wide, cut at its edge");
    }

    @Test
    void everyGlyphIsDrawnAndDiffers() {
        Set<String> shapes = new HashSet<>();
        String all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+=/()%_";
        for (int i = 0; i < all.length(); i++) {
            Raster picture = Raster.rgb(5, 7, 0);
            PixelFont.draw(picture, all.substring(i, i + 1), 0, 0, 1, 0xffffff);
            shapes.add(Arrays.toString(picture.pixels()));
        }
        assertEquals(all.length(), shapes.size());
        Raster blank = Raster.rgb(5, 7, 0);
        PixelFont.draw(blank, " ", 0, 0, 1, 0xffffff);
        assertFalse(shapes.contains(Arrays.toString(blank.pixels())));
    }

    @Test
    void badInputIsRefused() {
        Scatter2d scatter = new Scatter2d(20, -1, 1);
        assertThrows(IllegalArgumentException.class, () -> new Scatter2d(0, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Scatter2d(20, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Scatter2d(20, Double.NaN, 1));
        assertThrows(IllegalArgumentException.class, () -> new Scatter2d(20, 0, Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> scatter.add(new float[3], RED));
        assertThrows(IllegalArgumentException.class, () -> scatter.add(new float[] {0, Float.NaN}, RED));
        assertThrows(IllegalArgumentException.class, () -> scatter.pen(0, 0.5));
        assertThrows(IllegalArgumentException.class, () -> scatter.pen(1, 0));
        assertThrows(IllegalArgumentException.class, () -> scatter.pen(1, Double.NaN));
        assertEquals(20, scatter.picture().width());
    }
}
