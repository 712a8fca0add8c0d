package org.fewstep.bench.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.fewstep.kernels.Devices;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SheetCommandTest {
    @TempDir
    Path folder;

    private static String run(int code, Object... args) {
        StringWriter out = new StringWriter();
        CommandLine line = new CommandLine(new SheetCommand());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            out.append(e.getMessage());
            return 2;
        });
        line.setErr(new PrintWriter(out));
        assertEquals(
                code, line.execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new)), out.toString());
        return out.toString();
    }

    private Path trained(String kind) {
        Recipe recipe = Recipe.from(
                Map.of(
                        "name",
                        "tiny",
                        "data",
                        kind.equals("glyphs") ? Map.of("kind", kind, "classes", 2) : Map.of("kind", kind),
                        "method",
                        Map.of("kind", "flow-matching"),
                        "network",
                        Map.of("kind", "mlp", "width", 8, "depth", 1)),
                List.of("training.steps=1", "training.batch=8"));
        Path run = folder.resolve(kind);
        try (Trainer trainer = Trainer.start(recipe, run, Devices.require("cpu"))) {
            trainer.run();
        }
        return run.resolve(Checkpoint.FILE);
    }

    @Test
    void modelsStandBesideTheirData() throws IOException {
        Path sheet = folder.resolve("sheet.png");
        Path moons = trained("two-moons");
        run(0, "one=" + moons, "two=" + moons, "--steps", "1,2", "--samples", 50, "--side", 40, "--out", sheet);
        assertEquals(3 * 40 + 2 * 4, ImageIO.read(sheet.toFile()).getWidth());
        assertEquals(2 * 40 + 4, ImageIO.read(sheet.toFile()).getHeight());
        assertTrue(run(2, "one=" + moons, "--samples", 0, "--out", sheet).contains("at least 1"));
        Path glyphs = trained("glyphs");
        assertTrue(run(2, "one=" + moons, "two=" + glyphs, "--samples", 9, "--out", sheet)
                .contains("points in the plane"));
    }
}
