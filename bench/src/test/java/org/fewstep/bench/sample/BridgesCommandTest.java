package org.fewstep.bench.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BridgesCommandTest {
    @TempDir
    Path folder;

    private Path trained() {
        Recipe recipe = Recipe.from(Map.of(
                "name",
                "tiny",
                "data",
                Map.of("kind", "eight-gaussians"),
                "source",
                Map.of("kind", "two-moons"),
                "method",
                Map.of("kind", "interpolant", "learn", List.of("b", "s", "eta")),
                "network",
                Map.of("kind", "mlp", "width", 8, "depth", 1),
                "training",
                Map.of("steps", 2, "batch", 8)));
        Path run = folder.resolve("run");
        Device device = Devices.require("cpu");
        try (Trainer trainer = Trainer.start(recipe, run, device)) {
            trainer.run();
        }
        return run.resolve(Checkpoint.FILE);
    }

    private static int run(StringWriter out, Object... args) {
        CommandLine line = new CommandLine(new BridgesCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(new StringWriter()));
        line.setExecutionExceptionHandler((e, command, parsed) -> 2);
        return line.execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    }

    @Test
    void aRowForEachWayToSample() {
        Path model = trained();
        StringWriter out = new StringWriter();
        Object[] args = {model, "--samples", 512, "--repeats", 2, "--steps", "1,3", "--diffusion", "0.2,1"};
        assertEquals(0, run(out, args));
        List<String> rows =
                out.toString().lines().filter(l -> l.startsWith("| ")).toList();
        assertEquals(1 + 2 + 2 * 2 + 2, rows.size(), out.toString());
        assertTrue(rows.get(0).equals("| sampler | eps / gamma | 1 step | 3 steps |"), rows.get(0));
        assertTrue(rows.get(3).startsWith("| SDE of b and s, Euler-Maruyama | 0.2 | "), rows.get(3));
        assertTrue(rows.get(6).startsWith("| SDE of b and eta, Euler-Maruyama | 1 | "), rows.get(6));
        // An untrained model leaves the moons near the origin, far from the circle of radius 2.
        double ode = Double.parseDouble(rows.get(1).split("\\|")[4].strip());
        double floor = Double.parseDouble(rows.get(8).split("\\|")[4].strip());
        assertTrue(ode > 2 * floor && floor > 0, out.toString());
        StringWriter again = new StringWriter();
        assertEquals(0, run(again, args));
        assertEquals(out.toString(), again.toString());
    }

    @Test
    void wrongNumbersAreRefused() {
        assertEquals(2, run(new StringWriter()));
        assertEquals(2, run(new StringWriter(), "none.safetensors", "--samples", 1));
        assertEquals(2, run(new StringWriter(), "none.safetensors", "--repeats", 0));
    }
}
