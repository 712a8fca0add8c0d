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
import org.fewstep.io.SafeTensors;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.path.LinearPath;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the methods that learn a flow map. */
class FlowMapMethodsTest {
    private static final String SHORTCUT = "shortcut method.every=2";
    private static final String TWO_TIME = "two-time";

    /** Each method, then each of its choices. */
    private static final List<String> ALL = List.of(
            "lsd",
            "lsd method.stop=none",
            "lsd method.mu=0.9",
            "lsd method.adaptive=true",
            "lsd method.directions=both",
            "lsd method.diagonal-share=0",
            "esd",
            "esd method.stop=full",
            "esd method.stop=convex",
            "esd method.stop=none",
            "psd",
            "psd method.mid=uniform",
            "psd method.mu=0.9",
            "imm",
            "imm method.particles=2",
            "imm method.k=2",
            "imm method.time-from=0.1",
            "imm method.a=2",
            SHORTCUT,
            SHORTCUT + " method.line=brownian",
            SHORTCUT + " method.mu=0",
            SHORTCUT + " method.finest=8",
            TWO_TIME,
            TWO_TIME + " method.agreement=towards-cleaner",
            TWO_TIME + " method.lambda=0");

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private TinyRuns runs() {
        return new TinyRuns(folder, device);
    }

    /** The recipe of a method with assignments behind it. */
    private static Recipe recipe(String words, String... more) {
        return recipe(TinyRecipe.map(words.split(" ")[0]), words, more);
    }

    private static Recipe recipe(Map<String, Object> map, String words, String... more) {
        String[] split = words.split(" ");
        List<String> set = new ArrayList<>(List.of(split).subList(1, split.length));
        set.addAll(List.of(more));
        return Recipe.from(map, set);
    }

    private static byte[] weight(Path run) {
        try (SafeTensors.Reader reader = SafeTensors.open(run.resolve(Checkpoint.FILE))) {
            return reader.readBytes("student/mlp.layers.0.W");
        }
    }

