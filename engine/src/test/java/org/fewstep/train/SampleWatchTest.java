package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples that are watched in training: what is logged, kept and warned of. */
class SampleWatchTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        device.close();
    }

    private static Recipe recipe(String method, String... overrides) {
        Map<String, Object> map = TinyRecipe.map(method);
        map.put("watch", Map.of("every", 4, "samples", 100));
        map.put("sample", Map.of("steps", List.of(1)));
        if (method.equals("dmd")) {
            map.put("teacher", "exact");
        }
        return Recipe.from(map, List.of(overrides));
    }

    private SampleWatch run(Path run, Recipe recipe, Callback... more) {
        SampleWatch watch = new SampleWatch();
        List<Callback> all = new ArrayList<>(List.of(more));
        all.add(watch);
        try (Trainer trainer = Trainer.start(recipe, run, device, all.toArray(new Callback[0]))) {
            trainer.run();
        }
        return watch;
    }

    private static List<Double> distances(Path run) throws IOException {
        List<Double> all = new ArrayList<>();
        Matcher found =
                Pattern.compile("\"sw2\":([-0-9.eE]+)").matcher(Files.readString(run.resolve(MetricsLog.JSONL)));
        while (found.find()) {
            all.add(Double.parseDouble(found.group(1)));
        }
        return all;
    }

    @Test
    void theBestModelIsKept() throws IOException {
        Path run = folder.resolve("run");
        run(run, recipe("dmd", "training.steps=22", "optimizer.lr=0.05"));
        List<Double> all = distances(run);
        assertEquals(6, all.size(), "every fourth step and the last");
        double least = all.stream().mapToDouble(d -> d).min().orElseThrow();
        Path file = run.resolve(SampleWatch.FILE);
        try (ModelFile model = ModelFile.open(file)) {
            assertEquals(least, Double.parseDouble(model.meta("sw2")));
            long step = Checkpoint.of(model).step();
            assertEquals(Math.min(22, 4 * (all.indexOf(least) + 1L)), step);
        }
        try (Generator best = Generator.load(file, device)) {
            assertEquals(4, best.sample(2, 1, 0).length);
        }
    }

    @Test
    void aRunBrokenOffKeepsAndLogsTheSame() throws IOException {
        Path whole = folder.resolve("whole");
        Path broken = folder.resolve("broken");
        Recipe recipe = recipe("flow-matching", "training.steps=22");
        run(whole, recipe);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 13) {
                    trainer.stop();
                }
            }
        };
        run(broken, recipe, stop);
        try (Trainer trainer = Trainer.resume(broken, device, new SampleWatch())) {
            trainer.run();
        }
        for (String name : List.of(MetricsLog.JSONL, SampleWatch.FILE, Checkpoint.FILE)) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(broken.resolve(name)), name);
        }
    }

    @Test
    void aRunWithoutWatchHasNoBestModel() throws IOException {
        Path run = folder.resolve("run");
        assertTrue(
                run(run, TinyRecipe.flowMatching("training.steps=5")).warnings().isEmpty());
        assertFalse(Files.exists(run.resolve(SampleWatch.FILE)));
        assertTrue(distances(run).isEmpty());
    }

    @Test
    void whatRunsAwayIsWarnedOf() {
        Recipe recipe = recipe("dmd", "training.steps=8", "optimizer.lr=30", "optimizer.warm-up=0", "optimizer.clip=");
        List<String> warnings = run(folder.resolve("away"), recipe).warnings();
        assertTrue(warnings.toString().contains("may diverge"), warnings.toString());
    }

    @Test
    void spreadsForebodeCollapseAndDivergence() {
        assertNull(SampleWatch.danger(0.1, Double.NaN, 1, 3), "a start from nothing");
        assertNull(SampleWatch.danger(0.2, 0.1, 1, 3), "it grows");
        assertNull(SampleWatch.danger(0.5, 0.9, 1, 3), "far from nothing");
        assertNotNull(SampleWatch.danger(0.2, 0.3, 1, 3));
        assertNull(SampleWatch.danger(2.9, 1, 1, 3));
        assertNotNull(SampleWatch.danger(3.1, 1, 1, 3));
        assertEquals(3, Sid.widest(1));
        assertEquals(Math.sqrt(6), Sid.widest(1.2), 1e-12);
        assertEquals(Math.sqrt(3), Sid.widest(1.5), 1e-12);
        assertEquals(Sid.widest(1.5), recipeOfSid(1.5).method().widest());
    }

    private static Recipe recipeOfSid(double alpha) {
        Map<String, Object> map = TinyRecipe.map("sid");
        map.put("teacher", "exact");
        map.put("sample", Map.of("steps", List.of(1)));
        return Recipe.from(map, List.of("method.alpha=" + alpha));
    }

    @Test
    void whatMakesNoSamplesIsNotWatched() {
        Map<String, Object> bridge = TinyRecipe.interpolantMap();
        bridge.put("watch", Map.of());
        assertEquals("watch", refused(bridge));
        Map<String, Object> dmd = recipe("dmd").toMap();
        assertEquals("watch.steps", refused(dmd, "watch.steps=2"));
        assertEquals("watch.every", refused(dmd, "watch.every=0"));
        assertEquals("watch.samples", refused(dmd, "watch.samples=1"));
    }

    private static String refused(Map<String, Object> map, String... overrides) {
        return assertThrows(SettingsException.class, () -> Recipe.from(map, List.of(overrides)))
                .path();
    }
}
