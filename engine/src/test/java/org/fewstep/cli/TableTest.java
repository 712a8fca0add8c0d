package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void textStandsLeftAndNumbersRight() {
        List<String> lines = new Table("name", "ms", "note")
                .row("a", "0.5", "x")
                .row("longer", "12.25", "")
                .row("b", "-", "y y")
                .lines();
        assertEquals(
                List.of(
                        "name       ms  note",
                        "------  -----  ----",
                        "a         0.5  x",
                        "longer  12.25",
                        "b           -  y y"),
                lines);
    }

    @Test
    void aRowNeedsACellForEachColumn() {
        assertThrows(IllegalArgumentException.class, () -> new Table("a", "b").row("1"));
    }
}
