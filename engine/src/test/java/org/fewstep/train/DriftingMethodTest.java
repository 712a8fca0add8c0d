package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftingMethodTest {
    private static final String METHOD = "drifting";

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        device.close();
    }

    private TinyRuns runs() {
        return new TinyRuns(folder, device);
    }

    private static Recipe recipe(Map<String, Object> map, String... set) {
        List<String> all = new ArrayList<>(List.of("training.steps=16", "sample.steps=1"));
        all.addAll(List.of(set));
        return Recipe.from(map, all);
    }

    private static Recipe points(String... set) {
        return recipe(TinyRecipe.map(METHOD), set);
    }

    /** Three samples, of a class unless it is -1. */
    private float[] sample(Path run, int label) {
        try (Generator generator = Generator.load(run.resolve(Checkpoint.FILE), device)) {
            return label < 0 ? generator.sample(3, 1, 0) : generator.sample(3, 1, 0, label);
        }
    }

    @Test
    void everyChoiceIsTrainedDiffersReplaysAndIsResumedBitForBit() throws IOException {
        List<float[]> samples = new ArrayList<>();
        for (String set : List.of("method.normalised=true", "method.normalised=false", "method.temperatures=[0.3]")) {
            Recipe recipe = points(set);
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            Path whole = runs().whole(set, recipe);
            TinyRuns.assertSame(whole, runs().pieces(set + " in pieces", recipe));
            Path anew = runs().whole(set + " anew", points(set, "training.replay=false"));
            assertArrayEquals(
                    Files.readAllBytes(anew.resolve(MetricsLog.JSONL)),
                    Files.readAllBytes(whole.resolve(MetricsLog.JSONL)));
            samples.add(sample(whole, -1));
        }
        assertFalse(Arrays.equals(samples.get(0), samples.get(1)));
        assertFalse(Arrays.equals(samples.get(0), samples.get(2)));
    }

    @Test
    void labelsAndTheStatesOfAClassifierTakePart() throws IOException {
        Map<String, Object> map = TinyRecipe.map("classification");
        map.put("data", Map.of("kind", "glyphs", "classes", 3, "size", 8));
        map.put("network", Map.of("kind", "conv-classifier", "widths", List.of(4, 6)));
        Path classifier = runs().checkpoint("classifier", Recipe.from(map, List.of("training.steps=3")));
        Path plain = runs().whole("plain", recipe(TinyRecipe.glyphs(METHOD)));
        assertFalse(Arrays.equals(sample(plain, 0), sample(plain, 2)));
        Recipe seeing = recipe(TinyRecipe.glyphs(METHOD), "method.perceptual=true", "perceptual=" + classifier);
        Path whole = runs().whole("seeing", seeing);
        assertFalse(Arrays.equals(sample(plain, 0), sample(whole, 0)));
        Path pieces = folder.resolve("pieces");
        Trainer.start(seeing, pieces, device).close();
        Files.delete(classifier);
        try (Trainer trainer = Trainer.resume(pieces, device)) {
            trainer.run();
        }
        TinyRuns.assertSame(whole, pieces);
    }

    private static void refused(String part, String... set) {
        String message =
                assertThrows(SettingsException.class, () -> points(set)).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void badSettingsAreRefusedBeforeTheRun() {
        refused("method.temperatures", "method.temperatures=[]");
        refused("method.temperatures", "method.temperatures=[0.1, 0]");
        refused("method.sigma-data", "method.sigma-data=0");
        refused("batch", "training.batch=1");
        refused("perceptual", "method.perceptual=true");
        refused("perceptual", "perceptual=some.safetensors");
    }
}
