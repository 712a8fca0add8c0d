package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nanos;

    @Test
    void elsewhereThereIsAPlainLineEveryFewSeconds() {
        ProgressLine line = new ProgressLine(screen(false), "run", 1000, 0, () -> nanos);
        for (int step = 1; step <= 1000; step++) {
            nanos += 20_000_000; // 50 steps a second, 20 seconds
            line.step(step, step > 990 ? 0.25 : 1);
        }
        line.end();
        List<String> lines = text().lines().toList();
        assertTrue(lines.size() >= 4 && lines.size() <= 6, text());
        for (String each : lines) {
            assertTrue(each.matches("run  step [0-9,]+/1,000  loss [0-9.]+  50 steps/s  [0-9.]+ s left"), each);
        }
        assertTrue(lines.get(lines.size() - 1).startsWith("run  step 1,000/1,000  loss 0."), text());
    }

    @Test
    void aTerminalsLineIsWrittenAgainAndLeavesNoRest() {
        ProgressLine line = new ProgressLine(screen(true), "run", 4, 0, () -> nanos);
        for (int step = 1; step <= 4; step++) {
            nanos += 1_000_000_000L * step;
            line.step(step, 1);
        }
        line.end();
        String[] written = text().split("\r");
        assertEquals(5, written.length, text());
        assertEquals("", written[0]);
        assertTrue(text().endsWith(System.lineSeparator()));
        for (int i = 2; i < written.length; i++) {
            assertTrue(written[i].stripTrailing().length() <= written[i].length());
            assertTrue(written[i].length() >= written[i - 1].stripTrailing().length(), text());
        }
    }

    @Test
    void stepsDoneBeforeAResumeDoNotCountAsSpeed() {
        ProgressLine line = new ProgressLine(screen(false), "run", 1000, 900, () -> nanos);
        nanos = 10_000_000_000L;
        line.step(910, 0.5);
        assertEquals("run  step 910/1,000  loss 0.5000  1.00 steps/s  1 min 30 s left", text().strip());
    }

    private Screen screen(boolean terminal) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Screen(out, out, terminal);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
