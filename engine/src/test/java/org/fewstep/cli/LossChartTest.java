package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
    @TempDir
    Path folder;

    @Test
    void drawsCurvesInColours() throws Exception {
        Map<Long, Double> loss = new TreeMap<>();
        for (long step = 1; step <= 200; step++) {
            loss.put(step * 10, 1 + 1.0 / step + (step % 7) * 0.1);
        }
        loss.put(55L, Double.NaN);
        assertTrue(new LossChart("Loss")
                .add("one", loss)
                .add("two", Map.of(1L, 2.0, 2L, 1.5))
                .write(folder.resolve("loss.png")));
        BufferedImage image = ImageIO.read(folder.resolve("loss.png").toFile());
        assertEquals(900, image.getWidth());
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y) & 0xffffff);
            }
        }
        assertTrue(colours.contains(0x1f5fa8) && colours.contains(0xc2571a), "both curves are there");
    }

    @Test
    void withoutAPointThereIsNoPicture() {
        Path file = folder.resolve("loss.png");
        assertFalse(new LossChart("Loss").add("nothing", Map.of(1L, Double.NaN)).write(file));
        assertFalse(Files.exists(file));
    }
}
