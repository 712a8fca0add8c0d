package org.fewstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every public loss names its paper and its shapes, every public solver its paper. */
class PaperTagTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "org", "fewstep");
    private static final Pattern METHOD =
            Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public (?:final )?(?:class|record) \\w+(?:\\([^{]*\\))?"
                    + "[^{]*\\b(?:implements|extends)\\b[^{]*\\b(Loss<|Solver\\b)");

    @Test
    void lossesAndSolversNameTheirSource() throws IOException {
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (String room : List.of("loss", "solver")) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(room))) {
                for (Path file : files.sorted().toList()) {
                    Matcher method = METHOD.matcher(Files.readString(file));
                    if (!method.find()) {
                        continue;
                    }
                    found++;
                    String doc = method.group(1);
                    if (!doc.contains("@paper") || (room.equals("loss") && !doc.contains("@shape"))) {
                        missing.add(file.getFileName().toString());
                    }
                }
            }
        }
        assertTrue(found >= 9, "methods found: " + found);
        assertEquals(List.of(), missing);
    }
}
