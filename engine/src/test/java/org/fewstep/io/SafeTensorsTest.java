package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
    @TempDir
    Path folder;

    private Path file(String header, int... data) throws IOException {
        byte[] bytes = SafeTensorsFile.bytes(header, data.length);
        for (int i = 0; i < data.length; i++) {
            bytes[bytes.length - data.length + i] = (byte) data[i];
        }
        return SafeTensorsFile.write(folder, bytes);
    }

    @Test
    void everyKindOfArrayComesBack() {
        Path path = folder.resolve("a.safetensors");
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("w", TensorSource.of(new float[] {1, -2, 0.5f, Float.NaN, -0f, Float.MIN_VALUE}, 2, 3));
        tensors.put("m", TensorSource.of(new double[] {Math.PI, -0.0}, 2));
        tensors.put("i", TensorSource.of(new int[] {1, Integer.MIN_VALUE}, 2, 1));
        tensors.put("l", TensorSource.of(new long[] {Long.MAX_VALUE}));
        tensors.put("b", TensorSource.ofBytes(StoredType.U8, new byte[] {0, (byte) 255, 7}, 3));
        tensors.put("empty", TensorSource.of(new float[0], 0, 5));
        SafeTensors.write(path, Map.of("format", "x", "config", "{\"a\":\"\u00e9\"}"), tensors);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertEquals(List.of("l", "m", "empty", "i", "w", "b"), List.copyOf(r.names()));
            assertEquals(List.of("config", "format"), List.copyOf(r.metadata().keySet()));
            assertEquals("{\"a\":\"\u00e9\"}", r.metadata().get("config"));
            float[] w = r.readFloats("w");
            assertArrayEquals(new float[] {1, -2, 0.5f, Float.NaN, -0f, Float.MIN_VALUE}, w);
            assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(w[4]));
            assertArrayEquals(new double[] {1, -2, 0.5, Double.NaN, -0.0, Float.MIN_VALUE}, r.readDoubles("w"));
            assertArrayEquals(new double[] {Math.PI, -0.0}, r.readDoubles("m"));
            assertArrayEquals(new int[] {1, Integer.MIN_VALUE}, r.readInts("i"));
            assertArrayEquals(new long[] {1, Integer.MIN_VALUE}, r.readLongs("i"));
            assertArrayEquals(new long[] {Long.MAX_VALUE}, r.readLongs("l"));
            assertArrayEquals(new int[] {0, 255, 7}, r.readInts("b"));
            assertArrayEquals(new byte[] {0, -1, 7}, r.readBytes("b"));
            assertEquals(0, r.readFloats("empty").length);
            assertArrayEquals(new long[] {2, 3}, r.info("w").shape());
            assertArrayEquals(new long[0], r.info("l").shape());
            assertEquals(StoredType.F32, r.info("w").type());
            assertEquals(24, r.info("w").bytes());
            assertEquals(6, r.info("w").elements());
        }
    }

    @Test
    void bytesAreThoseOfTheFormat() throws IOException {
        Path path = folder.resolve("a.safetensors");
        SafeTensors.write(
                path,
                Map.of("k", "v"),
                Map.of(
                        "b", TensorSource.of(new float[] {1}, 1),
                        "a", TensorSource.of(new float[] {2}),
                        "c", TensorSource.ofBytes(StoredType.U8, new byte[] {9}, 1),
                        "z", TensorSource.of(new double[] {1}, 1)));
        String header = "{\"__metadata__\":{\"k\":\"v\"},"
                + "\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
                + "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]}}";
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length() + 17).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII));
        assertEquals(0, expected.position() % 8);
        expected.putDouble(1).putFloat(2).putFloat(1).put((byte) 9);
        assertArrayEquals(expected.array(), Files.readAllBytes(path));
    }

    @Test
    void sameContentSameBytesWhateverTheMapOrder() throws IOException {
        Random random = new Random(5);
        Map<String, TensorSource> forward = new TreeMap<>();
        Map<String, TensorSource> backward = new TreeMap<>(Comparator.reverseOrder());
        for (int i = 0; i < 40; i++) {
            float[] values = new float[random.nextInt(50)];
            for (int j = 0; j < values.length; j++) {
                values[j] = random.nextFloat();
            }
            forward.put("t" + i, TensorSource.of(values, values.length));
            backward.put("t" + i, TensorSource.of(values, values.length));
        }
        SafeTensors.write(folder.resolve("f"), Map.of("a", "1", "b", "2", "c", "3"), forward);
        SafeTensors.write(folder.resolve("b"), Map.of("c", "3", "b", "2", "a", "1"), backward);
        assertEquals(-1, Files.mismatch(folder.resolve("f"), folder.resolve("b")));
    }

    @Test
    void noTensorAndNoMetadataIsAFile() {
        Path path = folder.resolve("empty");
        SafeTensors.write(path, Map.of(), Map.of());
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertTrue(r.names().isEmpty());
            assertTrue(r.metadata().isEmpty());
        }
    }

    @Test
    void sixteenBitFloatsAreWidened() throws IOException {
        Path path = file(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[6,10]}}",
                0x00,
                0x3c,
                0x01,
                0x80,
                0x00,
                0xfc,
                0x80,
                0x3f,
                0x49,
                0xc0);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertArrayEquals(new float[] {1f, -0x1p-24f, Float.NEGATIVE_INFINITY}, r.readFloats("h"));
            assertArrayEquals(new double[] {1, -3.140625}, r.readDoubles("b"));
        }
    }

    @Test
    void smallIntegersAreWidenedWithTheirSign() throws IOException {
        Path path = file(
                "{\"u4\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"i2\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                        + "\"u2\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[6,8]},"
                        + "\"i1\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[8,9]},"
                        + "\"f\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[9,11]}}",
                255,
                255,
                255,
                255,
                254,
                255,
                254,
                255,
                253,
                1,
                0);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertArrayEquals(new long[] {0xffffffffL}, r.readLongs("u4"));
            assertArrayEquals(new int[] {-2}, r.readInts("i2"));
            assertArrayEquals(new int[] {65534}, r.readInts("u2"));
            assertArrayEquals(new int[] {-3}, r.readInts("i1"));
            assertArrayEquals(new int[] {1, 0}, r.readInts("f"));
            assertThrows(BadFileException.class, () -> r.readInts("u4"));
            assertThrows(BadFileException.class, () -> r.readFloats("i2"));
        }
    }

    @Test
    void booleansAreZeroOrOne() throws IOException {
        Path path = file("{\"f\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1, 2);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertThrows(BadFileException.class, () -> r.readInts("f"));
            assertArrayEquals(new byte[] {1, 2}, r.readBytes("f"));
        }
    }

    @Test
    void wrongTypeOrNameIsReported() {
        Path path = folder.resolve("a");
        SafeTensors.write(path, Map.of(), Map.of("d", TensorSource.of(new double[] {1}, 1)));
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            String message = assertThrows(BadFileException.class, () -> r.readFloats("d"))
                    .getMessage();
            assertTrue(message.contains("got F64 in tensor 'd'; expected one of [F32, F16, BF16]"), message);
            assertThrows(BadFileException.class, () -> r.readInts("d"));
            assertThrows(BadFileException.class, () -> r.info("e"));
        }
    }

    @Test
    void headerMayBePaddedAndInAnyOrder() throws IOException {
        Path path = file(
                "{\"b\":{\"data_offsets\":[1,3],\"shape\":[2],\"dtype\":\"U8\"},"
                        + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[1,1]}}       ",
                5,
                6,
                7);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertEquals(List.of("b", "a", "none"), List.copyOf(r.names()));
            assertArrayEquals(new int[] {6, 7}, r.readInts("b"));
            assertArrayEquals(new int[] {5}, r.readInts("a"));
            assertEquals(0, r.readFloats("none").length);
        }
    }

    @Test
    void largeTensorsPassInChunks() throws IOException {
        int count = (TensorChunks.CHUNK * 2 + 40) / Float.BYTES;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        Path path = folder.resolve("large");
        SafeTensors.write(path, Map.of(), Map.of("x", TensorSource.of(values, count)));
        assertEquals(0, Files.size(path) % 8);
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertArrayEquals(values, r.readFloats("x"));
            assertEquals((long) count * 4, r.readBytes("x").length);
            assertEquals(values[count - 1], r.readDoubles("x")[count - 1]);
            int[] chunks = new int[1];
            r.forEachChunk("x", chunk -> {
                assertTrue(chunk.remaining() <= TensorChunks.CHUNK);
                assertEquals(ByteOrder.LITTLE_ENDIAN, chunk.order());
                chunks[0]++;
            });
            assertEquals(3, chunks[0]);
            assertEquals(Crc32c.of(TensorSource.of(values, count)), Crc32c.of(r, "x"));
        }
    }

    @Test
    void tensorLargerThanAnArrayIsATypedError() throws IOException {
        long length = 1L << 31;
        Path path = folder.resolve("sparse");
        String header = "{\"x\":{\"dtype\":\"U8\",\"shape\":[2147483648],\"data_offsets\":[0,2147483648]}}";
        Files.write(path, SafeTensorsFile.bytes(header, 0));
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(8 + header.length() + length);
        }
        try (SafeTensors.Reader r = SafeTensors.open(path)) {
            assertEquals(length, r.info("x").elements());
            assertThrows(BadFileException.class, () -> r.readBytes("x"));
            assertThrows(BadFileException.class, () -> r.readInts("x"));
        }
        Files.delete(path);
    }

    @Test
    void closedReaderRefuses() {
        Path path = folder.resolve("a");
        SafeTensors.write(path, Map.of(), Map.of("x", TensorSource.of(new int[] {1}, 1)));
        SafeTensors.Reader r = SafeTensors.open(path);
        r.close();
        r.close();
        assertThrows(IllegalStateException.class, () -> r.readInts("x"));
    }

    @Test
    void fileThatShrinksWhileOpenIsATypedError() throws IOException {
        Path path = folder.resolve("a");
        SafeTensors.write(path, Map.of(), Map.of("x", TensorSource.of(new int[100], 100)));
        try (SafeTensors.Reader r = SafeTensors.open(path);
                RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
            cut.setLength(cut.length() - 1);
            assertThrows(BadFileException.class, () -> r.readInts("x"));
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path path = folder.resolve("a");
        SafeTensors.write(path, Map.of(), Map.of("x", TensorSource.of(new int[] {1}, 1)));
        byte[] before = Files.readAllBytes(path);
        for (TensorSource broken : List.of(source(true, false), source(false, true))) {
            Map<String, TensorSource> tensors = Map.of("a", TensorSource.of(new float[1000], 1000), "b", broken);
            assertThrows(IllegalStateException.class, () -> SafeTensors.write(path, Map.of(), tensors));
            assertArrayEquals(before, Files.readAllBytes(path));
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(List.of(path), files.toList());
            }
        }
    }

    /** A source that leaves its chunk short, or fails. */
    private static TensorSource source(boolean isShort, boolean fails) {
        return new TensorSource() {
            @Override
            public StoredType type() {
                return StoredType.F32;
            }

            @Override
            public long[] shape() {
                return new long[] {4};
            }

            @Override
            public void read(long offset, ByteBuffer chunk) {
                if (fails) {
                    throw new IllegalStateException("device lost");
                }
                chunk.position(isShort ? chunk.limit() - 1 : chunk.limit());
            }
        };
    }

    @Test
    void impossibleTensorsAreNotWritten() {
        Path path = folder.resolve("a");
        assertThrows(IllegalArgumentException.class, () -> TensorSource.of(new float[3], 2, 2));
        assertThrows(IllegalArgumentException.class, () -> TensorSource.of(new float[2], -1, -2));
        assertThrows(IllegalArgumentException.class, () -> TensorSource.of(new float[0], 1L << 40, 1L << 40));
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeTensors.write(path, Map.of(), Map.of("__metadata__", TensorSource.of(new int[0], 0))));
        long[] axes = new long[65];
        Arrays.fill(axes, 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeTensors.write(path, Map.of(), Map.of("x", TensorSource.of(new int[1], axes))));
        assertThrows(
                IllegalArgumentException.class, () -> SafeTensors.write(folder.resolve("none/a"), Map.of(), Map.of()));
        assertFalse(Files.exists(path));
    }
}
