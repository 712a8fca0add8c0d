package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;

class GlyphsTest {
    private static final int CLASSES = Glyphs.alphabet().length();
    private static final int PIXELS = Glyphs.SIDE * Glyphs.SIDE;
    private static final Glyphs ALL = new Glyphs(CLASSES, new Rng(1));

    private static float[] draw(Glyphs glyphs, int label, long index) {
        float[] x = new float[PIXELS];
        glyphs.draw(label, index, x, 0);
        return x;
    }

    @Test
    void theAlphabetIsTenDigitsAndLettersWithoutRepeats() {
        assertTrue(Glyphs.alphabet().startsWith("0123456789A"));
        assertEquals(CLASSES, Glyphs.alphabet().chars().distinct().count());
    }

    @Test
    void readDrawsItsLabelAndDependsOnTheNumberOnly() {
        Glyphs glyphs = new Glyphs(6, new Rng(2));
        long[] indices = {5, 1L << 50, 6, 5};
        float[] x = new float[4 * PIXELS];
        int[] labels = new int[4];
        glyphs.read(indices, x, labels);
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(draw(glyphs, labels[i], indices[i]), Arrays.copyOfRange(x, i * PIXELS, (i + 1) * PIXELS));
        }
        assertEquals(labels[0], labels[3]);
        float[] again = new float[4 * PIXELS];
        new Glyphs(6, new Rng(2)).read(indices, again, null);
        assertArrayEquals(x, again);
        assertFalse(Arrays.equals(draw(glyphs, 0, 1), draw(glyphs, 0, 2)));
        assertFalse(Arrays.equals(draw(glyphs, 0, 1), draw(new Glyphs(6, new Rng(3)), 0, 1)));
    }

    @Test
    void classesAreEvenlyDrawn() {
        int n = 6000;
        long[] indices = new long[n];
        for (int i = 0; i < n; i++) {
            indices[i] = i;
        }
        int[] labels = new int[n];
        new Glyphs(6, 8, new Rng(3)).read(indices, new float[n * 64], labels);
        int[] count = new int[6];
        for (int label : labels) {
            count[label]++;
        }
        for (int c : count) {
            assertEquals(1000, c, 4 * Math.sqrt(1000));
        }
    }

    @Test
    void inkIsWithinTheRangeAndInsideTheImage() {
        double ink = 0;
        double border = 0;
        for (int label = 0; label < CLASSES; label++) {
            for (long index = 0; index < 100; index++) {
                float[] x = draw(ALL, label, index);
                double own = 0;
                for (int p = 0; p < PIXELS; p++) {
                    assertTrue(x[p] >= -1 && x[p] <= 1);
                    double amount = (x[p] + 1) / 2;
                    own += amount;
                    int row = p / Glyphs.SIDE;
                    int column = p % Glyphs.SIDE;
                    border += row == 0 || row == 15 || column == 0 || column == 15 ? amount : 0;
                }
                assertTrue(own > 10 && own < 130, "ink " + own + " of label " + label + ", image " + index);
                ink += own;
            }
        }
        assertTrue(border < 0.02 * ink, "border " + border / ink);
    }

    /** Every class is recognisable: the nearest of 60 drawings of each names another drawing rightly. */
    @Test
    void classesCanBeToldApart() {
        int drawings = 60;
        float[][] known = new float[CLASSES * drawings][];
        for (int k = 0; k < known.length; k++) {
            known[k] = draw(ALL, k / drawings, k);
        }
        int right = 0;
        for (int label = 0; label < CLASSES; label++) {
            int ownRight = 0;
            for (long index = 10_000; index < 10_010; index++) {
                ownRight += nearest(draw(ALL, label, index), known) / drawings == label ? 1 : 0;
            }
            assertTrue(
                    ownRight >= 7,
                    "only " + ownRight + " of 10 right for " + Glyphs.alphabet().charAt(label));
            right += ownRight;
        }
        assertTrue(right >= 0.95 * 10 * CLASSES, right + " right of " + 10 * CLASSES);
    }

    private static int nearest(float[] x, float[][] known) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < known.length; k++) {
            double distance = 0;
            for (int p = 0; p < x.length; p++) {
                double difference = x[p] - known[k][p];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                best = k;
            }
        }
        return best;
    }

    @Test
    void widthVariesAndEdgesAreSoft() {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        int grey = 0;
        for (long index = 0; index < 200; index++) {
            double ink = 0;
            for (float v : draw(ALL, 1, index)) {
                ink += (v + 1) / 2;
                grey += v > -0.9 && v < 0.9 ? 1 : 0;
            }
            least = Math.min(least, ink);
            most = Math.max(most, ink);
        }
        assertTrue(most > 1.8 * least, "ink from " + least + " to " + most);
        assertTrue(grey > 200 * 10, "grey pixels " + grey);
    }

    @Test
    void aLargerImageShowsTheSameGlyph() {
        float[] small = draw(ALL, 3, 9);
        float[] large = new float[4 * PIXELS];
        new Glyphs(CLASSES, 32, new Rng(1)).draw(3, 9, large, 0);
        double difference = 0;
        for (int p = 0; p < PIXELS; p++) {
            int at = p / 16 * 64 + p % 16 * 2;
            difference += Math.abs(small[p] - (large[at] + large[at + 1] + large[at + 32] + large[at + 33]) / 4);
        }
        assertTrue(difference / PIXELS < 0.05, "mean difference " + difference / PIXELS);
    }

    /** Computed once: the data of a seed must not drift. */
    @Test
    void imagesArePinned() {
        CRC32 crc = new CRC32();
        for (int label = 0; label < CLASSES; label++) {
            for (float v : draw(ALL, label, label)) {
                crc.update(Math.round((v + 1) * 127.5f));
            }
        }
        assertEquals(0x7D376D5BL, crc.getValue());
    }

    @Test
    void badArgumentsAreRefused() {
        Rng rng = new Rng(1);
        Glyphs six = new Glyphs(6, rng);
        assertThrows(IllegalArgumentException.class, () -> new Glyphs(0, rng));
        assertThrows(IllegalArgumentException.class, () -> new Glyphs(CLASSES + 1, rng));
        assertThrows(IllegalArgumentException.class, () -> new Glyphs(6, 7, rng));
        assertThrows(IllegalArgumentException.class, () -> six.draw(6, 0, new float[PIXELS], 0));
        assertThrows(IllegalArgumentException.class, () -> six.draw(-1, 0, new float[PIXELS], 0));
        assertThrows(IllegalArgumentException.class, () -> six.draw(0, 0, new float[PIXELS], 1));
        assertThrows(IllegalArgumentException.class, () -> six.draw(0, -1, new float[PIXELS], 0));
        assertThrows(IllegalArgumentException.class, () -> six.read(new long[] {0}, new float[PIXELS - 1], null));
    }
}
