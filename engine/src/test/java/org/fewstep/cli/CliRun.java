package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One run of the program within this process. */
record CliRun(int code, String out, String err) {
    static CliRun of(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Screen screen = new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = Main.run(screen, Arrays.stream(args).map(Object::toString).toArray(String[]::new));
        return new CliRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    CliRun succeeded() {
        assertEquals("", err);
        assertEquals(0, code);
        return this;
    }

    void failed(int code, String message) {
        assertEquals(code, this.code, err);
        assertTrue(err.contains(message), err);
        assertFalse(err.contains("\tat "), "no stack trace");
    }
}
