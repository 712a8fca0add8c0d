package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "false",
                "0",
                "-0",
                "12",
                "-1.5",
                "1e5",
                "1E+5",
                "2.5e-3",
                "0.0",
                "\"\"",
                "\"a b\"",
                "[]",
                "{}",
                "[[],{}]",
                "[1,2.5,\"x\",null,true]",
                "{\"a\":1,\"b\":[2],\"c\":{\"d\":null}}",
                "\"\\\\\\\"\\n\"",
                "123456789012345678901234567890",
                "\"\\u00e9\\u20ac\\ud83d\\ude00\""
            })
    void canonicalTextIsWrittenBackUnchanged(String text) {
        JsonValue value = Json.parse(text);
        assertEquals(text, Json.write(value));
        assertEquals(value, Json.parse(Json.write(value, 2)));
        assertEquals(value.hashCode(), Json.parse(text).hashCode());
    }

    @Test
    void whiteSpaceIsAllowedAroundEveryToken() {
        assertEquals(
                Json.parse("{\"a\":[1,{\"b\":2}]}"), Json.parse(" \t\r\n{ \"a\" : [ 1 , { \"b\"\n:\t2 } ] }\r\n "));
    }

    @Test
    void escapesAndUtf8GiveTheSameString() {
        String text =
                "\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u0041 \\u00E9\u00e9 \\u20ac\u20ac \\uD83D\\uDE00\ud83d\ude00 \u007f\"";
        assertEquals(
                new JsonString("\" \\ / \b\f\n\r\t A \u00e9\u00e9 \u20ac\u20ac \ud83d\ude00\ud83d\ude00 \u007f"),
                Json.parse(text));
    }

    @Test
    void orderOfMembersIsKept() {
        JsonObject object = (JsonObject) Json.parse("{\"z\":1,\"a\":2,\"m\":3}");
        assertEquals(List.of("z", "a", "m"), List.copyOf(object.members().keySet()));
        assertThrows(UnsupportedOperationException.class, () -> object.members().put("x", JsonNull.INSTANCE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // nothing, or too much
                "",
                " ",
                "1 2",
                "[] []",
                "{}x",
                "null,",
                "\"a\"\"b\"",
                "[1]\u0000",
                // words
                "nul",
                "nulll",
                "True",
                "NaN",
                "Infinity",
                "-Infinity",
                "undefined",
                "'a'",
                // numbers
                "01",
                "-01",
                "00",
                "+1",
                "1.",
                ".5",
                "-",
                "1e",
                "1e+",
                "1.e5",
                "0x10",
                "1_000",
                "--1",
                "1.2.3",
                "1e5.5",
                // arrays
                "[",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[1,,2]",
                "]",
                "[1}",
                "[1:2]",
                // objects
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{1:1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1]",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":1}",
                "{\"x\":{\"\":1,\"\":1}}",
                // strings
                "\"",
                "\"abc",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12G4\"",
                "\"\\u\"",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"\u0000\"",
                "\"\\ud800\"",
                "\"\\udc00\"",
                "\"\\ud800\\u0041\"",
                "\"\\ud800\\ud800\"",
                "\"\\ud800x\"",
                "\"\\uDE00\\uD83D\"",
                // not JSON
                "// c\n1",
                "/* c */1",
                "[1 /* c */]",
                "\ufeff1",
                "\u00a01",
                "\u000b1"
            })
    void textThatIsNotJsonIsRefused(String text) {
        BadFileException e = assertThrows(BadFileException.class, () -> Json.parse(text));
        assertTrue(e.offset() >= 0 && e.offset() <= text.getBytes(StandardCharsets.UTF_8).length, e.getMessage());
    }

    @Test
    void badUtf8IsRefusedAtItsByte() {
        int[][] broken = {
            {0x80},
            {0xbf},
            {0xc0, 0x80},
            {0xc1, 0xbf},
            {0xc2},
            {0xc2, 0x41},
            {0xe0, 0x80, 0x80},
            {0xe0, 0x9f, 0xbf},
            {0xe2, 0x82},
            {0xed, 0xa0, 0x80},
            {0xed, 0xbf, 0xbf},
            {0xf0, 0x80, 0x80, 0x80},
            {0xf0, 0x8f, 0xbf, 0xbf},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf5, 0x80, 0x80, 0x80},
            {0xf0, 0x9f, 0x98},
            {0xff},
            {0xfe}
        };
        for (int[] bytes : broken) {
            byte[] text = new byte[bytes.length + 3];
            text[0] = '"';
            text[1] = 'a';
            for (int i = 0; i < bytes.length; i++) {
                text[2 + i] = (byte) bytes[i];
            }
            text[text.length - 1] = '"';
            BadFileException e = assertThrows(BadFileException.class, () -> Json.parse(text));
            assertEquals(2, e.offset(), e.getMessage());
        }
        assertThrows(BadFileException.class, () -> Json.parse("\"" + '\ud800' + "\""));
    }

    @Test
    void everyCodePointSurvives() {
        StringBuilder all = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x3000 ? 1 : 37) {
            if (point < 0xd800 || point > 0xdfff) {
                all.appendCodePoint(point);
            }
        }
        JsonString value = new JsonString(all.toString());
        String text = Json.write(value);
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 0x7f));
        assertEquals(value, Json.parse(text));
        StringBuilder raw = new StringBuilder("\"");
        all.codePoints().filter(c -> c >= ' ' && c != '"' && c != '\\').forEach(raw::appendCodePoint);
        String inside = raw.substring(1);
        assertEquals(new JsonString(inside), Json.parse(raw.append('"').toString()));
    }

    @Test
    void nestingIsLimited() {
        assertEquals(256, depth(Json.parse("[".repeat(256) + "]".repeat(256))));
        assertThrows(BadFileException.class, () -> Json.parse("[".repeat(257) + "]".repeat(257)));
        assertThrows(BadFileException.class, () -> Json.parse("[".repeat(1_000_000)));
        assertThrows(BadFileException.class, () -> Json.parse("{\"a\":".repeat(1_000_000)));
        JsonValue deep = JsonNull.INSTANCE;
        for (int i = 0; i < 300; i++) {
            deep = new JsonArray(List.of(deep));
        }
        JsonValue tooDeep = deep;
        assertThrows(IllegalArgumentException.class, () -> Json.write(tooDeep));
    }

    private static int depth(JsonValue value) {
        return value instanceof JsonArray array
                ? 1 + array.values().stream().mapToInt(JsonTest::depth).max().orElse(0)
                : 0;
    }

    @Test
    void numbersKeepTheirText() {
        JsonNumber number = (JsonNumber) Json.parse("0.1000000000000000055511151231257827");
        assertEquals("0.1000000000000000055511151231257827", number.text());
        assertEquals(0.1, number.asDouble());
        assertFalse(number.isInteger());
        assertThrows(ArithmeticException.class, number::asLong);
        assertEquals(Long.MIN_VALUE, ((JsonNumber) Json.parse("-9223372036854775808")).asLong());
        assertThrows(ArithmeticException.class, () -> new JsonNumber("9223372036854775808").asLong());
        assertThrows(ArithmeticException.class, () -> new JsonNumber("1e3").asLong());
        assertThrows(ArithmeticException.class, () -> new JsonNumber("1e999").asDouble());
        assertThrows(ArithmeticException.class, () -> new JsonNumber("1e999999999999").asDouble());
        assertEquals(0.0, new JsonNumber("1e-999999999999").asDouble());
        assertThrows(IllegalArgumentException.class, () -> new JsonNumber("1 "));
        assertThrows(IllegalArgumentException.class, () -> JsonNumber.of(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> JsonNumber.of(Double.NEGATIVE_INFINITY));
    }

    @Test
    void loneSurrogatesAreNotWritten() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(new JsonString("\ud800")));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new JsonString("a\udc00\ud800")));
        assertThrows(
                IllegalArgumentException.class, () -> Json.write(new JsonObject(Map.of("\ud800a", JsonNull.INSTANCE))));
    }

    @Test
    void indentedTextIsReadable() {
        JsonObject value = JsonObject.builder()
                .put("name", "ring")
                .put("steps", 3L)
                .put("rate", 0.5)
                .put("on", true)
                .put("points", new JsonArray(List.of(JsonArray.of(1.0, 2.0), JsonArray.of(3L, 4L))))
                .put("none", new JsonArray(List.of()))
                .build();
        assertEquals("""
                {
                  "name": "ring",
                  "steps": 3,
                  "rate": 0.5,
                  "on": true,
                  "points": [
                    [1.0, 2.0],
                    [3, 4]
                  ],
                  "none": []
                }
                """, Json.write(value, 2));
        assertEquals(value, Json.parse(Json.write(value, 2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> JsonObject.builder().put("a", 1L).put("a", 2L));
    }

    @Test
    void randomTreesSurvive() {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            JsonValue tree = tree(random, 5);
            assertEquals(tree, Json.parse(Json.write(tree)));
            assertEquals(tree, Json.parse(Json.write(tree, 1).getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static JsonValue tree(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> JsonNumber.of(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
            case 1 -> JsonNumber.of(random.nextLong());
            case 2 -> new JsonBool(random.nextBoolean());
            case 3 -> JsonNull.INSTANCE;
            case 4 -> new JsonString(text(random));
            case 5 -> {
                List<JsonValue> values = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    values.add(tree(random, depth - 1));
                }
                yield new JsonArray(values);
            }
            default -> {
                JsonObject.Builder object = JsonObject.builder();
                for (int i = random.nextInt(5); i > 0; i--) {
                    object.put("k" + i + (char) random.nextInt(0x3000), tree(random, depth - 1));
                }
                yield object.build();
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            text.appendCodePoint(random.nextBoolean() ? random.nextInt(128) : 0xe000 + random.nextInt(0x10000));
        }
        return text.toString();
    }

    @Test
    void everyCutOfATextIsRefused() {
        String text = "{\"a\":[1.5e3,-2,\"x\\u20ac\",{\"b\":null}],\"c\":true}";
        for (int i = 0; i < text.length(); i++) {
            String cut = text.substring(0, i);
            assertThrows(BadFileException.class, () -> Json.parse(cut), cut);
        }
    }

    @Test
    void randomDamageIsRefusedOrRead() {
        byte[] text = "{\"a\":[1.5e3,-2,\"x\\u20ac\",{\"b\":null}],\"c\":true}".getBytes(StandardCharsets.UTF_8);
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = text.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                Json.parse(damaged);
            } catch (BadFileException e) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, refused + " refused");
    }

    @Test
    void filesAreReadAndWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.json");
        JsonValue value = Json.parse("{\"x\":[1,2]}");
        Json.write(file, value);
        assertEquals(value, Json.read(file));
        assertEquals(2, Json.open(file).get("x").at(1).asInt());
        BadFileException wrong = assertThrows(
                BadFileException.class, () -> Json.open(file).get("x").asDouble());
        assertTrue(wrong.getMessage().contains("a.json $.x"), wrong.getMessage());
        Files.writeString(file, "{\"x\":}");
        BadFileException bad = assertThrows(BadFileException.class, () -> Json.read(file));
        assertEquals(5, bad.offset());
        assertTrue(bad.getMessage().contains("a.json at byte 5"), bad.getMessage());
        assertThrows(BadFileException.class, () -> Json.read(folder));
        assertThrows(BadFileException.class, () -> Json.read(folder.resolve("none.json")));
        assertThrows(BadFileException.class, () -> Json.parse(new byte[Json.MAX_BYTES + 1]));
    }

    @Test
    void bigArraysAreFast() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("[");
        while (text.length() < 5_000_000) {
            text.append(random.nextGaussian()).append(',');
        }
        byte[] bytes = text.append("0]").toString().getBytes(StandardCharsets.UTF_8);
        long start = System.nanoTime();
        double[] values = JsonCursor.root(Json.parse(bytes), "test").asDoubles();
        double seconds = (System.nanoTime() - start) * 1e-9;
        assertTrue(values.length > 200_000);
        // Below a second on a cold JVM; the bound leaves room for a busy machine, not for a quadratic parser.
        assertTrue(seconds < 5, seconds + " s");
    }
}
