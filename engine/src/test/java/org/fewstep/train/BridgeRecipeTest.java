package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fewstep.data.Dataset;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.path.Gamma;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that start from data. */
class BridgeRecipeTest {
    @TempDir
    Path folder;

    private static String refused(String... overrides) {
        return assertThrows(SettingsException.class, () -> TinyRecipe.interpolant(overrides))
                .path();
    }

    private static float[] read(Dataset data, int n) {
        long[] indices = new long[n];
        Arrays.setAll(indices, i -> i);
        float[] values = new float[n * Arrays.stream(data.sampleShape()).reduce(1, Math::multiplyExact)];
        data.read(indices, values, null);
        return values;
    }

    @Test
    void aRecipeSurvivesItsMap() {
        Recipe recipe = TinyRecipe.interpolant("method.learn=eta,b", "method.mean=trig", "method.gamma=sine-squared");
        assertEquals(recipe, Recipe.from(recipe.toMap()));
        assertEquals(
                new StochasticInterpolant(InterpolantMean.TRIG, Gamma.SINE_SQUARED),
                recipe.method().bridge());
        InterpolantConfig config =
                (InterpolantConfig) recipe.networkConfig(recipe.data().open());
        assertEquals(List.of(InterpolantField.ETA, InterpolantField.B), config.fields());
        assertEquals(1, config.each().times());
        Recipe flow = TinyRecipe.flowMatching();
        assertNull(flow.source());
        assertFalse(flow.toMap().containsKey("source"));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Map<String, Object> without = TinyRecipe.map("interpolant");
        assertEquals(
                "source",
                assertThrows(SettingsException.class, () -> Recipe.from(without))
                        .path());
        Map<String, Object> flow = TinyRecipe.map("flow-matching");
        flow.put("source", Map.of("kind", "two-moons"));
        assertEquals(
                "source",
                assertThrows(SettingsException.class, () -> Recipe.from(flow)).path());
        assertEquals("source.noise", refused("source.noise=-1"));
        assertEquals("method.learn", refused("method.learn=eta"));
        assertEquals("method.learn", refused("method.learn=b,b"));
        assertEquals("method.learn", refused("method.gamma=zero"));
        assertEquals("method.gamma", refused("method.gamma=red"));
        assertEquals("network.times", refused("network.times=2"));
        assertEquals("sample", refused("sample.solver=flow-map"));
        assertEquals("sample", refused("sample.guidance=2"));
        assertEquals("sample", refused("sample.classes=1"));
        Map<String, Object> images = TinyRecipe.interpolantMap();
        images.put("data", Map.of("kind", "glyphs", "size", 8));
        images.put("network", Map.of("kind", "u-net", "width", 8, "dropout", 0.1));
        assertEquals(
                "network.dropout",
                assertThrows(SettingsException.class, () -> Recipe.from(images)).path());
    }

    @Test
    void endsOfDifferentShapesAreRefused() {
        Map<String, Object> images = TinyRecipe.interpolantMap();
        images.put("data", Map.of("kind", "glyphs", "size", 8));
        images.put("network", Map.of("kind", "residual-mlp", "width", 8, "depth", 1));
        try (Device device = new CpuDevice(Provider.LOOPS, 1)) {
            SettingsException e = assertThrows(
                    SettingsException.class, () -> Trainer.start(Recipe.from(images), folder.resolve("run"), device));
            assertEquals("source", e.path());
            assertTrue(e.getMessage().contains("[1, 8, 8]"), e.getMessage());
        }
    }

    /** With one seed for both, a sample and its partner must not share their random numbers. */
    @Test
    void theTwoEndsAreIndependent() {
        DataSettings ring = TinyRecipe.interpolant("source.kind=ring8").source();
        float[] source = read(ring.open(DataSettings.Side.SOURCE), 64);
        assertArrayEquals(source, read(ring.open(DataSettings.Side.SOURCE), 64));
        Set<Float> seen = new HashSet<>();
        for (float[] draws : List.of(
                source, read(ring.open(), 64), read(ring.test(), 64), read(ring.test(DataSettings.Side.SOURCE), 64))) {
            for (float x : draws) {
                assertTrue(seen.add(x), "drawn twice: " + x);
            }
        }
    }