    @Test
    void everyChoiceIsTrainedDiffersAndIsResumedBitForBit() throws IOException {
        List<byte[]> ends = new ArrayList<>();
        for (String words : ALL) {
            Recipe recipe = recipe(words, "training.steps=23");
            Path whole = runs().whole(words, recipe);
            TinyRuns.assertSame(whole, runs().pieces(words + " in pieces", recipe));
            ends.add(weight(whole));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                String steps = words.startsWith(TWO_TIME) ? "euler on PowerSpacing[power=1.0]" : "flow-map";
                assertEquals(steps, generator.solverName(GeneratorOptions.DEFAULT));
                float[] one = generator.sample(3, 1, 0);
                for (float x : one) {
                    assertTrue(Float.isFinite(x), words);
                }
                assertFalse(Arrays.equals(one, generator.sample(3, 2, 0)), words);
            }
        }
        for (int i = 0; i < ends.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertFalse(Arrays.equals(ends.get(i), ends.get(j)), ALL.get(i) + " and " + ALL.get(j));
            }
        }
    }

    @Test
    void replayedStepsHaveTheBitsOfStepsRunAnew() throws IOException {
        for (String words : ALL) {
            Path replayed = runs().whole(words, recipe(words, "training.steps=9"));
            Path anew = runs().whole(words + " anew", recipe(words, "training.steps=9", "training.replay=false"));
            assertArrayEquals(
                    Files.readAllBytes(anew.resolve(MetricsLog.JSONL)),
                    Files.readAllBytes(replayed.resolve(MetricsLog.JSONL)),
                    words);
            assertArrayEquals(weight(anew), weight(replayed), words);
        }
    }

    @Test
    void labelsAreTrainedWithAndAsked() {
        for (String method : List.of("lsd", "esd", "psd", "imm", SHORTCUT + " method.guidance=1.5", TWO_TIME)) {
            Recipe recipe = recipe(TinyRecipe.glyphs(method.split(" ")[0]), method, "training.steps=3");
            Path run = runs().whole(method + " glyphs", recipe);
            try (Generator generator = Generator.load(run.resolve(Checkpoint.FILE), device)) {
                assertFalse(Arrays.equals(generator.sample(1, 1, 0, 0), generator.sample(1, 1, 0, 2)), method);
            }
        }
    }

    @Test
    void recipesSurviveTheirMaps() {
        for (String words : ALL) {
            Recipe recipe = recipe(words);
            assertEquals(recipe, Recipe.from(recipe.toMap()), words);
            int times = words.startsWith(TWO_TIME) ? 1 : 2;
            assertEquals(times, recipe.networkConfig(recipe.data().open()).times(), words);
        }
        assertEquals(LinearPath.NOISE_AT_ZERO, recipe("lsd").method().path());
    }

    @Test
    void guidanceWithoutClassesIsRefusedBeforeTheRun() {
        Recipe recipe = recipe(SHORTCUT + " method.guidance=2");
        Path path = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, path, device));
        assertEquals("method.guidance", e.path());
        assertFalse(Trainer.holdsRun(path));
    }

    @Test
    void theAverageAndTheLearnedWeightStandInTheCheckpointWhereTheyAreAskedFor() {
        try (ModelFile file =
                ModelFile.open(runs().checkpoint("with", recipe("psd method.mu=0.9 method.adaptive=true")))) {
            assertTrue(file.roles().contains(ModelFile.TARGET));
            assertTrue(file.names().containsAll(List.of("logvar/out.W", "optim.logvar.m/hidden.W")));
            assertEquals("ema.0.9", file.defaultRole());
        }
        try (ModelFile file = ModelFile.open(runs().checkpoint("shortcut", recipe(SHORTCUT)))) {
            assertTrue(file.roles().contains(ModelFile.TARGET));
        }
        try (ModelFile file = ModelFile.open(runs().checkpoint("without", recipe("psd")))) {
            assertFalse(file.roles().contains(ModelFile.TARGET));
            assertTrue(file.names().stream().noneMatch(name -> name.contains("logvar")));
        }
    }

    /** While it is 0 the learned weight is none, so that the first update of the student is the same. */
    @Test
    void theLearnedWeightStartsAsNone() {
        String[] once = {"training.steps=1", "optimizer.clip=", "optimizer.warm-up=0"};
        assertArrayEquals(
                weight(runs().whole("none", recipe("lsd", once))),
                weight(runs().whole("learned", recipe("lsd method.adaptive=true", once))));
    }

    private static String refusedPath(String words) {
        return assertThrows(SettingsException.class, () -> recipe(words)).path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        for (String method : List.of("lsd", "esd", "psd")) {
            assertEquals("network.times", refusedPath(method + " network.times=1"));
            assertEquals("method.diagonal-share", refusedPath(method + " method.diagonal-share=1.5"));
            assertEquals("method.mu", refusedPath(method + " method.mu=1"));
            assertEquals("method.label-drop", refusedPath(method + " method.label-drop=-1"));
            assertEquals("method.directions", refusedPath(method + " method.directions=back"));
            assertEquals("teacher", refusedPath(method + " teacher=exact"));
        }
        assertEquals("method.stop", refusedPath("lsd method.stop=full"));
        assertEquals("method.stop", refusedPath("esd method.stop=all"));
        assertEquals("method.mid", refusedPath("psd method.mid=end"));
        assertEquals("training.batch", refusedPath("imm method.particles=3"));
        assertEquals("training.batch", refusedPath("imm training.batch=18"));
        assertEquals("method.particles", refusedPath("imm method.particles=0"));
        assertEquals("method.k", refusedPath("imm method.k=-1"));
        assertEquals("method.time-to", refusedPath("imm method.time-to=1"));
        assertEquals("method.time-to", refusedPath("imm method.time-from=0.5 method.time-to=0.5"));
        assertEquals("network.times", refusedPath("imm network.times=1"));
        assertEquals("training.batch", refusedPath("shortcut"), "of 16 samples 2 learn from half steps, of 7 lengths");
        assertEquals("method.finest", refusedPath(SHORTCUT + " method.finest=100"));
        assertEquals("method.line", refusedPath(SHORTCUT + " method.line=vp"));
        assertEquals("method.every", refusedPath(SHORTCUT + " method.every=0"));
        assertEquals("network.times", refusedPath(SHORTCUT + " network.times=1"));
        assertEquals("method.lambda", refusedPath("two-time method.lambda=-1"));
    }
}
