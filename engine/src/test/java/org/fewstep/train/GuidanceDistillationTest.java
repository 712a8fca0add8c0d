package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.data.Dataset;
import org.fewstep.data.EightGaussians;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students that take the guidance scale as an input. */
class GuidanceDistillationTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private static Recipe recipe(String method, String... overrides) {
        Map<String, Object> map = new LinkedHashMap<>(TinyRecipe.map(method));
        map.put("data", Map.of("kind", "eight-gaussians", "radius", 0.7, "std", 0.07, "classes", true));
        map.put("network", Map.of("kind", "residual-mlp", "width", 24, "depth", 2, "cond-width", 16));
        return Recipe.from(map, List.of(overrides));
    }

    private static Recipe guided(String method, Path teacher, String... overrides) {
        List<String> all = new ArrayList<>(List.of("teacher=" + teacher, "network.guided=true"));
        all.addAll(List.of(overrides));
        return recipe(method, all.toArray(String[]::new));
    }

    private static Recipe stageOne(Path teacher, String... overrides) {
        List<String> all = new ArrayList<>(List.of("init=fresh"));
        all.addAll(List.of(overrides));
        return guided("guidance-distillation", teacher, all.toArray(String[]::new));
    }

    @Test
    void labelsAreTheModesThatSamplesAreOf() {
        Dataset data = recipe("edm").data().open();
        double[] modes = new EightGaussians("ring", 0.7, 0.07).modes();
        long[] indices = {5, 6, 7, 3, 1000, 1001, 40};
        float[] x = new float[14];
        int[] labels = new int[7];
        data.read(indices, x, labels);
        assertEquals(8, data.classes());
        for (int i = 0; i < 7; i++) {
            double off = Math.hypot(x[2 * i] - modes[2 * labels[i]], x[2 * i + 1] - modes[2 * labels[i] + 1]);
            assertTrue(off < 5 * 0.07, "sample " + i + " is " + off + " from its mode");
        }
        assertTrue(Arrays.stream(labels).distinct().count() > 2);
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        TinyRuns runs = new TinyRuns(folder, device);
        Path teacher = runs.checkpoint("teacher", recipe("edm", "training.steps=3"));
        Path one = runs.checkpoint("one", stageOne(teacher, "training.steps=3"));
        for (Recipe recipe : List.of(
                stageOne(teacher),
                guided("progressive-distillation", one, "method.w-most=4", "method.first-steps=2"),
                guided("latent-consistency", teacher, "init=fresh"),
                guided("latent-consistency", teacher, "init=fresh", "method.distance=huber", "method.mu=0"))) {
            String name = Integer.toString(recipe.hashCode());
            TinyRuns.assertSame(runs.whole(name, recipe), runs.pieces(name + " pieces", recipe));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
        }
    }

    /** One evaluation of the student is near the teacher's two, at scales that differ by much. */
    @Test
    void theScaleActsAsTheTeachersGuidance() {
        TinyRuns runs = new TinyRuns(folder, device);
        String[] longer = {"training.steps=1200", "training.batch=64", "optimizer.lr=0.005", "training.ema=0.99"};
        Path teacher = runs.checkpoint("teacher", recipe("edm", longer));
        Path student = runs.checkpoint("student", stageOne(teacher, longer));
        int[] labels = new int[400];
        Arrays.setAll(labels, i -> i % 8);
        try (Generator of = Generator.load(student, device);
                Generator from = Generator.load(teacher, device)) {
            float[] plain = from.sample(0, 12, 5, labels, GeneratorOptions.DEFAULT);
            for (double scale : new double[] {1, 4}) {
                GeneratorOptions options = GeneratorOptions.DEFAULT.withGuidance(scale);
                assertEquals(scale == 1 ? 23 : 46, from.evaluations(12, options));
                assertEquals(23, of.evaluations(12, options));
                float[] expected = from.sample(0, 12, 5, labels, options);
                double error = distance(of.sample(0, 12, 5, labels, options), expected);
                assertTrue(error < 0.15, "scale " + scale + ": " + error);
                if (scale > 1) {
                    assertTrue(distance(plain, expected) > 2 * error, distance(plain, expected) + " and " + error);
                }
            }
        }
    }

    @Test
    void fewStepsTakeTheScaleInOneEvaluationEach() {
        TinyRuns runs = new TinyRuns(folder, device);
        Path teacher = runs.checkpoint("teacher", recipe("edm", "training.steps=3"));
        Path one = runs.checkpoint("one", stageOne(teacher, "training.steps=3"));
        int[] labels = {3, 4};
        for (Recipe recipe : List.of(
                guided("progressive-distillation", one, "method.w-most=4", "method.first-steps=2", "sample.guidance=3"),
                guided("latent-consistency", teacher, "init=fresh", "sample.guidance=3"))) {
            try (Generator of = Generator.load(runs.checkpoint(recipe.method().toString(), recipe), device)) {
                GeneratorOptions guidance = GeneratorOptions.DEFAULT.withGuidance(3);
                assertEquals(2, of.evaluations(2, guidance));
                float[] with = of.sample(0, 2, 5, labels, guidance);
                assertTrue(distance(with, of.sample(0, 2, 5, labels, GeneratorOptions.DEFAULT)) > 0);
            }
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum / a.length);
    }

    private static String refusedPath(String... overrides) {
        return assertThrows(SettingsException.class, () -> stageOne(Path.of("some"), overrides))
                .path();
    }

    private String refusedToStart(Recipe recipe) {
        return assertThrows(SettingsException.class, () -> Trainer.start(recipe, folder.resolve("refused"), device))
                .path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("method.w-least", refusedPath("method.w-least=-1"));
        assertEquals("method.w-most", refusedPath("method.w-least=3", "method.w-most=2"));
        assertEquals("method.time-std", refusedPath("method.time-std=0"));
        assertEquals(
                "network.guided",
                assertThrows(
                                SettingsException.class,
                                () -> recipe("guidance-distillation", "teacher=some", "init=fresh"))
                        .path());
        assertEquals("teacher", refusedToStart(stageOne(Path.of("none"))));
        assertEquals("network.guided", refusedToStart(stageOne(Path.of("none"), "data.classes=false")));
        assertEquals(
                "teacher", refusedToStart(recipe("guidance-distillation", "teacher=exact", "network.guided=true")));
        Path teacher = new TinyRuns(folder, device).checkpoint("teacher", recipe("edm", "training.steps=1"));
        assertEquals(
                "network",
                refusedToStart(recipe("guidance-distillation", "teacher=" + teacher, "network.guided=true")));
        Path one = new TinyRuns(folder, device).checkpoint("one", stageOne(teacher, "training.steps=1"));
        assertEquals("teacher", refusedToStart(stageOne(one)));
        assertEquals(
                "teacher",
                refusedToStart(guided("progressive-distillation", teacher, "init=fresh", "method.w-most=4")));
        assertEquals("teacher", refusedToStart(recipe("progressive-distillation", "teacher=" + one, "init=fresh")));
        for (String bad : List.of("steps=0", "steps=501", "w-most=4", "distance=l1", "mu=1")) {
            assertEquals(
                    "method." + bad.substring(0, bad.indexOf('=')),
                    assertThrows(SettingsException.class, () -> guided("latent-consistency", teacher, "method." + bad))
                            .path());
        }
    }
}
