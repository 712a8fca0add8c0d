package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to break the format ends in a BadFileException that allocates little, whatever the file claims. */
class SafeTensorsHostileTest {
    /** A refused file may cost its own size and some objects, never what it claims. */
    private static final long MOST_ALLOCATED = 4 << 20;

    @TempDir
    Path folder;

    private static Arguments file(String name, String part, byte[] bytes) {
        return Arguments.of(name, part, bytes);
    }

    private static Arguments header(String name, String part, String header, int dataBytes) {
        return file(name, part, SafeTensorsFile.bytes(header, dataBytes));
    }

    /** A header with one F32 tensor whose object is given. */
    private static Arguments tensor(String name, String part, String entry, int dataBytes) {
        return header(name, part, "{\"x\":{" + entry + "}}", dataBytes);
    }

    private static String entry(String type, String shape, String offsets) {
        return "\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets;
    }

    private static String two(String first, String second) {
        return "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + first
                + "},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + second + "}}";
    }

    static Stream<Arguments> hostile() {
        String good = "{\"x\":{" + entry("F32", "[2]", "[0,8]") + "}}";
        byte[] whole = SafeTensorsFile.bytes(good, 8);
        return Stream.of(
                file("empty file", "0 bytes", new byte[0]),
                file("shorter than the length field", "7 bytes", new byte[7]),
                file(
                        "header length beyond the file",
                        "a header of",
                        SafeTensorsFile.bytes(good.length() + 9L, good, 8)),
                file("header length 2^40", "1099511627776", SafeTensorsFile.bytes(1L << 40, good, 8)),
                file(
                        "header length with the sign bit",
                        "9223372036854775809",
                        SafeTensorsFile.bytes(Long.MIN_VALUE + 1, good, 8)),
                file("header length 2^64 - 1", "18446744073709551615", SafeTensorsFile.bytes(-1, good, 8)),
                file("header length 0", "opening brace", SafeTensorsFile.bytes(0, good, 8)),
                file("header length too small", "the end of the text", SafeTensorsFile.bytes(10, good, 8)),
                header("header starts with a space", "opening brace", " " + good, 8),
                header("header starts with a bracket", "opening brace", "[1]", 0),
                header("header is not JSON", "a key in quotes", "{x:1}", 0),
                header("bytes after the header's object", "'{'", good + "{}", 8),
                header("zero bytes as padding", "0x00", good + "\u0000\u0000", 8),
                header("line feed as padding", "padding of other bytes", good + "\n ", 8),
                header(
                        "bad UTF-16 escape in a name",
                        "lone surrogate",
                        "{\"\\ud800\":{" + entry("U8", "[0]", "[0,0]") + "}}",
                        0),
                header(
                        "duplicate tensor",
                        "'x' again",
                        "{\"x\":{" + entry("U8", "[0]", "[0,0]") + "},\"x\":{" + entry("U8", "[0]", "[0,0]") + "}}",
                        0),
                header(
                        "duplicate tensor by escape",
                        "'x' again",
                        "{\"x\":{" + entry("U8", "[0]", "[0,0]") + "},\"\\u0078\":{" + entry("U8", "[0]", "[0,0]")
                                + "}}",
                        0),
                tensor("duplicate dtype", "'dtype' again", entry("F32", "[2]", "[0,8]") + ",\"dtype\":\"F64\"", 8),
                header("duplicate metadata", "again", "{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                header("duplicate metadata key", "'a' again", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0),
                header("metadata is a number", "'1'", "{\"__metadata__\":1}", 0),
                header("metadata value is a number", "'1'", "{\"__metadata__\":{\"a\":1}}", 0),
                header("metadata value is an object", "'{'", "{\"__metadata__\":{\"a\":{}}}", 0),
                header("tensor is a list", "'['", "{\"x\":[]}", 0),
                header("tensor is null", "'n'", "{\"x\":null}", 0),
                tensor("no dtype", "no dtype", "\"shape\":[2],\"data_offsets\":[0,8]", 8),
                tensor("no shape", "no shape", "\"dtype\":\"F32\",\"data_offsets\":[0,8]", 8),
                tensor("no data_offsets", "no data_offsets", "\"dtype\":\"F32\",\"shape\":[2]", 8),
                tensor("unknown key", "'offset'", entry("F32", "[2]", "[0,8]") + ",\"offset\":0", 8),
                tensor("unknown dtype", "'F33'", entry("F33", "[2]", "[0,8]"), 8),
                tensor("dtype in lower case", "'f32'", entry("f32", "[2]", "[0,8]"), 8),
                tensor("dtype is a number", "'4'", "\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,8]", 8),
                tensor("wrong dtype for its bytes", "got 8 bytes; expected 16", entry("F64", "[2]", "[0,8]"), 8),
                tensor("shape is a number", "'2'", entry("F32", "2", "[0,8]"), 8),
                tensor("negative size", "the number -2", entry("F32", "[-2]", "[0,8]"), 8),
                tensor("two negative sizes", "the number -1", entry("F32", "[-1,-2]", "[0,8]"), 8),
                tensor("size is not an integer", "the number 2.0", entry("F32", "[2.0]", "[0,8]"), 8),
                tensor("size with an exponent", "the number 1e1", entry("F32", "[1e1]", "[0,8]"), 8),
                tensor("size is a string", "'\"'", entry("F32", "[\"2\"]", "[0,8]"), 8),
                tensor(
                        "size is beyond 64 bits",
                        "18446744073709551618",
                        entry("F32", "[18446744073709551618]", "[0,8]"),
                        8),
                tensor("size product wraps to 2", "the shape", entry("U8", "[4294967296,4294967296,2]", "[0,0]"), 0),
                tensor(
                        "size product wraps to 8 bytes",
                        "the shape",
                        entry("F32", "[9223372036854775807,2]", "[0,8]"),
                        8),
                tensor(
                        "size product times 4 wraps to 0",
                        "the shape",
                        entry("F32", "[4611686018427387904]", "[0,0]"),
                        0),
                tensor(
                        "overflow hidden by a zero",
                        "the shape",
                        entry("F32", "[4611686018427387904,4611686018427387904,0]", "[0,0]"),
                        0),
                tensor("rank 65", "a longer list", entry("U8", "[" + "1,".repeat(64) + "1]", "[0,1]"), 1),
                tensor(
                        "2^40 elements in a small file",
                        "a data section of 8 bytes",
                        entry("F32", "[1099511627776]", "[0,4398046511104]"),
                        8),
                tensor("2^40 elements, true to 8 bytes", "got 8 bytes", entry("F32", "[1099511627776]", "[0,8]"), 8),
                tensor("shape smaller than its bytes", "got 8 bytes; expected 4", entry("F32", "[1]", "[0,8]"), 8),
                tensor("shape larger than its bytes", "got 8 bytes; expected 12", entry("F32", "[3]", "[0,8]"), 8),
                tensor("one offset", "data_offsets [8]", entry("F32", "[2]", "[8]"), 8),
                tensor("three offsets", "a longer list", entry("F32", "[2]", "[0,8,8]"), 8),
                tensor("offsets reversed", "data_offsets [8, 0]", entry("F32", "[2]", "[8,0]"), 8),
                tensor("negative offset", "the number -8", entry("F32", "[2]", "[-8,0]"), 8),
                tensor("offset beyond the data", "a data section of 8 bytes", entry("F32", "[3]", "[0,12]"), 8),
                tensor("data does not begin at 0", "a hole", entry("F32", "[1]", "[4,8]"), 8),
                header("overlap", "an overlap", two("[0,4]", "[2,6]"), 6),
                header("the same range twice", "an overlap", two("[0,4]", "[0,4]"), 4),
                header("hole", "a hole", two("[0,4]", "[5,9]"), 9),
                header("no tensor but data", "5 bytes after the last tensor", "{}", 5),
                file("trailing bytes", "1 bytes after the last tensor", Arrays.copyOf(whole, whole.length + 1)),
                file("data cut off by a byte", "a data section of 7 bytes", Arrays.copyOf(whole, whole.length - 1)),
                file("data cut off wholly", "a data section of 0 bytes", Arrays.copyOf(whole, whole.length - 8)),
                header("nesting without end", "'['", "{\"x\":" + "[".repeat(100_000), 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void isRefused(String name, String part, byte[] bytes) throws IOException {
        Path path = SafeTensorsFile.write(folder, bytes);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        BadFileException e = assertThrows(
                BadFileException.class, () -> SafeTensors.open(path).close());
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(e.getMessage().contains("t.safetensors"), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertTrue(allocated < MOST_ALLOCATED, allocated + " bytes allocated");
    }

    @Test
    void headerBeyondTheLimitIsRefusedWithoutReadingIt() throws IOException {
        Path path = SafeTensorsFile.write(folder, SafeTensorsFile.bytes(100_000_001, "{}", 0));
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(200_000_000);
        }
        BadFileException e = assertThrows(BadFileException.class, () -> SafeTensors.open(path));
        assertTrue(e.getMessage().contains("at most 100000000"), e.getMessage());
    }

    @Test
    void foldersAndMissingFilesAreRefused() {
        assertThrows(BadFileException.class, () -> SafeTensors.open(folder));
        assertThrows(BadFileException.class, () -> SafeTensors.open(folder.resolve("none")));
    }

    @Test
    void everyCutIsRefused() throws IOException {
        byte[] whole = wholeFile();
        for (int length = 0; length < whole.length; length++) {
            Path path = SafeTensorsFile.write(folder, Arrays.copyOf(whole, length));
            assertThrows(BadFileException.class, () -> SafeTensors.open(path));
        }
    }

    @Test
    void randomDamageIsRefusedOrRead() throws IOException {
        byte[] whole = wholeFile();
        Random random = new Random(2);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length - 32)] = (byte) random.nextInt(256);
            Path path = SafeTensorsFile.write(folder, damaged);
            try (SafeTensors.Reader r = SafeTensors.open(path)) {
                r.names().forEach(r::readBytes);
            } catch (BadFileException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, refused + " refused");
    }

    private byte[] wholeFile() throws IOException {
        Path path = folder.resolve("whole");
        SafeTensors.write(
                path,
                Map.of("format", "test"),
                Map.of("a", TensorSource.of(new float[6], 2, 3), "b", TensorSource.of(new double[] {1}, 1)));
        byte[] bytes = Files.readAllBytes(path);
        assertEquals(0, bytes.length % 8);
        return bytes;
    }
}
