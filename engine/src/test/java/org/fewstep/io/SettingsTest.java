package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettingsTest {
    enum Colour {
        RED,
        DARK_BLUE
    }

    sealed interface Figure {
        record Ball(double radius) implements Figure {}

        record SquareBox(int side, List<Colour> faces) implements Figure {
            static Map<String, Object> defaults() {
                return Map.of("faces", List.of(Colour.RED));
            }
        }
    }

    record Inner(int stepCount, long seed, boolean on) {
        static Map<String, Object> defaults() {
            return Map.of("seed", 7L, "on", true);
        }

        Inner {
            SettingsChecks.atLeast("step-count", stepCount, 1);
        }
    }

    record Outer(
            String name,
            Inner inner,
            Figure figure,
            Colour colour,
            List<Double> rates,
            @Nullable Double limit,
            List<Inner> more) {
        static Map<String, Object> defaults() {
            return Map.of("colour", Colour.RED, "rates", List.of(), "more", List.of());
        }
    }

    private static Map<String, Object> good() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", "a");
        map.put("inner", Map.of("step-count", 3));
        map.put("figure", Map.of("kind", "square-box", "side", 2));
        return map;
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> map = good();
        map.put(key, value);
        return map;
    }

    private static SettingsException refused(Map<String, ?> map) {
        return assertThrows(SettingsException.class, () -> Settings.bind(Outer.class, map));
    }

    @Test
    void absentKeysTakeTheirDefaults() {
        Outer outer = Settings.bind(Outer.class, good());
        assertEquals(new Inner(3, 7, true), outer.inner());
        assertEquals(new Figure.SquareBox(2, List.of(Colour.RED)), outer.figure());
        assertEquals(Colour.RED, outer.colour());
        assertNull(outer.limit());
    }

    @Test
    void valuesOfAllTypesAreBound() {
        Map<String, Object> map = good();
        map.put("inner", Map.of("step-count", 3L, "seed", BigInteger.valueOf(Long.MIN_VALUE), "on", false));
        map.put("figure", Map.of("kind", "BALL", "radius", 2));
        map.put("colour", "Dark_Blue");
        map.put("rates", List.of(1, 0.5));
        map.put("limit", 3);
        map.put("more", List.of(Map.of("step-count", 1)));
        Outer outer = Settings.bind(Outer.class, map);
        assertEquals(new Inner(3, Long.MIN_VALUE, false), outer.inner());
        assertEquals(new Figure.Ball(2), outer.figure());
        assertEquals(Colour.DARK_BLUE, outer.colour());
        assertEquals(List.of(1.0, 0.5), outer.rates());
        assertEquals(3.0, outer.limit());
        assertEquals(List.of(new Inner(1, 7, true)), outer.more());
    }

    @Test
    void aRecordComesBackFromItsMapAndItsJson() {
        Outer outer = Settings.bind(Outer.class, with("limit", 0.1));
        Map<String, Object> map = Settings.toMap(outer);
        assertEquals(outer, Settings.bind(Outer.class, map));
        String json = Json.write(Settings.toJson(map));
        assertEquals(outer, Settings.bind(Outer.class, Settings.fromJson((JsonObject) Json.parse(json))));
        assertEquals(
                map,
                Settings.toMap(Settings.bind(Outer.class, Settings.fromJson((JsonObject) Json.parse(json)))),
                "types survive");
        assertFalse(Settings.toMap(Settings.bind(Outer.class, good())).containsKey("limit"));
        assertEquals("square-box", ((Map<?, ?>) map.get("figure")).get("kind"));
    }

    @Test
    void anUnknownKeyNamesPathAndNearestKey() {
        SettingsException e = refused(with("inner", Map.of("step-cuont", 3)));
        assertEquals("inner", e.path());
        assertTrue(
                e.getMessage().contains("\"step-cuont\"") && e.getMessage().contains("did you mean step-count?"),
                e.getMessage());
        assertTrue(refused(with("colours", "red")).getMessage().contains("did you mean colour?"));
        assertTrue(refused(with("inner", Map.of("stepCount", 3))).getMessage().contains("did you mean step-count?"));
    }

    @Test
    void aKeyOfAnotherKindIsUnknown() {
        SettingsException e = refused(with("figure", Map.of("kind", "ball", "radius", 1, "side", 2)));
        assertEquals("figure", e.path());
        assertTrue(e.getMessage().contains("\"side\"") && e.getMessage().contains("radius"), e.getMessage());
        e = refused(with("figure", Map.of("kind", "bal", "radius", 1)));
        assertEquals("figure.kind", e.path());
        assertTrue(e.getMessage().contains("did you mean ball?"), e.getMessage());
        assertEquals("figure.kind", refused(with("figure", Map.of("radius", 1))).path());
    }

    @Test
    void wrongTypesNamePathGotAndExpected() {
        SettingsException e = refused(with("inner", Map.of("step-count", 2.5)));
        assertEquals("inner.step-count", e.path());
        assertEquals("2.5", e.got());
        assertEquals("an integer", e.expected());
        assertEquals(
                "inner.step-count",
                refused(with("inner", Map.of("step-count", "3"))).path());
        assertEquals(
                "inner.step-count",
                refused(with("inner", Map.of("step-count", 1L << 40))).path());
        assertEquals(
                "inner.seed",
                refused(with("inner", Map.of("step-count", 3, "seed", BigInteger.TWO.pow(70))))
                        .path());
        assertEquals(
                "inner.on",
                refused(with("inner", Map.of("step-count", 3, "on", "yes"))).path());
        assertEquals("rates[1]", refused(with("rates", List.of(1, "x"))).path());
        assertEquals("rates[0]", refused(with("rates", List.of(Double.NaN))).path());
        assertEquals("rates", refused(with("rates", 3)).path());
        assertEquals("inner", refused(with("inner", List.of())).path());
        assertEquals("name", refused(with("name", 3)).path());
        assertEquals("colour", refused(with("colour", "green")).path());
        assertEquals("limit", refused(with("limit", Double.POSITIVE_INFINITY)).path());
        assertEquals(
                "more[0].step-count", refused(with("more", List.of(Map.of()))).path());
    }

    @Test
    void missingAndOutOfRangeNameTheWholePath() {
        Map<String, Object> map = good();
        map.remove("name");
        assertEquals("name", refused(map).path());
        SettingsException e = refused(with("inner", Map.of("step-count", 0)));
        assertEquals("inner.step-count", e.path());
        assertEquals("inner.step-count: got 0; expected at least 1", e.getMessage());
        assertEquals(
                "more[1].step-count",
                refused(with("more", List.of(Map.of("step-count", 1), Map.of("step-count", -1))))
                        .path());
    }

    @Test
    void overridesTakeTheTypeOfTheirTarget() {
        List<String> overrides = List.of(
                "inner.step-count=9",
                "inner.on=false",
                "name=b = c",
                "rates=[1, 2.5]",
                "limit=4",
                "figure.side=5",
                "figure.faces=red,dark-blue",
                "colour=dark-blue");
        Outer outer = Settings.bind(Outer.class, Settings.override(Outer.class, good(), overrides));
        assertEquals(new Inner(9, 7, false), outer.inner());
        assertEquals("b = c", outer.name());
        assertEquals(List.of(1.0, 2.5), outer.rates());
        assertEquals(4.0, outer.limit());
        assertEquals(new Figure.SquareBox(5, List.of(Colour.RED, Colour.DARK_BLUE)), outer.figure());
        assertEquals(Colour.DARK_BLUE, outer.colour());
        assertNull(Settings.bind(Outer.class, Settings.override(Outer.class, with("limit", 4), "limit="))
                .limit());
        Map<String, Object> before = good();
        Settings.override(Outer.class, before, "inner.step-count=9");
        assertEquals(good(), before, "the given map stays");
    }

    @Test
    void wrongOverridesNamePath() {
        for (String[] wrong : new String[][] {
            {"inner.step-count=x", "inner.step-count"},
            {"inner.steps=1", "inner"},
            {"inner=1", "inner"},
            {"name.x=1", "name"},
            {"noequals", ""},
            {"=1", ""},
            {"a..b=1", ""},
            {"figure.radius=1", "figure"},
            {"inner.on=yes", "inner.on"},
            {"rates=1,x", "rates[1]"}
        }) {
            SettingsException e = assertThrows(
                    SettingsException.class, () -> Settings.override(Outer.class, good(), wrong[0]), wrong[0]);
            assertEquals(wrong[1], e.path(), wrong[0]);
        }
    }

    @Test
    void messagesStayShortAndPrintable() {
        String hostile = "k\u0007\n".repeat(100_000);
        SettingsException e = refused(with(hostile, 1));
        assertTrue(e.getMessage().length() < 400 && e.getMessage().chars().noneMatch(Character::isISOControl));
    }
}
