package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipInputTest {
    static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
            gz.write(data);
        }
        return out.toByteArray();
    }

    private static byte[] read(byte[] file) throws IOException {
        try (InputStream in = new GzipInput(new ByteArrayInputStream(file), "test.gz")) {
            return in.readAllBytes();
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void dataComesBack() throws IOException {
        Random random = new Random(1);
        for (int length : new int[] {0, 1, 100, 65_536, 300_000}) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            assertArrayEquals(noise, read(gzip(noise)));
            assertArrayEquals(new byte[length], read(gzip(new byte[length])));
        }
    }

    @Test
    void membersFollowEachOther() throws IOException {
        byte[] file = concat(gzip(new byte[] {1, 2}), gzip(new byte[0]), gzip(new byte[] {3}));
        assertArrayEquals(new byte[] {1, 2, 3}, read(file));
    }

    @Test
    void optionalHeaderFieldsAreSkipped() throws IOException {
        byte[] plain = gzip(new byte[] {7});
        byte[] head = Arrays.copyOf(plain, 10);
        head[3] = 2 | 4 | 8 | 16;
        byte[] fields =
                concat(new byte[] {3, 0, 9, 9, 9}, "name\0note\0".getBytes(StandardCharsets.US_ASCII), new byte[2]);
        assertArrayEquals(new byte[] {7}, read(concat(head, fields, Arrays.copyOfRange(plain, 10, plain.length))));
    }

    @Test
    void everyCutAndEveryTrailingByteIsRefused() throws IOException {
        byte[] file = gzip("some data, some data, some data".getBytes(StandardCharsets.US_ASCII));
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThrows(BadFileException.class, () -> read(cut));
        }
        BadFileException e = assertThrows(BadFileException.class, () -> read(Arrays.copyOf(file, file.length + 1)));
        assertTrue(e.offset() >= file.length, e.getMessage());
        assertThrows(BadFileException.class, () -> read(concat(file, new byte[] {0x1f, (byte) 0x8b})));
    }

    @Test
    void damageIsFoundByTheChecksum() throws IOException {
        byte[] data = "some data, some other data".getBytes(StandardCharsets.US_ASCII);
        byte[] file = gzip(data);
        for (int i = 10; i < file.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = file.clone();
                damaged[i] ^= (byte) (1 << bit);
                byte[] read;
                try {
                    read = read(damaged);
                } catch (BadFileException e) {
                    continue;
                }
                assertArrayEquals(data, read); // bits of a stream that mean nothing
            }
        }
    }

    @Test
    void otherFilesAreRefused() {
        for (int[] start : new int[][] {{0x1f, 0x8b, 7, 0}, {0x1f, 0x8b, 8, 0xe0}, {'P', 'K', 3, 4}}) {
            byte[] file = new byte[40];
            for (int i = 0; i < 4; i++) {
                file[i] = (byte) start[i];
            }
            assertThrows(BadFileException.class, () -> read(file));
        }
    }

    @Test
    void singleBytesAreUnsigned() throws IOException {
        try (InputStream in = new GzipInput(new ByteArrayInputStream(gzip(new byte[] {-1})), "test.gz")) {
            assertEquals(255, in.read());
            assertEquals(-1, in.read());
            assertEquals(-1, in.read());
            assertEquals(0, in.read(new byte[0]));
        }
    }
}
