package org.fewstep.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Bench.line(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void reportOfADamagedFileEndsWithThree(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("run.json");
        Files.writeString(file, "[{\"benchmark\":");
        assertEquals(3, run("report", file.toString()));
        assertTrue(err.toString().contains("run.json"), err.toString());
        assertEquals(3, run("report", folder.resolve("missing.json").toString()));
        assertEquals("", out.toString());
    }

    @Test
    void wrongUsageEndsWithTwo() {
        assertEquals(2, run());
        assertEquals(2, run("report"));
        assertEquals(2, run("table"));
        assertEquals(2, run("roofline", "--threads", "0"));
        assertEquals("", out.toString());
    }

    @Test
    void helpNamesTheCommands() {
        assertEquals(0, run("--help"));
        for (String command : new String[] {"table", "report", "roofline", "bridges"}) {
            assertTrue(out.toString().contains(command), out.toString());
        }
    }
}
