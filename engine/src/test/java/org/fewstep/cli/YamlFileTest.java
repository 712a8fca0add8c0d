package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlFileTest {
    @Test
    void readsWhatARecipeNeeds() {
        Map<String, Object> map =
                YamlFile.parse("a: 1\nb: 2.5e-3\nc: text\nd: true\ne: [1, 2]\nf:\n  g: \"1\"\n# end\n", "t");
        assertEquals(
                Map.of("a", 1L, "b", 0.0025, "c", "text", "d", true, "e", List.of(1L, 2L), "f", Map.of("g", "1")), map);
        assertEquals(List.of("a", "b", "c", "d", "e", "f"), List.copyOf(map.keySet()));
    }

    @Test
    void whatIsWrittenReadsBack() {
        Map<String, Object> map = YamlFile.parse("a: 1\nb: {c: [0.5, x], d: 'true', e: ''}\n", "t");
        assertEquals(map, YamlFile.parse(YamlFile.write(map), "t"));
    }

    @Test
    void refusesWhatCouldMeanTwoThingsOrUnfold() {
        refused("a: 1\na: 2\n", "line 2", "duplicate key");
        refused("a: &x [1, 2]\nb: *x\n", "line 1, column 4", "anchor or alias");
        refused("a: 1\n---\nb: 2\n", "line 2");
        refused("a: !!java.net.URL [x]\n", "line 1");
        refused("1: a\n", "the key 1");
        refused("a:\n", "a: got nothing");
        refused("a: .inf\nb: [x\n", "line");
        refused("- 1\n", "a list at the top");
        refused("", "nothing at the top");
        refused("a: 99999999999999999999\n", "a: got 99999999999999999999");
        refused("a: \"x\n", "line");
    }

    @Test
    void refusesTextsThatAreLargeOrDeep() {
        refused("a: " + "[".repeat(20_000), "levels");
        refused("a: " + "{b: ".repeat(10_000), "levels");
        refused("a: " + "x".repeat(YamlFile.MAX_LENGTH), "characters");
    }

    private static void refused(String text, String... parts) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> YamlFile.parse(text, "recipe.yaml"));
        assertTrue(e.getMessage().startsWith("recipe.yaml"), e.getMessage());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
