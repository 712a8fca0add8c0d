package org.fewstep.bench.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SeedsCommandTest {
    @TempDir
    Path folder;

    private Path recipe(String name, String method) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                name: %s
                data: {kind: eight-gaussians, radius: 0.7, std: 0.07}
                method: {kind: %s}
                network: {kind: mlp, width: 8, depth: 1}
                training: {steps: 2, batch: 8}
                """.formatted(name, method));
    }

    private static String run(int code, Object... args) {
        StringWriter out = new StringWriter();
        CommandLine line = new CommandLine(new SeedsCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            out.append(e.getMessage());
            return 2;
        });
        assertEquals(
                code, line.execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new)), out.toString());
        return out.toString();
    }

    /** A student of a teacher with the same seed; the second time nothing is trained. */
    @Test
    void eachSeedIsTrainedOnceAndMeasured() throws IOException {
        Path teacher = recipe("tiny-teacher", "edm");
        Path student = recipe("tiny-student", "consistency-distillation");
        Path runs = folder.resolve("runs");
        Object[] args = {
            student + ":" + teacher,
            "--seeds",
            "3,4",
            "--training-steps",
            2,
            "--samples",
            64,
            "--steps",
            "1,2",
            "--runs",
            runs,
            "--program",
            System.getProperty("java.class.path")
        };
        String table = run(0, args);
        List<String> rows =
                table.lines().filter(l -> l.startsWith("| tiny-student | 2 | ")).toList();
        assertEquals(2, rows.size(), table);
        String[] bySeed = rows.get(0).split("\\|")[6].strip().split(", ");
        assertEquals(2, bySeed.length, table);
        assertNotEquals(bySeed[0], bySeed[1]);
        double mean = Double.parseDouble(rows.get(0).split("\\|")[4].strip());
        assertEquals((Double.parseDouble(bySeed[0]) + Double.parseDouble(bySeed[1])) / 2, mean, 1e-4);
        Path checkpoint = runs.resolve("tiny-teacher-2-3/checkpoint.safetensors");
        FileTime written = Files.getLastModifiedTime(checkpoint);
        assertEquals(table, run(0, args));
        assertEquals(written, Files.getLastModifiedTime(checkpoint));
    }

    @Test
    void wrongNumbersAndRecipesAreRefused() throws IOException {
        Path recipe = recipe("tiny", "edm");
        assertTrue(run(2, recipe, "--seeds", "1").contains("1 seeds; expected at least 2"));
        assertTrue(run(2, recipe, "--samples", "1").contains("got 1 samples"));
        String nowhere = run(2, recipe, "--program", folder.resolve("none.jar"));
        assertTrue(nowhere.contains("--program: got ") && nowhere.contains("expected fewstep.jar"), nowhere);
        Path runs = folder.resolve("failed");
        String failed = run(
                2,
                folder.resolve("none.yaml"),
                "--runs",
                runs,
                "--training-steps",
                2,
                "--program",
                System.getProperty("java.class.path"));
        assertTrue(failed.contains("ended with code 2; see "), failed);
        assertTrue(Files.readString(runs.resolve("none-2-0.train.log")).contains("none.yaml"));
    }
}
