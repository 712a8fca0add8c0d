package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Denoisers and consistency models from the command line. */
class LevelCommandsTest {
    @TempDir
    Path folder;

    private CliRun train(String recipe, String... settings) {
        List<Object> args = new ArrayList<>(List.of("train", "--recipe", recipe, "--out", folder.resolve(recipe)));
        List<String> all = new ArrayList<>(List.of(
                "training.steps=4", "training.batch=16", "network.width=16", "sample.rows=2", "sample.columns=5"));
        all.addAll(Arrays.asList(settings));
        for (String setting : all) {
            args.add("--set");
            args.add(setting);
        }
        return CliRun.of(args.toArray());
    }

    private Path trained(String recipe, String... settings) {
        train(recipe, settings).succeeded();
        return folder.resolve(recipe).resolve(Checkpoint.FILE);
    }

    private byte[] sampled(Path model, String name, Object... options) throws IOException {
        List<Object> args =
                new ArrayList<>(List.of("sample", model, "--out", folder.resolve(name), "--steps", "2", "--n", "7"));
        args.addAll(Arrays.asList(options));
        CliRun.of(args.toArray()).succeeded();
        return Files.readAllBytes(folder.resolve(name).resolve("samples-steps-2.csv"));
    }

    @Test
    void aDenoiserTeachesAStudent() throws IOException {
        Path teacher = trained("ring-edm");
        CliRun info = CliRun.of("info", teacher).succeeded();
        assertTrue(info.out().contains("denoiser of noise levels, sigma data 0.5"), info.out());
        byte[] usual = sampled(teacher, "usual");
        assertFalse(Arrays.equals(usual, sampled(teacher, "sde", "--solver", "ddim-eta1.0")));
        CliRun.of("sample", teacher, "--solver", "flow-map").failed(2, "flow-map");

        Path student = trained("ring-cd", "teacher=" + teacher);
        info = CliRun.of("info", student).succeeded();
        assertTrue(
                info.out().contains("consistency function of noise levels, sigma data 0.5, sigma min 0.002"),
                info.out());
        assertTrue(info.out().contains("teacher   in this file"), info.out());
        sampled(student, "student");
        CliRun.of("sample", student, "--solver", "heun").failed(2, "consistency function");
        train("ring-ct", "teacher=" + student).failed(2, "teacher");
        assertFalse(Files.exists(folder.resolve("ring-ct")), "nothing is left of a refused run");
        train("ring-ect", "teacher=" + folder.resolve("none")).failed(2, "no file");
    }

    @Test
    void aScoreIsDistilledIntoAGenerator() throws IOException {
        Path teacher = trained("ring-edm");
        for (String recipe : List.of(
                "ring-dmd", "ring-diff-instruct", "ring-sid", "ring-f-distill", "ring-sida", "ring-vsd", "ring-sjc")) {
            trained(recipe);
        }
        Path student = trained(
                "ring-dmd2",
                "teacher=" + teacher,
                "method.levels=80,0.8",
                "method.features.width=8",
                "sample.steps=1,2");
        CliRun info = CliRun.of("info", student).succeeded();
        assertTrue(info.out().contains("generator at levels [80.0, 0.8], sigma data 0.5"), info.out());
        assertTrue(info.out().contains("teacher   in this file"), info.out());
        sampled(student, "student");
        sampled(student.resolveSibling("best.safetensors"), "best");
        CliRun.of("sample", student, "--steps", "3").failed(2, "at most 2");
        CliRun.of("sample", student, "--solver", "heun").failed(2, "generator at levels");
        for (String recipe : List.of("ring-ladd", "ring-add")) {
            train(recipe).failed(2, "no file");
            assertFalse(Files.exists(folder.resolve(recipe)), "nothing is left of a refused run");
            train(recipe, "teacher=exact").failed(2, "features");
            trained(recipe, "teacher=" + teacher);
        }
        train("ring-sds", "teacher=" + student).failed(2, "denoiser");
        assertFalse(Files.exists(folder.resolve("ring-sds")), "nothing is left of a refused run");
        train("ring-sds", "method.levels=80,1", "sample.steps=3").failed(2, "sample.steps");
    }

    @Test
    void aSecondStageNeedsItsFirst() {
        train("ring-tcm").failed(2, "no file");
        assertFalse(Files.exists(folder.resolve("ring-tcm")), "nothing is left of a refused run");
        trained("ring-tcm", "teacher=" + trained("ring-ect"));
    }

    @Test
    void aTrajectoryModelIsSampledWithAndWithoutNoiseInItsSteps() throws IOException {
        Path model = trained("ring-ctm", "method.adversarial=");
        CliRun info = CliRun.of("info", model).succeeded();
        assertTrue(info.out().contains("trajectory function of noise levels"), info.out());
        byte[] exact = sampled(model, "exact");
        assertFalse(Arrays.equals(exact, sampled(model, "noisy", "--gamma", "0.5")));
        CliRun.of("sample", model, "--gamma", "2").failed(2, "gamma");
        CliRun.of("sample", model, "--solver", "heun").failed(2, "trajectory function");
        CliRun.of("sample", trained("ring-ect"), "--gamma", "0.5").failed(2, "gamma");
    }

    @Test
    void everyRecipeOfTheRingTrains() {
        for (String recipe : List.of(
                "ring-ct",
                "ring-continuous",
                "ring-ect",
                "ring-sct",
                "ring-scd",
                "ring-rcm",
                "ring-drifting",
                "ring-scott",
                "ring-ctm")) {
            assertTrue(Files.isRegularFile(trained(recipe)), recipe);
            assertTrue(Files.isRegularFile(folder.resolve(recipe).resolve("samples-steps-1.png")), recipe);
        }
        assertTrue(Files.isRegularFile(trained("ring-pd", "training.steps=9")));
        assertTrue(Files.isRegularFile(trained("ring-multistep")));
        assertTrue(Files.isRegularFile(folder.resolve("ring-multistep").resolve("samples-steps-2.png")));
    }
}
