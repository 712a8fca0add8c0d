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
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.SettingsException;
import org.fewstep.io.Sha256;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that distil a score: a student, a frozen teacher, a fake score network and a discriminator on its features. */
class ScoreMethodsTest {
    private static final String FEATURES = "method.features.taps=blocks.0,blocks.1";
    private static final String NARROW = "method.features.width=8";

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

    private static Map<String, Object> map(String method) {
        Map<String, Object> map = TinyRecipe.map(method);
        map.put("network", Map.of("kind", "residual-mlp", "width", 16, "depth", 2, "cond-width", 8));
        map.put("sample", Map.of("steps", List.of(1)));
        if (!method.equals("edm")) {
            map.put("teacher", "exact");
        }
        return map;
    }

    private static Recipe recipe(String method, String... overrides) {
        List<String> all = new ArrayList<>(List.of("training.steps=23"));
        all.addAll(Arrays.asList(overrides));
        return Recipe.from(map(method), all);
    }

    /** Every method, and what it can be made of. */
    private static List<Recipe> all(String... overrides) {
        List<List<String>> kinds = List.of(
                List.of("diff-instruct"),
                List.of("dmd", "method.ratio=2"),
                List.of("dmd2", "method.ratio=2", FEATURES, NARROW, "method.start=3"),
                List.of("dmd2", "method.ratio=1", "method.levels=80,2", FEATURES, NARROW),
                List.of("f-distill", "method.ratio=1", FEATURES, NARROW),
                List.of(
                        "f-distill",
                        "method.ratio=1",
                        "method.bins=4",
                        "method.divergence=forward-kl",
                        FEATURES,
                        NARROW),
                List.of("sid"),
                List.of("sid", "method.distance=pseudo-huber"),
                List.of("sida", FEATURES, NARROW),
                List.of("vsd"),
                List.of("sds"),
                List.of("sjc"));
        List<Recipe> recipes = new ArrayList<>();
        for (List<String> kind : kinds) {
            List<String> sets = new ArrayList<>(kind.subList(1, kind.size()));
            sets.addAll(Arrays.asList(overrides));
            recipes.add(recipe(kind.get(0), sets.toArray(new String[0])));
        }
        return recipes;
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

    private static void assertSameTensors(Map<String, byte[]> a, Map<String, byte[]> b) {
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, bytes) -> assertArrayEquals(bytes, b.get(name), name));
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        int at = 0;
        for (Recipe recipe : all()) {
            Path whole = runs().whole("run " + at, recipe);
            TinyRuns.assertSame(whole, runs().pieces("pieces " + at, recipe));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            at++;
        }
    }

    @Test
    void replayedUpdatesHaveTheBitsOfUpdatesRunAnew() {
        List<Recipe> anew = all("training.replay=false", "training.steps=7");
        List<Recipe> replayed = all("training.steps=7");
        for (int i = 0; i < anew.size(); i++) {
            assertSameTensors(
                    tensors(runs().whole("anew " + i, anew.get(i))),
                    tensors(runs().whole("run " + i, replayed.get(i))));
        }
    }

    @Test
    void allNetworksComeFromTheTeacherAndItStaysAsItIs() throws IOException {
        Path teacher = runs().checkpoint("teacher", Recipe.from(map("edm"), List.of("training.steps=5")));
        Map<String, byte[]> taught = tensors(teacher.getParent());
        Path run = folder.resolve("run");
        Recipe recipe = recipe("dmd2", FEATURES, NARROW, "teacher=" + teacher);
        Trainer.start(recipe, run, device).close();
        Map<String, byte[]> first = tensors(run);
        Path whole = runs().whole("whole", recipe);
        Map<String, byte[]> last = tensors(whole);
        TinyRuns.assertSame(whole, runs().pieces("pieces", recipe));
        for (String name : first.keySet()) {
            if (name.startsWith("teacher/")) {
                String parameter = name.substring("teacher/".length());
                byte[] weights = taught.get("ema.0.9/" + parameter);
                assertArrayEquals(weights, first.get(name), name);
                assertArrayEquals(weights, last.get(name), name);
                assertArrayEquals(weights, first.get("student/" + parameter), name);
                assertArrayEquals(weights, first.get("fake/net." + parameter), name);
            }
        }
        for (String moved : List.of(
                "student/blocks.0.first.W",
                "fake/net.blocks.0.first.W",
                "fake/discriminator.blocks.1.out.W",
                "optim.fake.v/net.blocks.0.first.W")) {
            assertFalse(Arrays.equals(first.get(moved), last.get(moved)), moved);
        }
    }

    @Test
    void theFakeScoreNetworkIsUpdatedAsOftenAsTheRatioSays() throws IOException {
        Map<String, byte[]> once = tensors(runs().whole("once", recipe("dmd", "training.steps=1")));
        Map<String, byte[]> thrice =
                tensors(runs().whole("thrice", recipe("dmd", "training.steps=1", "method.ratio=3")));
        String weight = "fake/net.out.W";
        assertFalse(Arrays.equals(once.get(weight), thrice.get(weight)));
        Path run = folder.resolve("thrice");
        assertTrue(Files.readString(run.resolve(MetricsLog.JSONL)).contains("\"fake-loss\":"));
    }

    /** The published order of events: a student feels the discriminator from its start on. */
    @Test
    void theAdversarialTermBeginsAtItsStart() {
        String[] sets = {FEATURES, NARROW, "training.steps=6", "method.adversarial=1"};
        Map<String, byte[]> none = tensors(runs().whole("none", with(sets, "method.adversarial=0")));
        Map<String, byte[]> late = tensors(runs().whole("late", with(sets, "method.start=6")));
        Map<String, byte[]> early = tensors(runs().whole("early", with(sets, "method.start=5")));
        String weight = "student/out.W";
        assertArrayEquals(none.get(weight), late.get(weight));
        assertFalse(Arrays.equals(none.get(weight), early.get(weight)));
    }

    private static Recipe with(String[] sets, String last) {
        List<String> all = new ArrayList<>(Arrays.asList(sets));
        all.add(last);
        return recipe("dmd2", all.toArray(new String[0]));
    }

    @Test
    void samplesStartAtTheStudentsLevels() {
        Path one = runs().checkpoint("one", recipe("sid", "method.levels=2.5"));
        Path two = runs().checkpoint("two", recipe("dmd2", "method.levels=2.5,0.4", "training.steps=2"));
        int[] none = {Generator.NO_LABEL, Generator.NO_LABEL};
        try (Generator student = Generator.load(one, device);
                Generator steps = Generator.load(two, device)) {
            assertArrayEquals(new double[] {2.5, 0}, student.times(1, GeneratorOptions.DEFAULT));
            float[] noise = student.noise(0, 2, 5);
            List<float[]> states = student.trajectory(0, 1, 5, none, GeneratorOptions.DEFAULT);
            for (int i = 0; i < noise.length; i++) {
                assertEquals(2.5 * noise[i], states.get(0)[i], 1e-6);
            }
            assertArrayEquals(states.get(1), student.sample(2, 1, 5));
            assertThrows(IllegalArgumentException.class, () -> student.sample(2, 2, 5));
            assertArrayEquals(new double[] {2.5, 0.4, 0}, steps.times(2, GeneratorOptions.DEFAULT));
            assertArrayEquals(new double[] {2.5, 0}, steps.times(1, GeneratorOptions.DEFAULT));
            assertEquals(4, steps.sample(2, 2, 5).length);
            assertThrows(IllegalArgumentException.class, () -> steps.sample(2, 3, 5));
        }
    }

    @Test
    void regressionLearnsFromPairsOfTheTeacher() throws IOException {
        Path teacher = runs().checkpoint("teacher", Recipe.from(map("edm"), List.of("training.steps=5")));
        Path pairs = folder.resolve("pairs");
        try (Generator generator = Generator.load(teacher, device)) {
            new PairMaker(generator, Sha256.of(teacher), 2, GeneratorOptions.DEFAULT, 7, 50)
                    .make(pairs, 1, false, (files, of) -> {});
        }
        Map<String, Object> map = map("dmd");
        map.put("data", Map.of("kind", "pairs", "folder", pairs.toString()));
        map.put("teacher", teacher.toString());
        Recipe recipe = Recipe.from(map, List.of("method.regression=0.25"));
        Path whole = runs().whole("whole", recipe);
        TinyRuns.assertSame(whole, runs().pieces("pieces", recipe));
        Recipe more = Recipe.from(map, List.of("method.regression=0.5"));
        assertFalse(Arrays.equals(
                tensors(whole).get("student/out.W"),
                tensors(runs().whole("more", more)).get("student/out.W")));
        assertEquals(
                "data.kind",
                assertThrows(SettingsException.class, () -> Recipe.from(map, List.of()))
                        .path());
    }

    @Test
    void classesReachEveryNetwork() {
        Path teacher = runs().checkpoint("teacher", Recipe.from(TinyRecipe.glyphs("edm"), List.of("training.steps=2")));
        Map<String, Object> glyphs = TinyRecipe.glyphs("dmd2");
        glyphs.put("teacher", teacher.toString());
        glyphs.put("sample", Map.of("steps", List.of(1)));
        Path run = runs().checkpoint(
                        "run", Recipe.from(glyphs, List.of("training.steps=3", FEATURES, NARROW, "method.guidance=2")));
        assertTrue(
                tensors(run.getParent()).containsKey("fake/net.labels.table"),
                tensors(run.getParent()).keySet()::toString);
        try (Generator generator = Generator.load(run, device)) {
            assertEquals(64, generator.sample(1, 1, 0, 2).length);
        }
    }

    /** LADD and ADD, and what they can be made of; the teacher's features need a teacher with some. */
    private static List<Recipe> onFeatures(Path teacher, String... overrides) {
        String in = "method.adversarial.features.taps=blocks.0,blocks.1";
        List<List<String>> kinds = List.of(
                List.of("ladd", FEATURES),
                List.of("ladd", FEATURES, "method.levels=80,2", "method.adversarial=hinge", "method.r1=1"),
                List.of("ladd", FEATURES, "method.levels=80,2", "method.states=simulated"),
                List.of("add", in),
                List.of("add", in, "method.adversarial.r1-of=features", "method.weight=uniform"),
                List.of("add", in, "method.states=simulated", "method.distance=huber", "method.adversarial.updates=2"));
        List<Recipe> recipes = new ArrayList<>();
        for (List<String> kind : kinds) {
            List<String> sets = new ArrayList<>(kind.subList(1, kind.size()));
            sets.addAll(List.of("teacher=" + teacher, "init=fresh"));
            sets.addAll(Arrays.asList(overrides));
            recipes.add(recipe(kind.get(0), sets.toArray(new String[0])));
        }
        return recipes;
    }

    @Test
    void adversarialDistillationOnTheTeachersFeaturesIsResumedAndReplayed() throws IOException {
        Path teacher = runs().checkpoint("teacher", Recipe.from(map("edm"), List.of("training.steps=5")));
        List<Recipe> anew = onFeatures(teacher, "training.replay=false");
        int at = 0;
        for (Recipe recipe : onFeatures(teacher)) {
            Path whole = runs().whole("run " + at, recipe);
            TinyRuns.assertSame(whole, runs().pieces("pieces " + at, recipe));
            assertSameTensors(tensors(runs().whole("anew " + at, anew.get(at))), tensors(whole));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            Map<String, byte[]> last = tensors(whole);
            Path start = folder.resolve("start " + at);
            Trainer.start(recipe, start, device).close();
            Map<String, byte[]> first = tensors(start);
            for (String moved : List.of("student/out.W", "critic/blocks.0.out.W", "critic/blocks.1.out.W")) {
                assertFalse(Arrays.equals(first.get(moved), last.get(moved)), moved);
            }
            assertArrayEquals(first.get("teacher/blocks.0.first.W"), last.get("teacher/blocks.0.first.W"));
            assertFalse(last.containsKey("critic/blocks.0.first.W"), "heads alone");
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals(4, generator.sample(2, 1, 5).length);
            }
            at++;
        }
    }

    @Test
    void theDistillationTermOfAddCountsByItsWeight() {
        Path teacher = runs().checkpoint("teacher", Recipe.from(map("edm"), List.of("training.steps=5")));
        String in = "method.adversarial.features.taps=blocks.1";
        List<byte[]> ends = new ArrayList<>();
        for (String set : List.of("method.distillation=0", "method.distillation=3", "method.adversarial.weight=0")) {
            ends.add(tensors(runs().whole(set, recipe("add", in, "teacher=" + teacher, "training.steps=5", set)))
                    .get("student/out.W"));
        }
        assertFalse(Arrays.equals(ends.get(0), ends.get(1)));
        assertFalse(Arrays.equals(ends.get(0), ends.get(2)));
        assertFalse(Arrays.equals(ends.get(1), ends.get(2)));
    }

    @Test
    void adversarialDistillationRefusesWhatItCannotUse() {
        Path teacher = runs().checkpoint("teacher", Recipe.from(map("edm"), List.of("training.steps=2")));
        assertEquals("method.features", refused("ladd"));
        assertEquals("method.adversarial", refused("ladd", FEATURES, "method.adversarial=relativistic"));
        assertEquals("method.updates", refused("ladd", FEATURES, "method.updates=0"));
        assertEquals("method.r1", refused("ladd", FEATURES, "method.r1=-1"));
        assertEquals("method.levels", refused("ladd", FEATURES, "method.levels=2,3"));
        assertEquals("method.adversarial.features", refused("add", "method.adversarial.kind=hinge"));
        String in = "method.adversarial.features.taps=blocks.0";
        assertEquals("method.adversarial.kind", refused("add", in, "method.adversarial.kind=relativistic"));
        assertEquals("method.distillation", refused("add", in, "method.distillation=-1"));
        assertEquals(
                "method.adversarial.r1-of",
                refused("add", in, "method.adversarial.r1-of=features", "method.adversarial.r1-noise=0.1"));
        assertEquals("teacher", refusedAtStart(recipe("ladd", FEATURES)));
        assertEquals("teacher", refusedAtStart(recipe("add", in)));
        assertEquals(
                "method.features.taps",
                refusedAtStart(recipe("ladd", "method.features.taps=blocks.9", "teacher=" + teacher)));
        assertEquals(
                "method.adversarial.features.taps",
                refusedAtStart(recipe("add", "method.adversarial.features.taps=x", "teacher=" + teacher)));
    }

    /** A class-conditional run of three steps from a teacher. */
    private Map<String, byte[]> glyphs(Path teacher, String method, String... sets) throws IOException {
        Map<String, Object> glyphs = TinyRecipe.glyphs(method);
        glyphs.put("teacher", teacher.toString());
        glyphs.put("sample", Map.of("steps", List.of(1)));
        List<String> all = new ArrayList<>(List.of("training.steps=3"));
        all.addAll(Arrays.asList(sets));
        Recipe recipe = Recipe.from(glyphs, all);
        String name = method + " " + String.join(" ", sets);
        Path whole = runs().whole(name, recipe);
        all.add("training.replay=false");
        assertSameTensors(tensors(runs().whole(name + " anew", Recipe.from(glyphs, all))), tensors(whole));
        return tensors(whole);
    }

    /** Every scale of guidance moves what it is for: the student, the fake score network, or both. */
    @Test
    void guidanceOfBothNetworksIsFeltWhereItBelongs() throws IOException {
        Path teacher = runs().checkpoint("teacher", Recipe.from(TinyRecipe.glyphs("edm"), List.of("training.steps=2")));
        String student = "student/out.W";
        String fake = "fake/net.out.W";
        for (String method : List.of("sid", "dmd", "dmd2")) {
            Map<String, byte[]> plain = glyphs(teacher, method);
            Map<String, byte[]> guided = glyphs(teacher, method, "method.guidance=2");
            assertFalse(Arrays.equals(plain.get(student), guided.get(student)), method);
            if (!method.equals("sid")) {
                String[] levels = {"method.guidance=2", "method.augmentation.least=0.2", "method.augmentation.highest=3"
                };
                Map<String, byte[]> apart = glyphs(teacher, method, levels);
                assertFalse(Arrays.equals(guided.get(student), apart.get(student)), method);
            }
        }
        Map<String, byte[]> plain = glyphs(teacher, "sid", "training.steps=1");
        Map<String, byte[]> anti = glyphs(teacher, "sid", "training.steps=1", "method.fake-guidance=-1");
        assertFalse(Arrays.equals(plain.get(student), anti.get(student)));
        assertArrayEquals(plain.get(fake), anti.get(fake), "it is judged, not trained, at the scale");
        Map<String, byte[]> zero = glyphs(teacher, "sid", "training.steps=1", "method.fake-training-guidance=0");
        assertFalse(Arrays.equals(plain.get(fake), zero.get(fake)));
        glyphs(teacher, "ladd", "method.features.taps=blocks.1");
        glyphs(teacher, "add", "method.adversarial.features.taps=blocks.1");
    }

    @Test
    void guidanceWithoutLabelsOrWithoutAScaleIsRefused() {
        assertEquals("method.guidance", refusedAtStart(recipe("sid", "method.guidance=2")));
        assertEquals("method.fake-guidance", refusedAtStart(recipe("sid", "method.fake-guidance=0")));
        assertEquals("method.fake-training-guidance", refusedAtStart(recipe("sid", "method.fake-training-guidance=0")));
        String[] apart = {"method.augmentation.least=0.2", "method.augmentation.highest=3"};
        for (String method : List.of("dmd", "dmd2")) {
            assertEquals("method.augmentation", refused(method, apart));
            assertEquals("method.guidance", refusedAtStart(recipe(method, apart[0], apart[1], "method.guidance=2")));
        }
    }

    /** Few-step SiD: the student is judged, and followed, at the outputs of all its steps. */
    @Test
    void fewStepsOfSidAreOneMixture() throws IOException {
        Recipe recipe = recipe("sid", "method.levels=2.5,0.4");
        Path whole = runs().whole("few", recipe);
        TinyRuns.assertSame(whole, runs().pieces("pieces", recipe));
        try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
            assertEquals(4, generator.sample(2, 2, 5).length);
        }
    }

    private static String refused(String method, String... overrides) {
        return assertThrows(SettingsException.class, () -> recipe(method, overrides))
                .path();
    }

    private String refusedAtStart(Recipe recipe) {
        Path run = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, run, device));
        assertFalse(Trainer.holdsRun(run));
        return e.path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        for (String method : List.of("diff-instruct", "dmd", "dmd2", "sid", "vsd")) {
            assertEquals("method.ratio", refused(method, "method.ratio=0"));
            assertEquals("method.fake.lr", refused(method, "method.fake.lr=0"));
        }
        for (String method : List.of("diff-instruct", "dmd", "dmd2", "sid", "vsd", "sds", "sjc")) {
            assertEquals("method.levels", refused(method, "method.levels=2,3"));
            assertEquals("method.levels", refused(method, "method.levels=0"));
            assertEquals("method.levels", refused(method, "method.levels=[]"));
            assertEquals("method.sigma-data", refused(method, "method.sigma-data=0"));
            assertEquals("teacher", refused(method, "teacher="));
            assertEquals("sample.steps", refused(method, "sample.steps=2"));
        }
        assertEquals("method.table.highest", refused("dmd", "method.table.highest=0.001"));
        assertEquals("method.regression", refused("dmd", "method.regression=-1"));
        assertEquals("method.levels", refused("dmd", "method.regression=1", "method.levels=80,1"));
        assertEquals("method.distance", refused("dmd", "method.distance=l1"));
        assertEquals("method.features", refused("sida"));
        assertEquals("method.features", refused("f-distill"));
        assertEquals("method.features.taps", refused("sida", "method.features.taps=blocks.0,blocks.0"));
        assertEquals("method.most-ratio", refused("f-distill", FEATURES, "method.most-ratio=0.1"));
        assertEquals("method.adversarial", refused("sida", FEATURES, "method.adversarial=-1"));
        assertEquals("method.discriminator", refused("dmd2", FEATURES, "method.discriminator=0"));
        assertEquals("method.start", refused("dmd2", "method.start=1"));
        assertEquals("method.share", refused("sid", "method.share=0"));
        assertEquals("method.huber", refused("sid", "method.huber=0"));
    }

    @Test
    void whatOnlyTheNetworksShowIsRefusedBeforeTraining() {
        SettingsException tap = assertThrows(
                SettingsException.class,
                () -> Trainer.start(recipe("dmd2", "method.features.taps=blocks.7"), folder.resolve("tap"), device));
        assertEquals("method.features.taps", tap.path());
        assertTrue(tap.getMessage().contains("blocks.0, blocks.1"), tap.getMessage());
        Map<String, Object> plain = map("dmd2");
        plain.put("network", Map.of("kind", "mlp", "width", 16, "depth", 2));
        assertEquals("method.features", refusedAtStart(Recipe.from(plain, List.of(FEATURES))));
        assertEquals("method.guidance", refusedAtStart(recipe("dmd2", "method.guidance=2")));
    }

    @Test
    void aTeacherWithoutADenoiserOfTheSameSamplesIsRefused() {
        Path flow = runs().checkpoint("flow", TinyRecipe.flowMatching("training.steps=2"));
        Path jumps = runs().checkpoint("jumps", TinyRecipe.level("ect", "training.steps=2"));
        Path images = runs().checkpoint("images", Recipe.from(TinyRecipe.glyphs("edm"), List.of("training.steps=2")));
        Path scaled = runs().checkpoint(
                        "scaled", Recipe.from(map("edm"), List.of("training.steps=2", "method.sigma-data=0.7")));
        for (Path teacher : List.of(flow, jumps, images, scaled, folder.resolve("none"))) {
            for (String method : List.of("dmd", "sid", "sds")) {
                assertEquals("teacher", refusedAtStart(recipe(method, "teacher=" + teacher)));
            }
        }
    }
}
