package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charts of numbers with intervals, by their pixels. */
class IntervalChartTest {
    private static final int MEAN = 0x1f5fa8;
    private static final int END = 0x8a93a0;

    @TempDir
    Path folder;

    private static List<Integer> rows(BufferedImage image, int from, int to, int color) {
        List<Integer> rows = new ArrayList<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = from; x < to; x++) {
                if ((image.getRGB(x, y) & 0xffffff) == color) {
                    rows.add(y);
                    break;
                }
            }
        }
        return rows;
    }

    private static double middle(List<Integer> rows) {
        return rows.stream().mapToInt(r -> r).average().orElseThrow();
    }

    /** On a logarithmic axis, too: three numbers a decade apart, the middle one a factor of 2 from its ends. */
    @Test
    void endsAreAsFarFromTheirNumberAsTheAxisSays() throws IOException {
        IntervalChart chart = new IntervalChart("three", "distance");
        chart.add("a", 0.01, 0.001);
        chart.add("b", 0.1, 0.05);
        chart.add("c", 1, 0.1);
        Path file = folder.resolve("chart.png");
        chart.write(file);
        BufferedImage image = ImageIO.read(file.toFile());
        int third = image.getWidth() / 3;
        double low = middle(rows(image, 60, third, MEAN));
        double mid = middle(rows(image, third, 2 * third, MEAN));
        double high = middle(rows(image, 2 * third, image.getWidth() - 15, MEAN));
        double decade = low - mid;
        assertTrue(decade > 50, () -> "decade of " + decade);
        assertEquals(decade, mid - high, 2);

        List<Integer> ends = rows(image, third, 2 * third, END);
        int above = ends.get(0);
        int below = ends.get(ends.size() - 1);
        assertEquals(mid - decade * Math.log10(1.5), above, 8);
        assertEquals(mid + decade * Math.log10(2), below, 8);
    }
}