    @Test
    void heldOutSamplesDependOnSeedAndNumber() {
        Recipe recipe = TinyRecipe.interpolant();
        float[] many = HeldOut.source(recipe, 3).read(10);
        assertArrayEquals(Arrays.copyOf(many, 6), HeldOut.source(recipe, 3).read(3));
        assertFalse(Arrays.equals(many, HeldOut.source(recipe, 4).read(10)));
        assertEquals(4, HeldOut.source(recipe, -1).read(2).length);
        assertEquals(0, HeldOut.source(recipe, 0).read(0).length);
        assertThrows(IllegalArgumentException.class, () -> HeldOut.source(TinyRecipe.flowMatching(), 0));
    }

    /** Images of 2 x 2 pixels whose first pixel numbers them. */
    private void idx(String part, int[] labels) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 4 * labels.length);
        ByteBuffer file = ByteBuffer.allocate(8 + labels.length);
        images.putInt(0x803).putInt(labels.length).putInt(2).putInt(2);
        file.putInt(0x801).putInt(labels.length);
        for (int i = 0; i < labels.length; i++) {
            images.put(new byte[] {(byte) i, 0, 0, 0});
            file.put((byte) labels[i]);
        }
        Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), file.array());
    }

    private Recipe ofFiles(String... overrides) {
        Map<String, Object> map = TinyRecipe.interpolantMap();
        map.put("data", Map.of("kind", "idx", "classes", 4, "only", 1));
        map.put("source", Map.of("kind", "idx", "classes", 4, "only", 2));
        List<String> all = new ArrayList<>(List.of(overrides));
        all.addAll(Recipe.folders(map, folder.toString()));
        return Recipe.from(map, all);
    }

    @Test
    void oneClassOfAFolderIsAnEnd() throws IOException {
        idx("train", new int[] {0, 2, 1, 2, 1, 2});
        idx("t10k", new int[] {2, 0, 2, 1});
        Recipe recipe = ofFiles();
        DataSettings source = recipe.source();
        assertEquals(3, source.open(DataSettings.Side.SOURCE).size());
        float[] data = read(recipe.data().open(), 2);
        assertEquals(2 / 127.5f - 1, data[0]);
        assertEquals(4 / 127.5f - 1, data[4]);
        assertEquals(0, recipe.classes(recipe.data().open()), "a bridge has no classes");
        float[] held = HeldOut.source(recipe, 1).read(4);
        Set<Float> first = Set.of(held[0], held[4]);
        assertEquals(Set.of(-1f, 2 / 127.5f - 1), first, "each held-out image before one comes again");
        assertEquals(first, Set.of(held[8], held[12]));
        assertEquals("data.only", refusedFiles("data.only=4"));
        assertEquals(
                "source.only",
                assertThrows(
                                SettingsException.class,
                                () -> ofFiles("source.only=3").source().open(DataSettings.Side.SOURCE))
                        .path());
        SettingsException missing = assertThrows(
                SettingsException.class,
                () -> recipe.withFolders(folder.resolve("none").toString())
                        .source()
                        .open(DataSettings.Side.SOURCE));
        assertEquals("source.folder", missing.path());
    }

    private String refusedFiles(String override) {
        return assertThrows(SettingsException.class, () -> ofFiles(override)).path();
    }

    @Test
    void aCheckpointSaysItsBridge() {
        try (Device device = new CpuDevice(Provider.LOOPS, 1)) {
            Path run = folder.resolve("run");
            Trainer.start(TinyRecipe.interpolant(), run, device).close();
            try (ModelFile file = ModelFile.open(run.resolve(Checkpoint.FILE))) {
                assertEquals(
                        new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN),
                        file.spec().bridge());
                assertNull(file.spec().path());
            }
        }
    }
}
