package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.Png;
import org.fewstep.io.SampleGrid;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flow maps from the command line. */
class FlowMapCommandsTest {
    @TempDir
    Path folder;

    private CliRun train(String recipe, String... settings) {
        List<Object> args = new ArrayList<>(List.of("train", "--recipe", recipe, "--out", folder.resolve(recipe)));
        List<String> all = new ArrayList<>(List.of(
                "training.steps=4", "training.batch=64", "network.width=16", "sample.rows=2", "sample.columns=5"));
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
                new ArrayList<>(List.of("sample", model, "--out", folder.resolve(name), "--steps", "4", "--n", "7"));
        args.addAll(Arrays.asList(options));
        CliRun.of(args.toArray()).succeeded();
        return Files.readAllBytes(folder.resolve(name).resolve("samples-steps-4.csv"));
    }

    @Test
    void everyRecipeOfAFlowMapTrainsAndShowsItsSamples() {
        List<String> recipes = RecipeText.BUILT_IN.stream()
                .filter(name -> name.startsWith("eight-gaussians-") && !name.endsWith("-flow"))
                .toList();
        assertTrue(recipes.containsAll(List.of("eight-gaussians-lsd", "eight-gaussians-imm")), recipes.toString());
        for (String recipe : recipes) {
            String setting = recipe.endsWith("-shortcut")
                    ? "method.finest=16"
                    : recipe.endsWith("-pfmm")
                            ? "teacher=" + folder.resolve("eight-gaussians-lsd/checkpoint.safetensors")
                            : "";
            String[] settings = setting.isEmpty() ? new String[0] : new String[] {setting};
            assertTrue(Files.isRegularFile(trained(recipe, settings)), recipe);
            assertTrue(Files.isRegularFile(folder.resolve(recipe).resolve("samples-steps-1.png")), recipe);
        }
    }

    @Test
    void noiseAndVelocityComeIntoTheStepsAsAsked() throws IOException {
        Path model = trained("eight-gaussians-lsd");
        byte[] exact = sampled(model, "exact");
        assertFalse(Arrays.equals(exact, sampled(model, "noisy", "--gamma", "0.5")));
        assertFalse(Arrays.equals(exact, sampled(model, "velocity", "--velocity-up-to", "0.25")));
        CliRun.of("sample", model, "--gamma", "2").failed(2, "gamma");
        CliRun.of("sample", model, "--velocity-up-to", "-1").failed(2, "velocity");
        CliRun.of("sample", model, "--solver", "heun", "--gamma", "0.5").failed(2, "gamma");
        Path flow = trained("eight-gaussians-flow");
        CliRun.of("sample", flow, "--gamma", "0.5").failed(2, "gamma");
        CliRun.of("sample", flow, "--velocity-up-to", "0.5").failed(2, "velocity");
    }

    @Test
    void samplesGoToNoiseAndBack() throws IOException {
        Path model = trained("eight-gaussians-fmm");
        Path there = folder.resolve("there");
        CliRun run = CliRun.of("invert", model, "--n", "500", "--steps", "1,8", "--out", there)
                .succeeded();
        assertTrue(run.out().contains("round trip"), run.out());
        for (String file : List.of("invert-steps-1.png", "invert-steps-8.png", "invert-steps-1-noise.npy")) {
            assertTrue(Files.isRegularFile(there.resolve(file)), file);
        }
        CliRun.of("invert", model, "--image", "some.png").failed(2, "images");
        CliRun.of("invert", model, "--image", "some.png", "--data", "some").failed(2, "one of them");
        CliRun.of("invert", model, "--class", "1").failed(2, "label");
        CliRun.of("invert", model, "--steps", "0").failed(2, "--steps");
        CliRun.of("invert", trained("eight-gaussians-lsd")).failed(2, "method.directions both");
        CliRun.of("invert", folder.resolve("none")).failed(3, "no such file");
    }

    @Test
    void imagesGoToNoiseAndBackWithTheirClasses() throws IOException {
        Path model = trained("glyphs-flow", "method.kind=lsd", "method.directions=both");
        Path there = folder.resolve("there");
        CliRun.of("invert", model, "--n", "3", "--steps", "2", "--out", there).succeeded();
        Path picture = there.resolve("invert-steps-2.png");
        assertTrue(Files.isRegularFile(picture));
        CliRun.of("invert", model, "--image", picture, "--steps", "2").failed(3, "size of the model's samples");
        Path small = folder.resolve("small.png");
        Png.write(small, new SampleGrid(1, 0, 1).draw(new float[256], 1, 1, 16, 16));
        CliRun.of("invert", model, "--image", small, "--class", "2", "--steps", "2", "--out", folder.resolve("other"))
                .succeeded();
        assertTrue(Files.isRegularFile(folder.resolve("other").resolve("invert-steps-2.png")));
    }

    @Test
    void aFlowThatWasTrainedTeachesAMap() {
        Path flow = trained("eight-gaussians-flow");
        for (String recipe : List.of("eight-gaussians-ayf", "eight-gaussians-lmd")) {
            trained(recipe, "teacher=" + flow);
        }
        train("eight-gaussians-emd", "teacher=" + folder.resolve("eight-gaussians-lmd/checkpoint.safetensors"))
                .failed(2, "flow-matching");
        assertFalse(Files.exists(folder.resolve("eight-gaussians-emd")), "nothing is left of a refused run");
    }

    @Test
    void brownianLinesAndDataPredictionsAreKeptInTheFile() {
        Path brownian = trained("eight-gaussians-shortcut", "method.line=brownian", "method.finest=16");
        CliRun info = CliRun.of("info", brownian).succeeded();
        assertTrue(info.out().contains("brownian"), info.out());
        info = CliRun.of("info", trained("eight-gaussians-pixel-meanflow")).succeeded();
        assertTrue(info.out().contains("student/net.mlp.layers.0.W"), info.out());
    }
}
