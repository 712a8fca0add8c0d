package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomnessCommandTest {
    @TempDir
    Path folder;

    private Path trained(String recipe, String... settings) {
        Path run = folder.resolve(recipe);
        Object[] args = new Object[11 + 2 * settings.length];
        Object[] first = {
            "train",
            "--recipe",
            recipe,
            "--out",
            run,
            "--set",
            "training.steps=2",
            "--set",
            "network.width=8",
            "--set",
            "training.batch=16"
        };
        System.arraycopy(first, 0, args, 0, first.length);
        for (int i = 0; i < settings.length; i++) {
            args[first.length + 2 * i] = "--set";
            args[first.length + 2 * i + 1] = settings[i];
        }
        CliRun.of(args).succeeded();
        return run.resolve("checkpoint.safetensors");
    }

    /** A table whose sentences are its own rows, and a chart a condition. */
    @Test
    void trainedNetworksGiveATableAndCharts() throws IOException {
        Path teacher = trained("ring-edm");
        Path student = trained("ring-cd", "teacher=" + teacher);
        Path out = folder.resolve("study");
        CliRun ran = CliRun.of(
                        "study",
                        "randomness",
                        "--teacher",
                        teacher,
                        "--student",
                        student,
                        "--seeds",
                        2,
                        "--samples",
                        100,
                        "--out",
                        out)
                .succeeded();
        String table = Files.readString(out.resolve("randomness.md"));
        assertTrue(table.contains("the denoiser of ring-edm; consistency: the function of ring-cd"), table);
        assertEquals(
                3,
                table.lines().filter(l -> l.startsWith("| consistency | 4 |")).count(),
                table);
        String sentence = table.lines()
                .filter(l -> l.startsWith("- from noise; ODE (1) to consistency (1): "))
                .findFirst()
                .orElseThrow();
        assertTrue(ran.out().contains(sentence.substring("- from noise; ".length())), ran.out());
        for (int i = 1; i <= 3; i++) {
            assertTrue(ImageIO.read(out.resolve("randomness-" + i + ".png").toFile())
                            .getWidth()
                    > 100);
        }
        Object[] swapped = {"study", "randomness", "--teacher", student, "--student", teacher, "--seeds", 2};
        CliRun.of(swapped).failed(2, "expected a denoiser as teacher");
    }

    @Test
    void halfAQuestionIsRefused() {
        CliRun.of("study", "randomness", "--teacher", "a").failed(2, "expected both");
        CliRun.of("study", "randomness", "--data", "a").failed(2, "expected both");
        CliRun.of("study", "randomness", "--seeds", 1).failed(2, "1 seeds");
        CliRun.of("study", "randomness", "--teacher", "a", "--student", "b").failed(3, "a");
    }
}
