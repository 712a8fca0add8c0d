package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.fewstep.io.BadFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
    @TempDir
    Path folder;

    private static byte[] idx(int magic, int[] sizes, int dataBytes) {
        ByteBuffer out = ByteBuffer.allocate(4 + 4 * sizes.length + dataBytes).putInt(magic);
        for (int size : sizes) {
            out.putInt(size);
        }
        for (int i = 0; i < dataBytes; i++) {
            out.put((byte) (i * 7));
        }
        return out.array();
    }

    private static byte[] images(int count, int rows, int cols, int dataBytes) {
        return idx(0x803, new int[] {count, rows, cols}, dataBytes);
    }

    private Path write(byte[] bytes, boolean gzip) throws IOException {
        Path path = folder.resolve("data.bin"); // no hint in the name
        try (OutputStream out =
                gzip ? new GZIPOutputStream(Files.newOutputStream(path)) : Files.newOutputStream(path)) {
            out.write(bytes);
        }
        return path;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void imagesAndLabelsAreRead(boolean gzip) throws IOException {
        byte[] file = images(3, 4, 5, 60);
        IdxImages images = Idx.images(write(file, gzip));
        assertEquals(3, images.count());
        assertEquals(4, images.rows());
        assertEquals(5, images.cols());
        assertArrayEquals(Arrays.copyOfRange(file, 16, 76), images.pixels());
        IdxLabels labels = Idx.labels(write(idx(0x801, new int[] {9}, 9), gzip));
        assertEquals(9, labels.count());
        assertArrayEquals(new byte[] {0, 7, 14, 21, 28, 35, 42, 49, 56}, labels.labels());
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("empty", "the end of the file", new byte[0]),
                Arguments.of("magic cut off", "the end of the file", new byte[] {0, 0, 8}),
                Arguments.of("header cut off", "the end of the file", Arrays.copyOf(images(1, 1, 1, 1), 15)),
                Arguments.of("labels instead of images", "swapped", idx(0x801, new int[] {30}, 30)),
                Arguments.of("signed bytes", "magic 00000903", idx(0x903, new int[] {1, 1, 1}, 1)),
                Arguments.of("floats", "magic 00000d03", idx(0xd03, new int[] {1, 1, 1}, 4)),
                Arguments.of("four axes", "magic 00000804", idx(0x804, new int[] {1, 1, 1, 1}, 1)),
                Arguments.of("wrong byte order", "magic 03080000", idx(0x03080000, new int[] {1, 1, 1}, 1)),
                Arguments.of("no images", "size 0 of axis 0", images(0, 4, 5, 0)),
                Arguments.of("no rows", "size 0 of axis 1", images(2, 0, 5, 0)),
                Arguments.of("negative count", "size 4294967295 of axis 0", images(-1, 4, 5, 60)),
                Arguments.of("two negative sizes", "size 4294967295 of axis 0", images(-1, -60, 1, 60)),
                Arguments.of("2^31 images", "size 2147483648 of axis 0", images(Integer.MIN_VALUE, 28, 28, 60)),
                Arguments.of("2^31 - 1 images", "product of more than", images(Integer.MAX_VALUE, 28, 28, 60)),
                Arguments.of("product wraps to 0", "product of more than", images(1 << 16, 1 << 16, 1 << 16, 0)),
                Arguments.of("product wraps to 60", "product of more than", images(65_537, 65_536, 65_536, 60)),
                Arguments.of("a byte missing", "expected 60", images(3, 4, 5, 59)),
                Arguments.of("a byte too many", "expected 60", images(3, 4, 5, 61)),
                Arguments.of("no data", "expected 60", images(3, 4, 5, 0)),
                Arguments.of("64 MB claimed, 100 bytes there", "expected 64000000", images(64_000, 25, 40, 100)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void isRefused(String name, String part, byte[] bytes) throws IOException {
        for (boolean gzip : new boolean[] {false, true}) {
            Path path = write(bytes, gzip);
            refusedWithin(2 << 20, part, () -> Idx.images(path));
        }
    }

    private static void refusedWithin(long mostAllocated, String part, Executable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        BadFileException e = assertThrows(BadFileException.class, action);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(e.getMessage().contains("data.bin") && e.getMessage().contains(part), e.getMessage());
        assertTrue(allocated < mostAllocated, allocated + " bytes allocated");
    }

    @Test
    void gzipBombIsRefusedWithoutInflatingIt() throws IOException {
        Path path = folder.resolve("data.bin");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write(images(3, 4, 5, 60));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 40; i++) {
                out.write(zeros);
            }
        }
        assertTrue(Files.size(path) < 300_000);
        refusedWithin(2 << 20, "more than 60 decompressed bytes", () -> Idx.images(path));
    }

    @Test
    void everyCutIsRefused() throws IOException {
        for (boolean gzip : new boolean[] {false, true}) {
            byte[] whole = Files.readAllBytes(write(images(2, 3, 4, 24), gzip));
            assertEquals(2, Idx.images(write(whole, false)).count());
            for (int length = 0; length < whole.length; length++) {
                Path cut = Files.write(folder.resolve("cut" + gzip + length), Arrays.copyOf(whole, length));
                assertThrows(BadFileException.class, () -> Idx.images(cut));
            }
            Path more = Files.write(folder.resolve("more"), Arrays.copyOf(whole, whole.length + 1));
            assertThrows(BadFileException.class, () -> Idx.images(more));
        }
    }

    @Test
    void missingFilesAndFoldersAreRefused() {
        assertThrows(BadFileException.class, () -> Idx.images(folder));
        assertThrows(BadFileException.class, () -> Idx.labels(folder.resolve("none")));
    }
}
