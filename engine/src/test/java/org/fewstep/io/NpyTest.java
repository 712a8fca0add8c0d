package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path folder;

    private NpyArray roundTrip(TensorSource source) {
        Npy.write(folder.resolve("a.npy"), source);
        return Npy.read(folder.resolve("a.npy"));
    }

    private Path file(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        out.write(text.length);
        out.write(text.length >> 8);
        out.writeBytes(text);
        out.writeBytes(new byte[dataBytes]);
        return Files.write(folder.resolve("t.npy"), out.toByteArray());
    }

    private static String header(String descr, String order, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    }

    @Test
    void fourTypesComeBack() {
        NpyArray floats = roundTrip(TensorSource.of(new float[] {1, -0f, Float.NaN, 2, 3, 4}, 2, 3));
        assertArrayEquals(new long[] {2, 3}, floats.shape());
        assertArrayEquals(new float[] {1, -0f, Float.NaN, 2, 3, 4}, floats.floats());
        assertArrayEquals(new double[] {1, -0.0, Double.NaN, 2, 3, 4}, floats.doubles());
        assertArrayEquals(
                new double[] {Math.PI},
                roundTrip(TensorSource.of(new double[] {Math.PI})).doubles());
        assertArrayEquals(
                new int[] {-1, 5},
                roundTrip(TensorSource.of(new int[] {-1, 5}, 2)).ints());
        byte[] bytes = {0, (byte) 200};
        NpyArray small = roundTrip(TensorSource.ofBytes(StoredType.U8, bytes, 1, 2));
        assertArrayEquals(new int[] {0, 200}, small.ints());
        assertArrayEquals(bytes, small.bytes());
        assertEquals(0, roundTrip(TensorSource.of(new float[0], 0, 3)).floats().length);
    }

    @Test
    void headerIsWhatNumPyWrites() throws IOException {
        Npy.write(folder.resolve("a.npy"), TensorSource.of(new float[] {1, 2}, 2));
        byte[] bytes = Files.readAllBytes(folder.resolve("a.npy"));
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        String header = dictionary + " ".repeat(117 - dictionary.length()) + "\n";
        assertEquals("\u0093NUMPY\u0001\u0000v\u0000" + header, new String(bytes, 0, 128, StandardCharsets.ISO_8859_1));
        assertEquals(128 + 8, bytes.length);
        assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40}, Arrays.copyOfRange(bytes, 128, 136));
    }

    @ParameterizedTest
    @ValueSource(strings = {"()", "(1,)", "(1, 1)", "(1,1)", "(1, 1, 1,)"})
    void shapesAreTuples(String shape) throws IOException {
        assertEquals(1, Npy.read(file(header("<f4", "False", shape), 4)).floats().length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(1)",
                "1",
                "(,)",
                "(1,,1)",
                "(-1,)",
                "(1 1)",
                "[1]",
                "(1L,)",
                "(01x,)",
                "(9223372036854775808,)",
                "(4611686018427387904, 4)",
                "(1099511627776,)",
                "(2147483647, 2147483647)",
                "(2,)",
                "(0,)",
                "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"
            })
    void wrongShapesAreRefused(String shape) throws IOException {
        Path path = file(header("<f4", "False", shape), 4);
        assertThrows(BadFileException.class, () -> Npy.read(path));
    }

    @ParameterizedTest
    @CsvSource({">f4,False", "<f2,False", "<i8,False", "|S4,False", "|O,False", "<f4,True", "<f4,None", "f4,False"})
    void otherLayoutsAreRefused(String descr, String order) throws IOException {
        Path path = file(header(descr, order, "(1,)"), 4);
        assertThrows(BadFileException.class, () -> Npy.read(path));
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        String good = header("<f4", "False", "(2,)");
        assertEquals(2, Npy.read(file(good, 8)).floats().length);
        for (String header : new String[] {
            good.trim(),
            good + "x",
            "{}\n",
            "\n",
            "",
            good.replace("'shape'", "'form'"),
            "{'shape': (2,)}\n",
            good.replace(", }", ", 'more': 1}"),
            "[" + good.substring(1),
            good.replace("'descr'", "\"descr\"")
        }) {
            Path path = file(header, 8);
            assertThrows(BadFileException.class, () -> Npy.read(path), header);
        }
        for (int dataBytes : new int[] {0, 7, 9, 16}) {
            Path path = file(good, dataBytes);
            assertThrows(BadFileException.class, () -> Npy.read(path));
        }
        byte[] whole = Files.readAllBytes(file(good, 8));
        for (int length = 0; length < whole.length; length++) {
            Path path = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, length));
            assertThrows(BadFileException.class, () -> Npy.read(path));
        }
        byte[] version2 = whole.clone();
        version2[6] = 2;
        Path path = Files.write(folder.resolve("v2.npy"), version2);
        assertThrows(BadFileException.class, () -> Npy.read(path));
    }

    @Test
    void wrongGettersAndTypesAreRefused() {
        NpyArray ints = roundTrip(TensorSource.of(new int[] {1}, 1));
        String message = assertThrows(BadFileException.class, ints::floats).getMessage();
        assertTrue(message.contains("got I32[1]; expected F32"), message);
        assertThrows(BadFileException.class, ints::doubles);
        assertThrows(
                BadFileException.class,
                () -> roundTrip(TensorSource.of(new float[1], 1)).ints());
        Path path = folder.resolve("l.npy");
        assertThrows(IllegalArgumentException.class, () -> Npy.write(path, TensorSource.of(new long[1], 1)));
        assertFalse(Files.exists(path));
    }
}
