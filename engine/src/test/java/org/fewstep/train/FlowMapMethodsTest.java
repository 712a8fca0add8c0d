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
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.op.Ops;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathCoefficients;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.SolverChoice;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the methods that learn a flow map. */
class FlowMapMethodsTest {
    private static final String SHORTCUT = "shortcut method.every=2";
    private static final String TWO_TIME = "two-time";
    private static final String PIXEL = "improved-mean-flow method.predicts=data";
    private static final String AYF = "ayf-emd teacher=exact method.warm-up-steps=0";

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
            "imm method.form=euler",
            "imm method.form=simple-edm",
            "imm method.form=identity",
            "imm method.form=simple-edm method.time-scale=2",
            "imm method.form=simple-edm method.schedule=cosine",
            "imm method.form=identity method.schedule=cosine",
            SHORTCUT,
            SHORTCUT + " method.line=brownian",
            SHORTCUT + " method.mu=0",
            SHORTCUT + " method.finest=8",
            TWO_TIME,
            TWO_TIME + " method.agreement=towards-cleaner",
            TWO_TIME + " method.lambda=0",
            AYF,
            AYF + " method.warm-up-steps=5",
            AYF + " method.bound=clipped",
            AYF + " method.space=map",
            AYF + " method.span-std=2",
            AYF + " method.adversarial.kind=relativistic method.adversarial.start=5",
            "ayf-lmd teacher=exact",
            "emd teacher=exact",
            "emd teacher=exact method.stop=full",
            "emd teacher=exact method.stop=target",
            "emd teacher=exact method.adaptive=true",
            "lmd teacher=exact",
            "lmd teacher=exact method.stop=convex",
            "lmd teacher=exact method.directions=both",
            "fmm",
            "improved-mean-flow",
            "improved-mean-flow method.p=0",
            "improved-mean-flow method.diagonal=random",
            "improved-mean-flow method.time-std=2",
            "improved-mean-flow method.head=true",
            PIXEL,
            PIXEL + " method.head=true",
            PIXEL + " method.least-time=0.2",
            "alpha-flow",
            "alpha-flow method.fall-from=0 method.fall-to=0",
            "alpha-flow method.fall-from=1 method.fall-to=1",
            "alpha-flow method.clip=0.5",
            "alpha-flow method.c=1",
            "split-mean-flow",
            "split-mean-flow method.diagonal-share=0.25",
            "split-mean-flow method.distil=true teacher=exact",
            "tvm",
            "tvm method.mu=0",
            "tvm method.gap-mean=1",
            "tvm method.time-std=2");

    private static final List<String> TAUGHT = List.of("ayf-emd", "ayf-lmd", "emd", "lmd");

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
            return reader.readBytes(reader.names().stream()
                    .filter(name -> name.matches("student/(net\\.)?mlp\\.layers\\.0\\.W"))
                    .findFirst()
                    .orElseThrow());
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
        for (String method : List.of(
                "lsd",
                "esd",
                "psd",
                "imm",
                SHORTCUT + " method.guidance=1.5",
                TWO_TIME,
                "fmm",
                "alpha-flow",
                "split-mean-flow",
                "tvm",
                "tvm method.omega=2")) {
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
    void aFlowOfAFileTeachesAndIsNotNeededAgain() throws IOException {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.flowMatching("network.width=12"));
        for (String method : TAUGHT) {
            Recipe recipe = recipe(method + " teacher=" + teacher + " training.steps=13");
            Path whole = runs().whole(method, recipe);
            assertFalse(Arrays.equals(
                    weight(whole),
                    weight(runs().whole(method + " exact", recipe(method + " teacher=exact training.steps=13")))));
            Path broken = folder.resolve(method + " broken");
            Trainer.start(recipe, broken, device).close();
            Path moved = teacher.resolveSibling("moved");
            Files.move(teacher, moved);
            try (Trainer trainer = Trainer.resume(broken, device)) {
                trainer.run();
            } finally {
                Files.move(moved, teacher);
            }
            TinyRuns.assertSame(whole, broken);
            Path exported = folder.resolve(method + ".safetensors");
            Checkpoint.export(broken.resolve(Checkpoint.FILE), exported, "");
            try (Generator generator = Generator.load(exported, device)) {
                assertEquals(6, generator.sample(3, 1, 0).length);
            }
        }
    }

    /** One step of the map is then one of Euler's along the flow. */
    @Test
    void aMapStartsAsAFlow() throws IOException {
        String still = "optimizer.lr=1e-30";
        String[] directions = {"lsd 0", "psd 0", "mean-flow 1", "alpha-flow 1", "ayf-emd 1", "ayf-lmd 1"};
        for (String words : directions) {
            String method = words.split(" ")[0];
            String noise = words.split(" ")[1];
            Recipe flow = Recipe.from(
                    TinyRecipe.glyphs("flow-matching"), List.of("training.steps=5", "method.noise-time=" + noise));
            Path teacher = runs().checkpoint("flow " + words, flow);
            Recipe recipe = recipe(
                    TinyRecipe.glyphs(method), method, "teacher=" + teacher, "init=teacher", "training.steps=13");
            Path untouched = runs().whole(words + " still", recipe(recipe.toMap(), method, still));
            float[] ofMap;
            try (Generator generator = Generator.load(untouched.resolve(Checkpoint.FILE), device)) {
                ofMap = generator.sample(3, 1, 0, 1);
            }
            try (Generator generator = Generator.load(teacher, device)) {
                GeneratorOptions euler = GeneratorOptions.DEFAULT.withSolver(SolverChoice.EULER);
                assertArrayEquals(generator.sample(0, 1, 0, new int[] {1, 1, 1}, euler), ofMap, 1e-5f, words);
            }
            TinyRuns.assertSame(runs().whole(words, recipe), runs().pieces(words + " in pieces", recipe));
        }
    }

    @Test
    void aMapStartsAsNothingElse() {
        Path flow =
                runs().checkpoint("flow", Recipe.from(TinyRecipe.glyphs("flow-matching"), List.of("training.steps=1")));
        String start = "mean-flow teacher=" + flow;
        assertSays("noise at 1, to start from it", refusedToStart(recipe(TinyRecipe.glyphs("mean-flow"), start)));
        start = "lsd teacher=" + flow;
        String message = refusedToStart(recipe(TinyRecipe.glyphs("lsd"), start, "network.width=20"));
        assertTrue(
                message.matches("network: got width 20; expected width 24, as the teacher, with a time more.*"),
                message);
        Path points = runs().checkpoint("points", TinyRecipe.flowMatching("training.steps=1"));
        assertSays("a plain residual-mlp, dit or u-net can start so", refusedToStart(recipe("lsd teacher=" + points)));
        assertEquals("teacher", refusedPath("lsd teacher=some init=fresh"));
        assertEquals("teacher", refusedPath("flow-matching teacher=some"));
    }

    /** The same velocity field in the two directions of time, so that a sign or a time turned wrongly shows. */
    @Test
    void aTeacherIsTheSameFlowInBothDirections() {
        Recipe recipe = recipe("lmd teacher=exact");
        ModelSpec spec = new ModelSpec(
                recipe.networkConfig(recipe.data().open()), DType.F64, LinearPath.NOISE_AT_ZERO, List.of(2));
        try (Scope scope = device.scope();
                Teacher teacher = Teacher.open(recipe, spec, device)) {
            Tensor x = Tensor.of(device, DType.F64, new double[] {0.3, -1.2, 1.5, 0.4}, 2, 2);
            Tensor t = Tensor.of(device, DType.F64, new double[] {0.2, 0.7}, 2);
            Tensor back = Tensor.of(device, DType.F64, new double[] {0.8, 0.3}, 2);
            double[] up = teacher.velocity(LinearPath.NOISE_AT_ZERO)
                    .v(x, t, Cond.NONE)
                    .toDoubles();
            double[] down = teacher.velocity(LinearPath.NOISE_AT_ONE)
                    .v(x, back, Cond.NONE)
                    .toDoubles();
            GaussianMixture mixture = recipe.data().mixture();
            double[] exact = mixture.v(Ops.slice(x, 0, 0, 1), PathCoefficients.of(LinearPath.NOISE_AT_ZERO, 0.2))
                    .toDoubles();
            assertEquals(exact[0], up[0], 1e-12);
            for (int i = 0; i < 4; i++) {
                assertEquals(-up[i], down[i], 1e-12);
            }
            assertThrows(IllegalStateException.class, teacher::denoiser);
            assertThrows(IllegalStateException.class, teacher::firstStage);
            assertThrows(IllegalStateException.class, teacher::trigFlow);
        }
    }

    private String refusedToStart(Recipe recipe) {
        Path path = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, path, device));
        assertFalse(Trainer.holdsRun(path));
        assertEquals(0, device.live().buffers().get(), "buffers after " + e.getMessage());
        return e.getMessage();
    }

    private static void assertSays(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    @Test
    void teachersThatDoNotFitAreRefusedBeforeTheRun() {
        String method = "ayf-emd teacher=";
        assertSays("no file", refusedToStart(recipe(method + folder.resolve("none"))));
        assertSays("mixture", refusedToStart(recipe(method + "exact data.kind=checkerboard")));
        Path denoiser = runs().checkpoint("denoiser", TinyRecipe.level("edm", "training.steps=1"));
        assertSays("flow-matching", refusedToStart(recipe(method + denoiser)));
        Path map = runs().checkpoint("map", TinyRecipe.meanFlow("training.steps=1"));
        assertSays("noise at 1, 2 times", refusedToStart(recipe(method + map)));
        Path turned = runs().checkpoint("turned", TinyRecipe.flowMatching("training.steps=1", "method.noise-time=1"));
        runs().checkpoint("taught by it", recipe(method + turned + " training.steps=1"));
        Path flow = runs().checkpoint("flow", TinyRecipe.flowMatching("training.steps=1"));
        assertSays("F32", refusedToStart(recipe(method + flow + " training.dtype=f64")));
        assertSays("[1, 8, 8]", refusedToStart(recipe(TinyRecipe.glyphs("ayf-emd"), method + flow)));
    }

    @Test
    void aGuidedTeacherTeachesEveryScale() {
        Path teacher = runs().checkpoint(
                        "guide", Recipe.from(TinyRecipe.glyphs("flow-matching"), List.of("training.steps=3")));
        for (String method : List.of("ayf-emd", "ayf-lmd")) {
            Recipe recipe = recipe(
                    TinyRecipe.glyphs(method),
                    method + " teacher=" + teacher,
                    "network.guided=true",
                    "method.guidance-most=3",
                    "training.steps=3");
            try (Generator generator = Generator.load(runs().checkpoint(method + " guided", recipe), device)) {
                int[] label = {1};
                GeneratorOptions options = GeneratorOptions.DEFAULT;
                assertFalse(Arrays.equals(
                        generator.sample(0, 1, 0, label, options.withGuidance(1)),
                        generator.sample(0, 1, 0, label, options.withGuidance(3))));
            }
        }
        assertSays("needs labels", refusedToStart(recipe(AYF + " method.guidance-least=2 method.guidance-most=2")));
    }

    @Test
    void terminalVelocitiesAreGuidedWithLabelsAlone() {
        assertSays("needs labels", refusedToStart(recipe("tvm method.omega=2")));
        assertSays(
                "method.omega",
                assertThrows(SettingsException.class, () -> recipe("tvm method.omega=0.5"))
                        .getMessage());
    }

    @Test
    void aTeacherIsGuidedAwayFromAWeakOneWhichIsKeptInTheCheckpoint() throws IOException {
        String flow = runs().checkpoint("flow", TinyRecipe.flowMatching()).toString();
        Path weak = runs().checkpoint("weak", TinyRecipe.flowMatching("network.width=6", "training.steps=2"));
        for (String teacher : List.of("exact", flow)) {
            String words =
                    AYF.replace("exact", teacher) + " training.steps=13 method.guidance-least=2 method.guidance-most=2";
            Recipe recipe = recipe(words + " method.weak=" + weak);
            String name = "by " + (teacher.equals("exact") ? teacher : "a file");
            Path whole = runs().whole(name, recipe);
            assertFalse(Arrays.equals(
                    weight(whole),
                    weight(runs().whole(
                                    name + " plain", recipe(AYF.replace("exact", teacher) + " training.steps=13")))));
            Path broken = folder.resolve(name + " broken");
            Trainer.start(recipe, broken, device).close();
            Path moved = weak.resolveSibling("moved");
            Files.move(weak, moved);
            try (Trainer trainer = Trainer.resume(broken, device)) {
                trainer.run();
            } finally {
                Files.move(moved, weak);
            }
            TinyRuns.assertSame(whole, broken);
        }
        assertEquals("method.weak", refusedPath(AYF + " method.weak=some"), "without guidance");
        String guided = AYF + " method.guidance-least=2 method.guidance-most=2 method.weak=";
        assertSays("no file", refusedToStart(recipe(guided + folder.resolve("none"))));
        Path map = runs().checkpoint("map", TinyRecipe.meanFlow("training.steps=1"));
        assertSays("method.weak", refusedToStart(recipe(guided + map)));
        assertSays("needs labels", refusedToStart(recipe(AYF + " method.guidance-least=2 method.guidance-most=2")));
    }

    @Test
    void improvedMeanFlowTakesItsScalesAsAnInput() {
        String words = "improved-mean-flow training.steps=3";
        String[] guided = {"method.scale-most=8", "network.guided=true"};
        Path run = runs().whole("guided", recipe(TinyRecipe.glyphs("improved-mean-flow"), words, guided));
        try (Generator generator = Generator.load(run.resolve(Checkpoint.FILE), device)) {
            int[] label = {1};
            GeneratorOptions options = GeneratorOptions.DEFAULT;
            assertFalse(Arrays.equals(
                    generator.sample(0, 1, 0, label, options),
                    generator.sample(0, 1, 0, label, options.withGuidance(4))));
        }
        assertSays("data with classes", refusedToStart(recipe(TinyRecipe.glyphs("improved-mean-flow"), words)));
    }

    /** Another map's two steps become one; the teacher stands in the checkpoint. */
    @Test
    void aMapIsLearnedFromAMap() throws IOException {
        Path first = runs().checkpoint("first", recipe("lsd", "training.steps=9"));
        List<byte[]> ends = new ArrayList<>();
        for (String words : List.of(
                "pfmm",
                "pfmm method.mid=uniform",
                "pfmm method.space=velocity",
                "pfmm method.directions=both",
                "pfmm method.adaptive=true",
                "pfmm init=fresh")) {
            Recipe recipe = recipe(words + " training.steps=13 teacher=" + first);
            Path whole = runs().whole(words, recipe);
            Path broken = folder.resolve(words + " broken");
            Trainer.start(recipe, broken, device).close();
            Path moved = first.resolveSibling("moved");
            Files.move(first, moved);
            try (Trainer trainer = Trainer.resume(broken, device)) {
                trainer.run();
            } finally {
                Files.move(moved, first);
            }
            TinyRuns.assertSame(whole, broken);
            TinyRuns.assertSame(whole, runs().pieces(words + " in pieces", recipe));
            ends.add(weight(whole));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals("flow-map", generator.solverName(GeneratorOptions.DEFAULT));
            }
        }
        for (int i = 0; i < ends.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertFalse(Arrays.equals(ends.get(i), ends.get(j)), i + " and " + j);
            }
        }
        assertEquals("teacher", refusedPath("pfmm"));
        assertEquals("teacher", refusedPath("pfmm teacher=exact"));
        assertEquals("method.label-drop", refusedPath("pfmm teacher=some method.label-drop=2"));
        assertEquals("network.times", refusedPath("pfmm teacher=some network.times=1"));
        Path flow = runs().checkpoint("flow", TinyRecipe.flowMatching("training.steps=1"));
        assertSays("flow map", refusedToStart(recipe("pfmm teacher=" + flow)));
        assertSays("fresh weights", refusedToStart(recipe("pfmm network.width=8 teacher=" + first)));
        Path meanFlow = runs().checkpoint("average", TinyRecipe.meanFlow("training.steps=1"));
        assertSays("noise at 0", refusedToStart(recipe("pfmm teacher=" + meanFlow)));
    }

    @Test
    void theSecondHeadSeesScaleAndIntervalOfGuidance() throws IOException {
        String words = "improved-mean-flow training.steps=13";
        String[] all = {"method.scale-most=8", "network.guided=true", "method.head=true", "method.intervals=true"};
        Recipe recipe = recipe(TinyRecipe.glyphs("improved-mean-flow"), words, all);
        Path run = runs().whole("whole", recipe);
        TinyRuns.assertSame(run, runs().pieces("pieces", recipe));
        try (Generator generator = Generator.load(run.resolve(Checkpoint.FILE), device)) {
            assertTrue(generator.spec().network().velocityHead());
            int[] label = {1};
            GeneratorOptions options = GeneratorOptions.DEFAULT;
            float[] guided = generator.sample(0, 1, 0, label, options.withGuidance(4, 0, 1));
            assertFalse(Arrays.equals(guided, generator.sample(0, 1, 0, label, options)));
            assertFalse(
                    Arrays.equals(guided, generator.sample(0, 1, 0, label, options.withGuidance(4, 0.2, 0.8))),
                    "a step from outside the interval knows of it");
        }
        Map<String, Object> transformer = TinyRecipe.glyphs("improved-mean-flow");
        transformer.put("network", Map.of("kind", "dit", "width", 8, "depth", 1, "heads", 2, "guided", true));
        assertSays(
                "method.head", refusedToStart(recipe(transformer, words, "method.scale-most=8", "method.head=true")));
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
        assertEquals("method.schedule", refusedPath("imm method.schedule=cosine"));
        assertEquals("method.schedule", refusedPath("imm method.form=euler method.schedule=cosine"));
        assertEquals("method.time-scale", refusedPath("imm method.time-scale=1000"));
        assertEquals("method.form", refusedPath("imm method.form=edm"));
        assertEquals("training.batch", refusedPath("shortcut"), "of 16 samples 2 learn from half steps, of 7 lengths");
        assertEquals("method.finest", refusedPath(SHORTCUT + " method.finest=100"));
        assertEquals("method.line", refusedPath(SHORTCUT + " method.line=vp"));
        assertEquals("method.every", refusedPath(SHORTCUT + " method.every=0"));
        assertEquals("network.times", refusedPath(SHORTCUT + " network.times=1"));
        assertEquals("method.lambda", refusedPath("two-time method.lambda=-1"));
        for (String method : TAUGHT) {
            assertEquals("teacher", refusedPath(method));
            assertEquals("init", refusedPath(method + " teacher=exact init=teacher"));
            assertEquals("network.times", refusedPath(method + " teacher=exact network.times=1"));
            assertEquals("method.label-drop", refusedPath(method + " teacher=exact method.label-drop=2"));
        }
        assertEquals("method.warm-up-steps", refusedPath(AYF + " method.warm-up-steps=-1"));
        assertEquals("method.warm-up-to", refusedPath(AYF + " method.warm-up-to=1.5"));
        assertEquals("method.c", refusedPath(AYF + " method.c=0"));
        assertEquals("method.span-std", refusedPath(AYF + " method.span-std=0"));
        assertEquals("method.guidance-most", refusedPath(AYF + " method.guidance-least=2"));
        assertEquals("network.guided", refusedPath(AYF + " method.guidance-most=2"));
        assertEquals("teacher", refusedPath("fmm teacher=exact"));
        for (String method : List.of("improved-mean-flow", "alpha-flow", "split-mean-flow")) {
            assertEquals("network.times", refusedPath(method + " network.times=1"));
            assertEquals("method.diagonal-share", refusedPath(method + " method.diagonal-share=-1"));
            assertEquals("method.time-std", refusedPath(method + " method.time-std=0"));
            assertEquals("teacher", refusedPath(method + " teacher=exact"));
        }
        assertEquals("method.least-time", refusedPath(PIXEL + " method.least-time=0"));
        assertEquals("method.scale-most", refusedPath("improved-mean-flow method.scale-most=1"));
        assertEquals("network.guided", refusedPath("improved-mean-flow method.scale-most=8"));
        assertEquals("method.intervals", refusedPath("improved-mean-flow method.intervals=true"));
        assertEquals("method.intervals", refusedPath("improved-mean-flow method.intervals=true method.head=true"));
        assertEquals("method.fall-to", refusedPath("alpha-flow method.fall-from=0.9"));
        assertEquals("method.clip", refusedPath("alpha-flow method.clip=0"));
        assertEquals("method.guidance", refusedPath("split-mean-flow method.guidance=2"));
        assertEquals("teacher", refusedPath("split-mean-flow method.distil=true"));
    }
}
