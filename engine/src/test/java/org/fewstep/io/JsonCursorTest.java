package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class JsonCursorTest {
    private final JsonCursor root = JsonCursor.root(Json.parse("""
                    {"layers": [{"W": [[1, 2.5], [3, -4]], "b": [0, 1]}], "odd key": {"x": null}, "name": "mlp",
                     "on": true, "big": 1e400, "long": 3000000000, "huge": 99999999999999999999,
                     "ragged": [[1, 2], [3]], "uneven": [[1], 2], "deep": [1, [2]], "word": [1, "x"], "empty": [[], []]}
                    """), "case.json");

    private static void fails(String part, Executable action) {
        String message = assertThrows(BadFileException.class, action).getMessage();
        assertTrue(message.startsWith("case.json $") && message.contains(part), message);
    }

    @Test
    void readsTypedValues() {
        assertEquals(2.5, root.get("layers").at(0).get("W").at(0).at(1).asDouble());
        assertEquals("mlp", root.get("name").asString());
        assertTrue(root.get("on").asBool());
        assertTrue(root.get("odd key").get("x").isNull());
        assertEquals(3_000_000_000L, root.get("long").asLong());
        assertEquals(1, root.get("layers").size());
        assertEquals(1, root.get("layers").elements().size());
        assertNotNull(root.find("on"));
        assertNull(root.find("off"));
        assertTrue(root.has("on"));
    }

    @Test
    void readsNestedArrays() {
        JsonCursor w = root.get("layers").at(0).get("W");
        assertArrayEquals(new int[] {2, 2}, w.shape());
        assertArrayEquals(new double[] {1, 2.5, 3, -4}, w.asDoubles());
        assertArrayEquals(new long[] {0, 1}, root.get("layers").at(0).get("b").asLongs());
        assertArrayEquals(new int[0], root.get("long").shape());
        assertArrayEquals(new double[] {3e9}, root.get("long").asDoubles());
        assertArrayEquals(new int[] {2, 0}, root.get("empty").shape());
        assertEquals(0, root.get("empty").asDoubles().length);
    }

    @Test
    void errorsNameThePath() {
        fails(
                "$.layers[0].W[1][0]: got the number 3; expected a string",
                () -> root.get("layers").at(0).get("W").at(1).at(0).asString());
        fails(
                "$[\"odd key\"].x: got null; expected a number",
                () -> root.get("odd key").get("x").asDouble());
        fails(
                "$.layers[0]: got the keys ['W', 'b']; expected the key 'c'",
                () -> root.get("layers").at(0).get("c"));
        fails("$.layers: got 1 elements", () -> root.get("layers").at(1));
        fails("$.layers", () -> root.get("layers").at(-1));
        fails("$.name: got a string; expected an object", () -> root.get("name").get("x"));
        fails("$.name: got a string; expected an array", () -> root.get("name").size());
        fails(
                "$.name: got a string; expected true or false",
                () -> root.get("name").asBool());
        fails("$.on: got a boolean; expected an integer", () -> root.get("on").asLong());
        fails(
                "$.layers: got an array; expected an object",
                () -> root.get("layers").keys());
    }

    @Test
    void numbersMustFit() {
        fails("$.big", () -> root.get("big").asDouble());
        fails("$.huge", () -> root.get("huge").asLong());
        fails("$.long", () -> root.get("long").asInt());
        fails("$.layers[0].W[0][1]", () -> root.get("layers").at(0).get("W").asLongs());
    }

    @Test
    void raggedArraysAreErrors() {
        fails(
                "$.ragged[1]: got 1 elements; expected 2",
                () -> root.get("ragged").asDoubles());
        fails("$.uneven[1]", () -> root.get("uneven").shape());
        fails("$.deep[1]", () -> root.get("deep").asDoubles());
        fails("$.word[1]", () -> root.get("word").asDoubles());
    }

    @Test
    void unknownKeysAreNamed() {
        JsonCursor layer = root.get("layers").at(0);
        layer.onlyKeys(Set.of("W", "b"));
        fails("$.layers[0]: got the unknown key 'b'; expected one of [W, c]", () -> layer.onlyKeys(Set.of("W", "c")));
    }
}
