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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.SettingsException;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in which a discriminator is trained beside the student. */
class OpponentsTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        assertEquals(0, device.live().plans().get(), "plans");
        device.close();
    }

    private static Recipe recipe(String method, String... overrides) {
        Map<String, Object> map = TinyRecipe.map(method);
        map.put("teacher", "exact");
        List<String> all = new ArrayList<>(List.of(
                "training.steps=23",
                "method.adversarial.updates=2",
                "method.adversarial.width=8",
                "method.adversarial.depth=1",
                "method.adversarial.start=4"));
        all.addAll(Arrays.asList(overrides));
        return Recipe.from(map, all);
    }

    private Path run(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            trainer.run();
        }
        return path;
    }

    private Path broken(String name, Recipe recipe, long at) {
        Path path = folder.resolve(name);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == at) {
                    trainer.stop();
                }
            }
        };
        try (Trainer trainer = Trainer.start(recipe, path, device, stop)) {
            trainer.run();
            assertEquals(at, trainer.step());
        }
        try (Trainer trainer = Trainer.resume(path, device)) {
            trainer.run();
        }
        return path;
    }

    private static void assertSameBits(Path expected, Path actual) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(expected.resolve(MetricsLog.JSONL)),
                Files.readAllBytes(actual.resolve(MetricsLog.JSONL)));
        Map<String, byte[]> a = tensors(expected);
        Map<String, byte[]> b = tensors(actual);
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, bytes) -> assertArrayEquals(bytes, b.get(name), name));
    }

    private static Map<String, byte[]> tensors(Path run) {
        Map<String, byte[]> all = new HashMap<>();
        try (SafeTensors.Reader reader = SafeTensors.open(run.resolve(Checkpoint.FILE))) {
            for (String name : reader.names()) {
                all.put(name, reader.readBytes(name));
            }
        }
        return all;
    }

    @Test
    void aRunBrokenInTheMiddleLeavesEveryTensorOfAnUnbrokenOne() throws IOException {
        for (String kind : List.of("hinge", "relativistic", "non-saturating")) {
            String set = "method.adversarial.kind=" + kind;
            for (String noise : List.of("0", "0.1")) {
                Recipe recipe = recipe("scott", set, "method.adversarial.r1-noise=" + noise);
                Path whole = run(kind + noise, recipe);
                assertSameBits(whole, broken(kind + noise + " broken", recipe, 13));
            }
        }
        Map<String, byte[]> tensors = tensors(folder.resolve("hinge0"));
        assertTrue(
                tensors.containsKey("critic/mlp.layers.0.W"), tensors.keySet().toString());
        assertTrue(tensors.containsKey("optim.critic.v/mlp.layers.0.W"));
    }

    @Test
    void aTrajectoryModelBrokenInTheMiddleLeavesEveryTensorOfAnUnbrokenOne() throws IOException {
        for (String weighting : List.of("adaptive", "fixed")) {
            Recipe recipe = recipe("ctm", "method.weighting=" + weighting, "method.levels=5");
            Path whole = run(weighting, recipe);
            assertSameBits(whole, broken(weighting + " broken", recipe, 13));
            assertSameBits(
                    whole,
                    run(
                            weighting + " anew",
                            recipe(
                                    "ctm",
                                    "method.weighting=" + weighting,
                                    "method.levels=5",
                                    "training.replay=false")));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals(6, generator.sample(3, 2, 0).length);
            }
        }
    }

    @Test
    void replayedUpdatesHaveTheBitsOfUpdatesRunAnew() throws IOException {
        for (String noise : List.of("0", "0.1")) {
            String set = "method.adversarial.r1-noise=" + noise;
            Path replayed = folder.resolve("replayed " + noise);
            try (Trainer trainer = Trainer.start(recipe("scott", set), replayed, device)) {
                trainer.run();
                assertEquals(4, device.live().plans().get(), "two plans a player");
            }
            assertSameBits(run("anew " + noise, recipe("scott", set, "training.replay=false")), replayed);
        }
    }

    @Test
    void theStudentFeelsTheDiscriminatorFromItsStartOnAndTheDiscriminatorTheUpdates() {
        Map<String, byte[]> alone = tensors(run("alone", recipe("scott", "method.adversarial=", "training.steps=6")));
        Map<String, byte[]> late =
                tensors(run("late", recipe("scott", "method.adversarial.start=6", "training.steps=6")));
        Map<String, byte[]> early =
                tensors(run("early", recipe("scott", "method.adversarial.start=5", "training.steps=6")));
        String weight = "student/mlp.layers.0.W";
        assertArrayEquals(alone.get(weight), late.get(weight), "no weight before the start");
        assertFalse(Arrays.equals(alone.get(weight), early.get(weight)), "weight from the start on");
        assertFalse(alone.keySet().stream().anyMatch(name -> name.contains("critic")));
        String critic = "critic/mlp.layers.0.W";
        Map<String, byte[]> once =
                tensors(run("once", recipe("scott", "method.adversarial.updates=1", "training.steps=6")));
        assertFalse(Arrays.equals(late.get(critic), once.get(critic)));
    }

    @Test
    void metricsHaveTheDiscriminatorsLoss() throws IOException {
        Path run = run("run", recipe("scott", "training.steps=3"));
        assertTrue(Files.readString(run.resolve(MetricsLog.JSONL)).contains("\"critic-loss\":"));
        try (ModelFile file = ModelFile.open(run.resolve(Checkpoint.FILE))) {
            assertFalse(file.roles().contains("critic"), "it makes no samples");
        }
    }

    @Test
    void aDiscriminatorThatIsNotFiniteIsNamed() {
        Recipe recipe = recipe("scott", "method.adversarial.optimizer.lr=1e38", "method.adversarial.start=1000");
        try (Trainer trainer = Trainer.start(recipe, folder.resolve("huge"), device)) {
            NotFiniteException e = assertThrows(NotFiniteException.class, trainer::run);
            assertTrue(e.tensor().endsWith("of the critic"), e.tensor());
        }
    }

    @Test
    void aCheckpointWithoutTheDiscriminatorIsRefused() {
        Path run = run("run", recipe("scott", "training.steps=3"));
        Path file = run.resolve(Checkpoint.FILE);
        Map<String, String> metadata;
        Map<String, TensorSource> kept = new HashMap<>();
        try (SafeTensors.Reader reader = SafeTensors.open(file)) {
            metadata = new HashMap<>(reader.metadata());
            for (String name : reader.names()) {
                long[] shape = reader.info(name).shape();
                kept.put(name, TensorSource.ofBytes(reader.info(name).type(), reader.readBytes(name), shape));
            }
        }
        String missing = "optim.critic.m/mlp.layers.0.W";
        assertTrue(kept.remove(missing) != null);
        metadata.put("crc32c", metadata.get("crc32c").replaceAll("\"" + missing + "\":\\d+,?", ""));
        SafeTensors.write(file, metadata, kept);
        BadFileException e = assertThrows(BadFileException.class, () -> Trainer.resume(run, device));
        assertTrue(e.getMessage().contains(missing), e.getMessage());
    }

    private static final String FEATURES = "method.adversarial.features.taps=blocks.0,blocks.1";

    /** A recipe whose discriminator stands on the features of a trained teacher. */
    private static Recipe onTeacher(String method, String teacher, String... overrides) {
        Map<String, Object> map = TinyRecipe.map(method);
        map.put("network", Map.of("kind", "residual-mlp", "width", 16, "depth", 2, "cond-width", 8));
        List<String> all = new ArrayList<>(List.of("training.steps=23"));
        if (!method.equals("edm")) {
            all.addAll(List.of(
                    "teacher=" + teacher,
                    "init=fresh",
                    FEATURES,
                    "method.adversarial.features.width=8",
                    "method.adversarial.start=4"));
        }
        all.addAll(Arrays.asList(overrides));
        return Recipe.from(map, all);
    }

    @Test
    void aDiscriminatorOnTheTeachersFeaturesIsTrainedAndResumedAndTheTeacherStays() throws IOException {
        String teacher = run("teacher", onTeacher("edm", "", "training.steps=5"))
                .resolve(Checkpoint.FILE)
                .toString();
        for (String method : List.of("scott", "ctm")) {
            for (String set : List.of(
                    "method.adversarial.kind=relativistic",
                    "method.adversarial.r1-noise=0.1",
                    "method.adversarial.features.level-std=0")) {
                Recipe recipe = onTeacher(method, teacher, "method.levels=5", set);
                assertEquals(recipe, Recipe.from(recipe.toMap()));
                Path whole = run(method + set, recipe);
                assertSameBits(whole, broken(method + set + " broken", recipe, 13));
                assertSameBits(
                        whole,
                        run(
                                method + set + " anew",
                                onTeacher(method, teacher, "method.levels=5", set, "training.replay=false")));
            }
            Map<String, byte[]> first = tensors(run(method + " first", onTeacher(method, teacher, "training.steps=1")));
            Map<String, byte[]> last = tensors(folder.resolve(method + "method.adversarial.r1-noise=0.1"));
            String head = "critic/blocks.1.out.W";
            assertFalse(Arrays.equals(first.get(head), last.get(head)), "heads learn");
            assertFalse(last.keySet().stream().anyMatch(name -> name.startsWith("critic/blocks.0.first")));
            String trunk = "teacher/blocks.0.first.W";
            assertArrayEquals(first.get(trunk), last.get(trunk), "the trunk does not");
            Map<String, byte[]> alone = tensors(run(
                    method + " alone", onTeacher(method, teacher, "method.adversarial.weight=0", "method.levels=5")));
            assertFalse(Arrays.equals(alone.get("student/out.W"), last.get("student/out.W")), "the student feels it");
        }
    }

    @Test
    void aTeacherWithoutTheFeaturesIsRefusedBeforeTraining() {
        Map<String, Object> plain = TinyRecipe.map("edm");
        String mlp = run("mlp", Recipe.from(plain, List.of("training.steps=2")))
                .resolve(Checkpoint.FILE)
                .toString();
        String teacher = run("teacher", onTeacher("edm", "", "training.steps=2"))
                .resolve(Checkpoint.FILE)
                .toString();
        for (String method : List.of("scott", "ctm")) {
            SettingsException exact = refusedAtStart(onTeacher(method, "exact"));
            assertEquals("teacher", exact.path());
            assertTrue(exact.getMessage().contains("method.adversarial.features"), exact.getMessage());
            assertEquals(
                    "method.adversarial.features",
                    refusedAtStart(onTeacher(method, mlp)).path());
            SettingsException tap =
                    refusedAtStart(onTeacher(method, teacher, "method.adversarial.features.taps=blocks.0,blocks.2"));
            assertEquals("method.adversarial.features.taps", tap.path());
            assertTrue(tap.getMessage().contains("blocks.0, blocks.1"), tap.getMessage());
        }
        assertEquals(
                "method.adversarial.features",
                assertThrows(
                                SettingsException.class,
                                () -> Recipe.from(TinyRecipe.map("ayf-emd"), List.of("teacher=exact", FEATURES)))
                        .path());
    }

    private SettingsException refusedAtStart(Recipe recipe) {
        Path run = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, run, device));
        assertFalse(Trainer.holdsRun(run));
        return e;
    }

    private static String refused(String... overrides) {
        return refusedAs("scott", overrides);
    }

    private static String refusedAs(String method, String... overrides) {
        return assertThrows(SettingsException.class, () -> recipe(method, overrides))
                .path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("method.eta", refused("method.eta=-0.1"));
        assertEquals("method.eta", refused("method.eta=2.5"));
        assertEquals("method.noise-scale", refused("method.eta=0.3", "method.noise-scale=sde"));
        assertEquals("method.levels", refused("method.levels=1"));
        assertEquals("method.solver-steps", refused("method.solver-steps=0"));
        assertEquals("method.mu", refused("method.mu=1"));
        assertEquals("teacher", refused("teacher="));
        assertEquals("method.adversarial.weight", refused("method.adversarial.weight=-1"));
        assertEquals("method.adversarial.r1", refused("method.adversarial.r1=-1"));
        assertEquals("method.adversarial.r1-noise", refused("method.adversarial.r1-noise=-1"));
        assertEquals("method.adversarial.updates", refused("method.adversarial.updates=0"));
        assertEquals("method.adversarial.start", refused("method.adversarial.start=-1"));
        assertEquals("method.adversarial.optimizer.lr", refused("method.adversarial.optimizer.lr=0"));
        assertEquals("method.adversarial.features.taps", refused("method.adversarial.features.taps=blocks.0,blocks.0"));
        assertEquals(
                "method.adversarial.features.level-std", refused(FEATURES, "method.adversarial.features.level-std=-1"));
        assertEquals("method.adversarial.features.width", refused(FEATURES, "method.adversarial.features.width=0"));
        assertEquals("method.levels", refusedAs("ctm", "method.levels=2"));
        assertEquals("method.denoising", refusedAs("ctm", "method.denoising=-1"));
        assertEquals("method.mu", refusedAs("ctm", "method.mu=1"));
        assertEquals("network.times", refusedAs("ctm", "network.times=1"));
        assertEquals("sample.solver", refusedAs("ctm", "sample.solver=heun"));
        assertEquals("sample.guidance", refusedAs("ctm", "sample.guidance=2"));
        assertEquals("teacher", refusedAs("ctm", "teacher="));
        for (Recipe recipe : List.of(recipe("scott", "method.noise-scale=exponential"), recipe("ctm"))) {
            assertEquals(recipe, Recipe.from(recipe.toMap()));
        }
    }
}
