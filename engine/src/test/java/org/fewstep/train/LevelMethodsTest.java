package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.BadFileException;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Parametrisation;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of denoisers and consistency functions, with teachers and averages that targets come from. */
class LevelMethodsTest {
    private static final List<String> ALL = List.of(
            "edm",
            "consistency-distillation",
            "consistency-training",
            "continuous-consistency",
            "ict",
            "ect",
            "sct",
            "scd",
            "rcm",
            "scott");

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
        Map<String, Object> map = TinyRecipe.map(method);
        if (List.of("consistency-distillation", "continuous-consistency", "scd", "rcm", "scott")
                .contains(method)) {
            map.put("teacher", "exact");
        }
        return Recipe.from(map, List.of(overrides));
    }

    private Path run(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            trainer.run();
        }
        return path;
    }

    /** Trains in pieces, each from the checkpoint of the one before. */
    private Path pieces(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() % 11 == 0) {
                    trainer.stop();
                }
            }
        };
        Trainer.start(recipe, path, device, stop).close();
        long reached = 0;
        while (reached < recipe.training().steps()) {
            try (Trainer trainer = Trainer.resume(path, device, stop)) {
                trainer.run();
                reached = trainer.step();
            }
        }
        return path;
    }

    private static void assertSameRun(Path expected, Path actual) throws IOException {
        for (String file : List.of(Checkpoint.FILE, MetricsLog.JSONL)) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(actual.resolve(file)), file);
        }
    }

    private static void assertSameTensors(Path expected, Path actual) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(expected.resolve(MetricsLog.JSONL)),
                Files.readAllBytes(actual.resolve(MetricsLog.JSONL)));
        try (SafeTensors.Reader a = SafeTensors.open(expected.resolve(Checkpoint.FILE));
                SafeTensors.Reader b = SafeTensors.open(actual.resolve(Checkpoint.FILE))) {
            assertEquals(a.names(), b.names());
            for (String name : a.names()) {
                assertArrayEquals(a.readBytes(name), b.readBytes(name), name);
            }
        }
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        for (String method : ALL) {
            Recipe recipe = recipe(method);
            assertSameRun(run(method, recipe), pieces(method + " in pieces", recipe));
        }
    }

    @Test
    void replayedStepsHaveTheBitsOfStepsRunAnew() throws IOException {
        for (String method : ALL) {
            Path anew = run(method + " anew", recipe(method, "training.replay=false"));
            assertSameTensors(anew, run(method + " replayed", recipe(method)));
        }
    }

    @Test
    void everyTangentIsTrainedWithAndResumed() throws IOException {
        List<byte[]> ends = new ArrayList<>();
        for (String set : List.of(
                "tangent=forward",
                "tangent=path-difference",
                "tangent=semi-continuous",
                "tangent=discrete",
                "bound=clipped",
                "warm-up=state",
                "form=sigma")) {
            for (String method : List.of("sct", "scd")) {
                if (method.equals("sct") || !set.equals("tangent=path-difference")) {
                    Recipe recipe = recipe(method, "method." + set, "training.steps=13", "method.warm-up-steps=100");
                    String name = method + " " + set;
                    Path whole = run(name, recipe);
                    assertSameRun(whole, pieces(name + " in pieces", recipe));
                    ends.add(weight(whole));
                }
            }
        }
        assertAllDiffer(ends);
    }

    @Test
    void everyWeightOfPairsIsTrainedWithAndResumed() throws IOException {
        List<byte[]> ends = new ArrayList<>();
        for (String weight : List.of("inverse-span", "inverse-root-span", "inverse-out")) {
            Recipe recipe = recipe("ect", "method.weight=" + weight);
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            Path whole = run(weight, recipe);
            assertSameRun(whole, pieces(weight + " in pieces", recipe));
            ends.add(weight(whole));
        }
        assertAllDiffer(ends);
        assertArrayEquals(ends.get(0), weight(run("default", recipe("ect"))));
    }

    @Test
    void theLearnedWeightIsTrainedWithTheStudentAndKeptForItAlone() throws IOException {
        for (String method : List.of("sct", "scd")) {
            String on = "method.adaptive=true";
            Recipe recipe = recipe(method, on, "training.steps=23");
            Path whole = run(method + " adaptive", recipe);
            assertSameRun(whole, pieces(method + " adaptive in pieces", recipe));
            assertSameTensors(
                    whole, run(method + " anew", recipe(method, on, "training.steps=23", "training.replay=false")));
            assertFalse(
                    Arrays.equals(weight(whole), weight(run(method + " fixed", recipe(method, "training.steps=23")))));

            Path checkpoint = whole.resolve(Checkpoint.FILE);
            try (ModelFile file = ModelFile.open(checkpoint)) {
                assertTrue(file.names()
                        .containsAll(List.of("logvar/out.W", "optim.logvar.m/out.W", "optim.logvar.v/out.b")));
                assertEquals(
                        List.of("ema.0.9", "ema.0.99", "student"),
                        file.roles().stream().sorted().toList());
            }
            try (SafeTensors.Reader reader = SafeTensors.open(checkpoint)) {
                for (float w : reader.readFloats("logvar/out.W")) {
                    assertTrue(w != 0, "it starts at 0 and learns");
                }
            }
            Path exported = folder.resolve(method + ".safetensors");
            Checkpoint.export(checkpoint, exported, "");
            try (SafeTensors.Reader reader = SafeTensors.open(exported);
                    Generator generator = Generator.load(exported, device)) {
                assertTrue(reader.names().stream().noneMatch(name -> name.contains("logvar")));
                assertEquals(6, generator.sample(3, 1, 0).length);
            }
        }
    }

    @Test
    void theRegulariserChangesTheStudentByItsWeightAlone() throws IOException {
        String[] sets = {"training.steps=13", "method.ratio=2"};
        Path scd = run("scd", recipe("scd", "training.steps=13"));
        Path none = run("none", recipe("rcm", sets[0], sets[1], "method.weight=0"));
        assertArrayEquals(weight(scd), weight(none), "without its weight it is scd");
        List<byte[]> ends = new ArrayList<>(List.of(weight(scd)));
        for (String set : List.of("weight=0.5", "levels=80,0.8", "form=sigma", "adaptive=true")) {
            Recipe recipe = recipe("rcm", sets[0], sets[1], "method." + set);
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            Path whole = run(set, recipe);
            assertSameRun(whole, pieces(set + " in pieces", recipe));
            ends.add(weight(whole));
        }
        assertAllDiffer(ends);
        assertTrue(Files.readString(none.resolve(MetricsLog.JSONL)).contains("\"fake-loss\":"));
        for (String wrong :
                List.of("weight=-1", "levels=1,2", "ratio=0", "c=0", "fake.lr=0", "tangent=path-difference")) {
            String key = wrong.substring(0, wrong.indexOf('='));
            assertEquals(
                    "method." + key,
                    assertThrows(SettingsException.class, () -> recipe("rcm", "method." + wrong))
                            .path());
        }
    }

    /** While it is 0 the learned weight is none, so that the first update of the student is that of the fixed one. */
    @Test
    void theLearnedWeightStartsAsTheFixedOne() {
        String[] once = {"training.steps=1", "optimizer.clip=", "optimizer.warm-up=0"};
        List<String> set = new ArrayList<>(List.of(once));
        set.add("method.adaptive=true");
        Path learned = run("learned", recipe("sct", set.toArray(String[]::new)));
        assertArrayEquals(weight(run("fixed", recipe("sct", once))), weight(learned));
    }

    @Test
    void everyFormOfTheContinuousObjectiveIsTrainedAndResumed() throws IOException {
        List<byte[]> ends = new ArrayList<>();
        for (String form : List.of("stop-gradient", "norm", "mean-absolute")) {
            for (boolean distil : List.of(true, false)) {
                String teacher = distil ? "teacher=exact" : "teacher=";
                String[] set = {"method.form=" + form, "method.distil=" + distil, teacher, "training.steps=4"};
                String name = form + " " + distil;
                Path whole = run(name, recipe("continuous-consistency", set));
                assertSameRun(whole, broken(name + " broken", recipe("continuous-consistency", set)));
                ends.add(weight(whole));
                try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                    assertEquals(6, generator.sample(3, 2, 0).length);
                }
            }
        }
        assertAllDiffer(ends);
    }

    /** A run stopped after step 2 and resumed. */
    private Path broken(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 2) {
                    trainer.stop();
                }
            }
        };
        try (Trainer trainer = Trainer.start(recipe, path, device, stop)) {
            trainer.run();
            assertEquals(2, trainer.step());
        }
        try (Trainer trainer = Trainer.resume(path, device)) {
            trainer.run();
        }
        return path;
    }

    private static void assertAllDiffer(List<byte[]> ends) {
        for (int i = 0; i < ends.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertFalse(Arrays.equals(ends.get(i), ends.get(j)), "options " + i + " and " + j);
            }
        }
    }

    /** The first weight matrix of a run's student. */
    private static byte[] weight(Path run) {
        try (SafeTensors.Reader reader = SafeTensors.open(run.resolve(Checkpoint.FILE))) {
            return reader.readBytes("student/mlp.layers.0.W");
        }
    }

    @Test
    void recipesSurviveTheirMaps() {
        for (String method : ALL) {
            Recipe recipe = recipe(method);
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            assertEquals(0.5, recipe.method().parametrisation().sigmaData());
        }
        assertEquals(Parametrisation.edm(0.5), recipe("edm").method().parametrisation());
        assertEquals(Parametrisation.consistency(0.5, 0), recipe("ect").method().parametrisation());
        assertEquals(
                Parametrisation.consistency(0.5, 0.002), recipe("ict").method().parametrisation());
        assertEquals(Parametrisation.trigFlow(0.5), recipe("scd").method().parametrisation());
    }

    @Test
    void theAverageOfTargetsFollowsItsRate() {
        Recipe progressive = recipe("consistency-training");
        LongToDoubleFunction rate = progressive.method().targetRate(1000);
        assertEquals(0.81, rate.applyAsDouble(0), 1e-12, "one interval at first, and mu0 at s0 = 2");
        assertEquals(Math.exp(2 * Math.log(0.9) / 150), rate.applyAsDouble(1000), 1e-12);
        assertEquals(
                0.95, recipe("consistency-distillation").method().targetRate(5).applyAsDouble(3));
        Path with = run("with", recipe("consistency-distillation"));
        Path without = run("without", recipe("consistency-distillation", "method.mu=0"));
        try (ModelFile a = ModelFile.open(with.resolve(Checkpoint.FILE));
                ModelFile b = ModelFile.open(without.resolve(Checkpoint.FILE))) {
            assertTrue(a.roles().contains(ModelFile.TARGET));
            assertFalse(b.roles().contains(ModelFile.TARGET));
            assertEquals("ema.0.9", a.defaultRole());
        }
    }

    @Test
    void aTeacherOfAFileTeachesAndIsNotNeededAgain() throws IOException {
        Path teacher = run("teacher", recipe("edm")).resolve(Checkpoint.FILE);
        for (String[] more : new String[][] {
            {"consistency-distillation"},
            {"consistency-distillation", "init=fresh"},
            {"scd", "method.form=sigma"},
            {"scd", "init=fresh"},
            {"ect"},
            {"ict"},
            {"sct", "method.form=sigma"},
            {"edm"}
        }) {
            List<String> set = new ArrayList<>(List.of(more).subList(1, more.length));
            set.add("teacher=" + teacher);
            Recipe recipe = recipe(more[0], set.toArray(String[]::new));
            String name = String.join(" ", more);
            Path whole = run(name + " whole", recipe);
            Path moved = teacher.resolveSibling("moved");
            Path broken = folder.resolve(name + " pieces");
            Trainer.start(recipe, broken, device).close();
            if (recipe.startsFromTeacher()) {
                assertSameWeights(teacher, broken.resolve(Checkpoint.FILE));
            }
            Files.move(teacher, moved);
            try (Trainer trainer = Trainer.resume(broken, device)) {
                trainer.run();
            } finally {
                Files.move(moved, teacher);
            }
            assertSameRun(whole, broken);
            try (ModelFile file = ModelFile.open(broken.resolve(Checkpoint.FILE))) {
                assertEquals(recipe.method().taught(), file.metadata().containsKey(ModelFile.KEY_TEACHER));
                assertFalse(file.roles().contains(ModelFile.TEACHER));
            }
            Path exported = folder.resolve(name + ".safetensors");
            Checkpoint.export(broken.resolve(Checkpoint.FILE), exported, "");
            try (Generator generator = Generator.load(exported, device)) {
                assertEquals(6, generator.sample(3, 1, 0).length);
            }
        }
    }

    /** The student is the average that the teacher's file is sampled with. */
    private static void assertSameWeights(Path teacher, Path student) {
        try (SafeTensors.Reader a = SafeTensors.open(teacher);
                SafeTensors.Reader b = SafeTensors.open(student)) {
            for (String name : a.names()) {
                if (name.startsWith("ema.0.9/")) {
                    String own = ModelFile.STUDENT + name.substring(name.indexOf('/'));
                    assertArrayEquals(a.readBytes(name), b.readBytes(own), name);
                }
            }
        }
    }

    private static String refusedPath(String method, String... overrides) {
        return assertThrows(SettingsException.class, () -> recipe(method, overrides))
                .path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("teacher", refusedPath("consistency-distillation", "teacher="));
        assertEquals("teacher", refusedPath("flow-matching", "teacher=exact"));
        assertEquals("teacher", refusedPath("ect", "teacher=exact"));
        assertEquals("teacher", refusedPath("ect", "teacher=some", "init=fresh"));
        assertEquals("init", refusedPath("scd", "init=teacher"));
        assertEquals("init", refusedPath("ict", "init=teacher"));
        assertEquals("method.form", refusedPath("scd", "teacher=some"));
        assertEquals("method.levels", refusedPath("consistency-distillation", "method.levels=1"));
        assertEquals("method.mu", refusedPath("consistency-distillation", "method.mu=1"));
        assertEquals("method.sigma-min", refusedPath("ict", "method.sigma-min=80"));
        assertEquals("sample.solver", refusedPath("ict", "sample.solver=heun"));
        assertEquals("sample.solver", refusedPath("edm", "sample.solver=flow-map"));
        assertEquals("sample.guidance", refusedPath("sct", "sample.guidance=2"));
        assertEquals("network.times", refusedPath("edm", "network.times=2"));
        assertEquals("method.s1", refusedPath("ict", "method.s1=5"));
        assertEquals("method.q", refusedPath("ect", "method.q=1"));
        assertEquals("teacher", refusedPath("continuous-consistency", "teacher="));
        assertEquals("teacher", refusedPath("continuous-consistency", "method.distil=false", "teacher=exact"));
        assertEquals("method.form", refusedPath("continuous-consistency", "method.form=square"));
        assertEquals("method.sigma-min", refusedPath("continuous-consistency", "method.sigma-min=80"));
        assertEquals("sample.solver", refusedPath("continuous-consistency", "sample.solver=heun"));
        assertEquals("network.times", refusedPath("continuous-consistency", "network.times=2"));
        assertEquals("method.tangent", refusedPath("scd", "method.tangent=path-difference"));
        assertEquals("method.tangent", refusedPath("sct", "method.tangent=backward"));
        assertEquals("method.difference", refusedPath("sct", "method.difference=0"));
        assertEquals("method.bound", refusedPath("sct", "method.bound=none"));
        assertEquals("method.warm-up", refusedPath("sct", "method.warm-up=none"));
        assertEquals("method.warm-up-steps", refusedPath("sct", "method.warm-up-steps=0"));
        assertEquals("method.sigma-data", refusedPath("edm", "method.sigma-data=0"));
        assertEquals("network.times", refusedPath("scd", "network.times=0"));
    }

    private String refusedToStart(Recipe recipe) {
        Path path = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, path, device));
        assertFalse(Trainer.holdsRun(path));
        assertEquals(0, device.live().buffers().get(), "buffers after " + e.getMessage());
        return e.path() + ": " + e.getMessage();
    }

    private static void assertSays(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    @Test
    void teachersThatDoNotFitAreRefusedBeforeTheRun() {
        String method = "consistency-distillation";
        assertSays("no file", refusedToStart(recipe(method, "teacher=" + folder.resolve("none"))));
        assertSays("folder", refusedToStart(recipe(method, "teacher=" + folder)));
        assertSays("mixture", refusedToStart(recipe(method, "data.kind=checkerboard")));

        Path flow = run("flow", TinyRecipe.flowMatching("training.steps=1")).resolve(Checkpoint.FILE);
        assertSays("path linear", refusedToStart(recipe(method, "teacher=" + flow)));
        Path student = run("student", recipe("ect", "training.steps=1")).resolve(Checkpoint.FILE);
        assertSays("consistency function", refusedToStart(recipe(method, "teacher=" + student)));
        Path other = run("other", recipe("edm", "training.steps=1", "method.sigma-data=1"))
                .resolve(Checkpoint.FILE);
        assertSays("sigma data 1.0", refusedToStart(recipe(method, "teacher=" + other)));

        String teacher =
                "teacher=" + run("teacher", recipe("edm", "training.steps=1")).resolve(Checkpoint.FILE);
        assertSays("F32", refusedToStart(recipe(method, teacher, "training.dtype=f64")));
        assertSays("network", refusedToStart(recipe(method, teacher, "network.width=24")));
        Path wide = run("wide", recipe(method, teacher, "network.width=24", "init=fresh", "training.steps=2"));
        assertTrue(Files.exists(wide.resolve(Checkpoint.FILE)), "a fresh student may have another structure");

        Map<String, Object> images = new LinkedHashMap<>(TinyRecipe.glyphs(method));
        images.put("teacher", teacher.substring("teacher=".length()));
        assertSays("[1, 8, 8]", refusedToStart(Recipe.from(images)));
    }

    @Test
    void aTeacherCutOutOfACheckpointIsMissed() {
        Path teacher = run("teacher", recipe("edm", "training.steps=1")).resolve(Checkpoint.FILE);
        Path run = run("run", recipe("consistency-distillation", "teacher=" + teacher, "training.steps=2"));
        Path file = run.resolve(Checkpoint.FILE);
        Map<String, String> metadata;
        Map<String, org.fewstep.io.TensorSource> tensors = new LinkedHashMap<>();
        try (SafeTensors.Reader reader = SafeTensors.open(file)) {
            metadata = new LinkedHashMap<>(reader.metadata());
            for (String name : reader.names()) {
                tensors.put(
                        name,
                        org.fewstep.io.TensorSource.ofBytes(
                                reader.info(name).type(),
                                reader.readBytes(name),
                                reader.info(name).shape()));
            }
        }
        assertNotNull(metadata.remove(ModelFile.KEY_TEACHER));
        SafeTensors.write(file, metadata, tensors);
        BadFileException e = assertThrows(BadFileException.class, () -> Trainer.resume(run, device));
        assertSays("teacher", e.getMessage());
    }

    @Test
    void classesGoThroughTeacherAndStudent() throws IOException {
        Map<String, Object> edm = TinyRecipe.glyphs("edm");
        Path teacher =
                run("teacher", Recipe.from(edm, List.of("training.steps=2"))).resolve(Checkpoint.FILE);
        for (String method : List.of("consistency-distillation", "scd")) {
            Map<String, Object> map = TinyRecipe.glyphs(method);
            map.put("teacher", teacher.toString());
            List<String> form = method.equals("scd")
                    ? List.of("training.steps=15", "method.form=sigma")
                    : List.of("training.steps=15");
            Recipe recipe = Recipe.from(map, form);
            Path whole = run(method, recipe);
            assertSameRun(whole, pieces(method + " pieces", recipe));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals(64, generator.sample(1, 2, 0, 2).length);
            }
        }
    }
}
