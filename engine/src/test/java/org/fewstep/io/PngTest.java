package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {
    static void assertDecodesTo(Raster picture, byte[] png) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals(picture.width(), image.getWidth());
        assertEquals(picture.height(), image.getHeight());
        assertEquals(picture.channels(), image.getRaster().getNumBands());
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                // The raster's own samples: getRGB would pass grey through a colour space.
                int[] sample = image.getRaster().getPixel(x, y, (int[]) null);
                for (int channel = 0; channel < picture.channels(); channel++) {
                    int at = (y * picture.width() + x) * picture.channels() + channel;
                    assertEquals(picture.pixels()[at] & 0xff, sample[channel], x + ", " + y);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,1,3", "7,5,1", "7,5,3", "1,300,3", "300,1,1", "64,64,3", "200,150,1"})
    void noiseAndRampsComeBack(int width, int height, int channels) throws IOException {
        Random random = new Random(width);
        byte[] noise = new byte[width * height * channels];
        random.nextBytes(noise);
        byte[] ramp = new byte[noise.length];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i / channels % width + i / (channels * width) * 2 + i % channels * 90);
        }
        for (byte[] pixels : new byte[][] {noise, ramp, new byte[noise.length]}) {
            Raster picture = new Raster(width, height, channels, pixels);
            byte[] png = Png.encode(picture);
            assertDecodesTo(picture, png);
            assertArrayEquals(png, Png.encode(picture));
        }
    }

    @Test
    void filtersPay() {
        byte[] ramp = new byte[256 * 256];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i % 256 + i / 256);
        }
        assertTrue(Png.encode(new Raster(256, 256, 1, ramp)).length < 2000);
    }

    @Test
    void writesAFile(@TempDir Path folder) throws IOException {
        Raster picture = Raster.rgb(3, 2, 0x102030);
        Png.write(folder.resolve("a.png"), picture);
        assertArrayEquals(Png.encode(picture), Files.readAllBytes(folder.resolve("a.png")));
    }

    @Test
    void impossibleRastersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Raster(0, 1, 1, new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> new Raster(1, -1, 1, new byte[1]));
        assertThrows(IllegalArgumentException.class, () -> new Raster(2, 2, 2, new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> new Raster(2, 2, 3, new byte[11]));
        assertThrows(IllegalArgumentException.class, () -> new Raster(1 << 16, 1 << 16, 1, new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> Raster.rgb(1 << 16, 1 << 16, 0));
    }
}
