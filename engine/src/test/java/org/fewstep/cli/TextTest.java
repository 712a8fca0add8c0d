package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void durationsReadWell() {
        assertEquals("0.00 s", Text.duration(0));
        assertEquals("9.99 s", Text.duration(9.99));
        assertEquals("10.0 s", Text.duration(9.999));
        assertEquals("59.9 s", Text.duration(59.94));
        assertEquals("1 min 00 s", Text.duration(59.96));
        assertEquals("2 min 05 s", Text.duration(125.4));
        assertEquals("1 h 00 min", Text.duration(3600));
        assertEquals("26 h 03 min", Text.duration(26 * 3600 + 3 * 60 + 59));
        assertEquals("-", Text.duration(Double.NaN));
        assertEquals("-", Text.duration(-1));
        assertEquals("-", Text.duration(Double.POSITIVE_INFINITY));
    }

    @Test
    void sizesReadWell() {
        assertEquals("0 B", Text.bytes(0));
        assertEquals("1023 B", Text.bytes(1023));
        assertEquals("1.0 KiB", Text.bytes(1024));
        assertEquals("1.5 MiB", Text.bytes(3 << 19));
        assertEquals("4.0 GiB", Text.bytes(4L << 30));
    }

    @Test
    void valuesHaveFourDigits() {
        assertEquals("0.003912", Text.value(0.0039118));
        assertEquals("1.235", Text.value(1.23456));
        assertEquals("123.5", Text.value(123.456));
        assertEquals("12346", Text.value(12345.6));
        assertEquals("-0.5000", Text.value(-0.5));
        assertEquals("1.000e-05", Text.value(1e-5));
        assertEquals("1.235e+07", Text.value(12345678));
        assertEquals("NaN", Text.value(Double.NaN));
        assertEquals("1,234,567", Text.count(1234567));
    }

    @Test
    void nearestFindsTypingErrorsAndNothingElse() {
        List<String> known = List.of("train", "sample", "info");
        assertEquals(Optional.of("train"), Text.nearest("trian", known));
        assertEquals(Optional.of("sample"), Text.nearest("smple", known));
        assertEquals(Optional.empty(), Text.nearest("xyz", known));
        assertEquals(Optional.empty(), Text.nearest("anything", List.of()));
    }
}
