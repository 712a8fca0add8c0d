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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GifTest {
    private record Decoded(List<BufferedImage> frames, List<Integer> delays, int loops) {}

    private static Decoded decode(byte[] gif) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(gif))) {
            reader.setInput(in);
            List<BufferedImage> frames = new ArrayList<>();
            List<Integer> delays = new ArrayList<>();
            int loops = -1;
            for (int i = 0; i < reader.getNumImages(true); i++) {
                frames.add(reader.read(i));
                IIOMetadataNode root =
                        (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
                IIOMetadataNode control = (IIOMetadataNode)
                        root.getElementsByTagName("GraphicControlExtension").item(0);
                delays.add(Integer.parseInt(control.getAttribute("delayTime")));
                if (root.getElementsByTagName("ApplicationExtension").getLength() > 0) {
                    IIOMetadataNode app = (IIOMetadataNode)
                            root.getElementsByTagName("ApplicationExtension").item(0);
                    byte[] data = (byte[]) app.getUserObject();
                    loops = (data[1] & 0xff) | (data[2] & 0xff) << 8;
                }
            }
            return new Decoded(frames, delays, loops);
        } finally {
            reader.dispose();
        }
    }

    private static void assertSame(Raster picture, BufferedImage image) {
        assertEquals(picture.width(), image.getWidth());
        assertEquals(picture.height(), image.getHeight());
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                assertEquals(picture.get(x, y), image.getRGB(x, y) & 0xffffff, x + ", " + y);
            }
        }
    }

    /** A frame of random pixels from the first {@code colours} of a fixed table; runs make the strings long. */
    private static Raster frame(Random random, int width, int height, int colours, int run) {
        Raster frame = Raster.rgb(width, height, 0);
        int colour = 0;
        for (int i = 0; i < width * height; i++) {
            if (i % run == 0) {
                colour = random.nextInt(colours) * 0x010503 & 0xffffff;
            }
            frame.set(i % width, i / width, colour);
        }
        return frame;
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,1",
        "2,2,2,1",
        "1,2,2,1",
        "3,5,4,1",
        "40,30,2,1",
        "100,100,2,3",
        "100,100,3,1",
        "90,90,16,1",
        "128,128,17,1",
        "150,150,128,1",
        "150,150,129,1",
        "200,200,256,1",
        "300,200,256,5",
        "256,256,1,1",
        "500,400,2,700"
    })
    void upTo256ColoursAreExact(int width, int height, int colours, int run) throws IOException {
        Random random = new Random(colours);
        List<Raster> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            frames.add(frame(random, width, height, colours, run));
        }
        byte[] gif = Gif.encode(frames, 7, 0);
        Decoded decoded = decode(gif);
        assertEquals(3, decoded.frames.size());
        assertEquals(List.of(7, 7, 7), decoded.delays);
        assertEquals(0, decoded.loops);
        for (int i = 0; i < 3; i++) {
            assertSame(frames.get(i), decoded.frames.get(i));
        }
        assertArrayEquals(gif, Gif.encode(frames, 7, 0));
    }

    @Test
    void everyLengthOfStreamEndsWell() throws IOException {
        // The width of the last code and of the end code is the classic trap: walk across each growth.
        Random random = new Random(9);
        for (int length = 1; length < 200; length++) {
            Raster frame = frame(random, length, 1, 4, 1);
            assertSame(frame, decode(Gif.encode(List.of(frame), 1, 1)).frames.get(0));
        }
        for (int length = 3800; length < 4300; length += 17) {
            Raster frame = frame(random, length, 1, 256, 1);
            assertSame(frame, decode(Gif.encode(List.of(frame), 1, 1)).frames.get(0));
        }
    }

    @Test
    void moreColoursAreNear() throws IOException {
        Raster smooth = Raster.rgb(128, 128, 0);
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                smooth.set(x, y, x * 2 << 16 | y * 2 << 8 | (x + y));
            }
        }
        BufferedImage image = decode(Gif.encode(List.of(smooth), 1, 0)).frames.get(0);
        double squares = 0;
        int most = 0;
        for (int i = 0; i < 128 * 128; i++) {
            for (int shift = 0; shift <= 16; shift += 8) {
                int difference = (smooth.get(i % 128, i / 128) >> shift & 0xff)
                        - (image.getRGB(i % 128, i / 128) >> shift & 0xff);
                squares += difference * difference;
                most = Math.max(most, Math.abs(difference));
            }
        }
        double error = Math.sqrt(squares / (3 * 128 * 128));
        assertTrue(error < 7, "root mean square error " + error);
        assertTrue(most < 40, "largest error " + most);
    }

    @Test
    void greyFramesAreExact() throws IOException {
        byte[] ramp = new byte[64 * 64];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i / 16);
        }
        Raster grey = new Raster(64, 64, 1, ramp);
        BufferedImage image = decode(Gif.encode(List.of(grey), 1, 0)).frames.get(0);
        for (int i = 0; i < ramp.length; i++) {
            assertEquals(grey.get(i % 64, i / 64), image.getRGB(i % 64, i / 64) & 0xffffff);
        }
    }

    @Test
    void loopsAreCounted() throws IOException {
        List<Raster> frames = List.of(Raster.rgb(2, 2, 0), Raster.rgb(2, 2, 0xffffff));
        assertEquals(-1, decode(Gif.encode(frames, 1, 1)).loops);
        assertEquals(4, decode(Gif.encode(frames, 1, 5)).loops);
        assertEquals(0, decode(Gif.encode(frames, 1, 0)).loops);
    }

    @Test
    void writesAFile(@TempDir Path folder) throws IOException {
        List<Raster> frames = List.of(Raster.rgb(2, 2, 0));
        Gif.write(folder.resolve("a.gif"), frames, 1, 0);
        assertArrayEquals(Gif.encode(frames, 1, 0), Files.readAllBytes(folder.resolve("a.gif")));
    }

    @Test
    void badInputIsRefused() {
        Raster frame = Raster.rgb(2, 2, 0);
        assertThrows(IllegalArgumentException.class, () -> Gif.encode(List.of(), 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Gif.encode(List.of(frame), -1, 0));
        assertThrows(IllegalArgumentException.class, () -> Gif.encode(List.of(frame), 1, 70_000));
        assertThrows(IllegalArgumentException.class, () -> Gif.encode(List.of(frame, Raster.rgb(3, 2, 0)), 1, 0));
    }
}
