package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.fewstep.data.PairsChunk;
import org.fewstep.data.PairsManifest;
import org.fewstep.data.StoredPairs;
import org.fewstep.io.BadFileException;
import org.fewstep.io.SettingsException;
import org.fewstep.io.Sha256;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.SolverChoice;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.KarrasSpacing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs made of a teacher's ODE, and what learns from them. */
class PairedMethodsTest {
    private static final long COUNT = 9000; // three files of points

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

    private void pairs(Path teacher, String name, long count, int threads, boolean resume) {
        pairs(teacher, name, count, threads, resume, 7);
    }

    private void pairs(Path teacher, String name, long count, int threads, boolean resume, long seed) {
        try (Generator generator = Generator.load(teacher, device)) {
            new PairMaker(generator, Sha256.of(teacher), 2, GeneratorOptions.DEFAULT, seed, count)
                    .make(folder.resolve(name), threads, resume, (files, of) -> {});
        }
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void assertSameFiles(Path expected, Path actual) throws IOException {
        Map<String, byte[]> a = files(expected);
        Map<String, byte[]> b = files(actual);
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, bytes) -> assertArrayEquals(bytes, b.get(name), name));
    }

    @Test
    void pairsHaveTheSameBytesOnAnyThreadsAndInPieces() throws IOException {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=2"));
        pairs(teacher, "one", COUNT, 1, false);
        pairs(teacher, "three", COUNT, 3, false);
        assertEquals(4, files(folder.resolve("one")).size());
        assertSameFiles(folder.resolve("one"), folder.resolve("three"));

        Path broken = folder.resolve("three");
        Files.delete(broken.resolve(PairsChunk.file(1)));
        byte[] kept = Files.readAllBytes(broken.resolve(PairsChunk.file(0)));
        Object untouched = Files.getLastModifiedTime(broken.resolve(PairsChunk.file(0)));
        pairs(teacher, "three", COUNT, 2, true);
        assertSameFiles(folder.resolve("one"), broken);
        assertEquals(untouched, Files.getLastModifiedTime(broken.resolve(PairsChunk.file(0))), "a file is kept");

        assertThrows(IllegalArgumentException.class, () -> pairs(teacher, "three", COUNT, 1, false));
        assertThrows(IllegalArgumentException.class, () -> pairs(teacher, "none", COUNT, 1, true));
        assertThrows(IllegalArgumentException.class, () -> pairs(teacher, "three", COUNT, 1, true, 8));
        kept[kept.length - 1] ^= 1;
        Files.write(broken.resolve(PairsChunk.file(0)), kept);
        assertThrows(BadFileException.class, () -> pairs(teacher, "three", COUNT, 2, true));
    }

    @Test
    void aPairIsTheNoiseAndTheSampleOfItsNumber() {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=2"));
        pairs(teacher, "pairs", 5000, 2, false);
        StoredPairs pairs = StoredPairs.open(folder.resolve("pairs"));
        float[] z = new float[2];
        float[] x = new float[2];
        pairs.readPartners(new long[] {4711}, z);
        pairs.read(new long[] {4711}, x, null);
        try (Generator generator = Generator.load(teacher, device)) {
            int[] none = {Generator.NO_LABEL};
            assertArrayEquals(generator.noise(4711, 1, 7), z);
            assertArrayEquals(generator.sample(4711, 2, 7, none, GeneratorOptions.DEFAULT), x);
            List<float[]> states = generator.trajectory(4711, 2, 7, none, GeneratorOptions.DEFAULT);
            assertEquals(80 * z[0], states.get(0)[0], 1e-4, "samples start from the noise of the pair");
        }
    }

    @Test
    void solversThatDrawNoiseAreRefused() {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=2"));
        GeneratorOptions sde = GeneratorOptions.DEFAULT.withSolver(new Ddim(1), new KarrasSpacing());
        try (Generator generator = Generator.load(teacher, device)) {
            assertThrows(IllegalArgumentException.class, () -> new PairMaker(generator, "", 2, sde, 0, 5));
            GeneratorOptions jumps = GeneratorOptions.DEFAULT.withSolver(SolverChoice.FLOW_MAP);
            assertThrows(
                    IllegalArgumentException.class, () -> new PairMaker(generator, Sha256.of(teacher), 2, jumps, 0, 5));
        }
    }

    private Recipe paired(String method, String... overrides) {
        Map<String, Object> map = TinyRecipe.map(method);
        map.put(
                "data",
                Map.of("kind", "pairs", "folder", folder.resolve("pairs").toString()));
        map.put("sample", Map.of("steps", List.of(1)));
        return Recipe.from(map, List.of(overrides));
    }

    @Test
    void runsOnPairsGoOnBitForBit() throws IOException {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=2"));
        pairs(teacher, "pairs", 50, 2, false);
        for (Recipe recipe : List.of(
                paired("knowledge-distillation"),
                paired("knowledge-distillation", "teacher=" + teacher),
                paired("reflow"),
                paired("reflow", "method.distil-steps=2"))) {
            String name = Integer.toString(recipe.hashCode());
            Path whole = runs().whole(name, recipe);
            TinyRuns.assertSame(whole, runs().pieces(name + " pieces", recipe));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals(6, generator.sample(3, 1, 0).length);
                if (recipe.method() instanceof KnowledgeDistillation) {
                    assertThrows(IllegalArgumentException.class, () -> generator.sample(3, 2, 0));
                } else {
                    assertEquals(6, generator.sample(3, 2, 0).length);
                }
            }
        }
    }

    /** The student learns the teacher's map, not its law alone: partners stay together through the batches. */
    @Test
    void partnersStayTogether() {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=300"));
        pairs(teacher, "pairs", 4000, 2, false);
        Path student = runs().checkpoint(
                        "student",
                        paired(
                                "knowledge-distillation",
                                "training.steps=600",
                                "training.batch=64",
                                "optimizer.lr=0.01"));
        double error = 0;
        double size = 0;
        try (Generator of = Generator.load(student, device);
                Generator from = Generator.load(teacher, device)) {
            float[] made = of.sample(500, 1, 99);
            float[] expected = from.sample(500, 2, 99);
            for (int i = 0; i < made.length; i++) {
                error += (made[i] - expected[i]) * (made[i] - expected[i]);
                size += expected[i] * expected[i];
            }
        }
        assertTrue(error < 0.2 * size, error + " of " + size);
    }

    @Test
    void classesGoWithTheirPairs() throws IOException {
        Path teacher = runs().checkpoint("teacher", Recipe.from(TinyRecipe.glyphs("edm"), List.of("training.steps=2")));
        pairs(teacher, "pairs", 40, 2, false);
        StoredPairs pairs = StoredPairs.open(folder.resolve("pairs"));
        assertEquals(3, pairs.classes());
        int[] labels = new int[40];
        pairs.read(LongStream.range(0, 40).toArray(), new float[40 * 64], labels);
        assertEquals(3, Arrays.stream(labels).distinct().count());
        Map<String, Object> map = new LinkedHashMap<>(TinyRecipe.glyphs("knowledge-distillation"));
        map.put(
                "data",
                Map.of("kind", "pairs", "folder", folder.resolve("pairs").toString()));
        Path student = runs().checkpoint("student", Recipe.from(map, List.of("training.steps=3", "sample.steps=[1]")));
        try (Generator generator = Generator.load(student, device)) {
            assertEquals(3, generator.classes());
            assertEquals(64, generator.sample(1, 1, 0, 2).length);
        }
    }

    private static String refusedPath(Map<String, Object> map, String... overrides) {
        return assertThrows(SettingsException.class, () -> Recipe.from(map, List.of(overrides)))
                .path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("data.kind", refusedPath(TinyRecipe.map("knowledge-distillation")));
        assertEquals("data.kind", refusedPath(TinyRecipe.map("reflow")));
        Map<String, Object> flow = TinyRecipe.map("flow-matching");
        flow.put("data", Map.of("kind", "pairs", "folder", "x"));
        assertEquals("data.kind", refusedPath(flow));
        Map<String, Object> bridge = TinyRecipe.interpolantMap();
        bridge.put("source", Map.of("kind", "pairs", "folder", "x"));
        assertEquals("source.kind", refusedPath(bridge));
        Map<String, Object> reflow = paired("reflow").toMap();
        assertEquals("method.time-from", refusedPath(reflow, "method.time-from=1"));
        assertEquals("method.distil-steps", refusedPath(reflow, "method.distil-steps=0"));
        assertEquals("teacher", refusedPath(paired("knowledge-distillation").toMap(), "teacher=exact"));
        assertEquals(
                "sample.steps", refusedPath(paired("knowledge-distillation").toMap(), "sample.steps=[1, 2]"));
        SettingsException e = assertThrows(
                SettingsException.class, () -> Trainer.start(paired("reflow"), folder.resolve("run"), device));
        assertEquals("data.folder", e.path());
        assertFalse(Trainer.holdsRun(folder.resolve("run")));
        assertThrows(SettingsException.class, () -> paired("reflow").data().test());
    }

    @Test
    void pairsCutOffAreMissedBeforeTheRun() throws IOException {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=2"));
        pairs(teacher, "pairs", 50, 1, false);
        Files.delete(folder.resolve("pairs").resolve(PairsChunk.file(0)));
        assertThrows(BadFileException.class, () -> Trainer.start(paired("reflow"), folder.resolve("run"), device));
        assertFalse(Trainer.holdsRun(folder.resolve("run")));
        assertEquals(50, PairsManifest.read(folder.resolve("pairs")).count());
    }
}
