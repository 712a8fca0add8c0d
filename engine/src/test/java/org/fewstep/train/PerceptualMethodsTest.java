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
import org.fewstep.io.SafeTensors;
import org.fewstep.io.SettingsException;
import org.fewstep.io.Sha256;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods that compare samples in the states of a classifier. */
class PerceptualMethodsTest {
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

    private Path classifier(int size) {
        Map<String, Object> map = TinyRecipe.map("classification");
        map.put("data", Map.of("kind", "glyphs", "classes", 3, "size", size));
        map.put("network", Map.of("kind", "conv-classifier", "widths", List.of(4, 6)));
        return runs().checkpoint("classifier of " + size, Recipe.from(map, List.of("training.steps=3")));
    }

    private Path teacher() {
        return runs().checkpoint("teacher", Recipe.from(TinyRecipe.glyphs("edm"), List.of("training.steps=2")));
    }

    private static Recipe recipe(String method, Path teacher, String... overrides) {
        Map<String, Object> map = TinyRecipe.glyphs(method);
        map.put("teacher", teacher.toString());
        List<String> all = new ArrayList<>(List.of("training.steps=15"));
        all.addAll(List.of(overrides));
        return Recipe.from(map, all);
    }

    private static byte[] weight(Path run) throws IOException {
        try (SafeTensors.Reader reader = SafeTensors.open(run.resolve(Checkpoint.FILE))) {
            return reader.readBytes("student/out.W");
        }
    }

    @Test
    void everyMethodWithADistanceLearnsInTheStatesOfAClassifierAndIsResumedWithoutItsFile() throws IOException {
        Path teacher = teacher();
        Path classifier = classifier(8);
        for (String method :
                List.of("consistency-distillation", "consistency-training", "ict", "ect", "scott", "ctm")) {
            String init = "init=" + (method.equals("ctm") ? "fresh" : "teacher");
            String[] set = {"method.distance=perceptual", "perceptual=" + classifier, init};
            Recipe recipe = recipe(method, teacher, set);
            Path whole = runs().whole(method, recipe);
            Path moved = folder.resolve("moved");
            Path pieces = folder.resolve(method + " in pieces");
            Trainer.start(recipe, pieces, device).close();
            Files.move(classifier, moved);
            try (Trainer trainer = Trainer.resume(pieces, device)) {
                trainer.run();
            } finally {
                Files.move(moved, classifier);
            }
            TinyRuns.assertSame(whole, pieces);
            Path plain = runs().whole(method + " l2", recipe(method, teacher, "method.distance=l2", init));
            assertFalse(Arrays.equals(weight(whole), weight(plain)), method);
        }
    }

    @Test
    void regressionOnPairsTakesItToo() throws IOException {
        Path teacher = teacher();
        Path pairs = folder.resolve("pairs");
        try (Generator generator = Generator.load(teacher, device)) {
            new PairMaker(generator, Sha256.of(teacher), 2, GeneratorOptions.DEFAULT, 7, 30)
                    .make(pairs, 1, false, (files, of) -> {});
        }
        String classifier = "perceptual=" + classifier(8);
        for (String method : List.of("knowledge-distillation", "dmd")) {
            Map<String, Object> map = TinyRecipe.glyphs(method);
            map.put("data", Map.of("kind", "pairs", "folder", pairs.toString()));
            map.put("teacher", teacher.toString());
            map.put("sample", Map.of("steps", List.of(1)));
            List<String> plain = new ArrayList<>(List.of("training.steps=15"));
            if (method.equals("dmd")) {
                plain.add("method.regression=0.25");
            }
            List<String> perceptual = new ArrayList<>(plain);
            perceptual.addAll(List.of("method.distance=perceptual", classifier));
            Recipe recipe = Recipe.from(map, perceptual);
            Path whole = runs().whole(method, recipe);
            TinyRuns.assertSame(whole, runs().pieces(method + " in pieces", recipe));
            Path l2 = runs().whole(method + " l2", Recipe.from(map, plain));
            assertFalse(Arrays.equals(weight(whole), weight(l2)), method);
        }
    }

    @Test
    void theClassifierStaysAsItIsAndIsNotExported() throws IOException {
        Path classifier = classifier(8);
        Path run = runs().whole(
                        "run",
                        recipe(
                                "consistency-distillation",
                                teacher(),
                                "method.distance=perceptual",
                                "perceptual=" + classifier));
        Path checkpoint = run.resolve(Checkpoint.FILE);
        try (ModelFile file = ModelFile.open(classifier);
                SafeTensors.Reader before = SafeTensors.open(classifier);
                SafeTensors.Reader after = SafeTensors.open(checkpoint)) {
            List<String> kept = after.names().stream()
                    .filter(name -> name.startsWith("perceptual/"))
                    .toList();
            assertTrue(kept.contains("perceptual/out.W"));
            for (String name : kept) {
                String own = file.defaultRole() + name.substring(name.indexOf('/'));
                assertArrayEquals(before.readBytes(own), after.readBytes(name), name);
            }
        }
        Path exported = folder.resolve("exported.safetensors");
        Checkpoint.export(checkpoint, exported, "");
        try (SafeTensors.Reader reader = SafeTensors.open(exported);
                Generator generator = Generator.load(exported, device)) {
            assertTrue(reader.names().stream().noneMatch(name -> name.contains("perceptual")));
            assertEquals(64, generator.sample(1, 1, 0, 2).length);
        }
    }

    private void refused(String part, String... overrides) {
        Path teacher = folder.resolve("teacher/" + Checkpoint.FILE);
        SettingsException e = assertThrows(
                SettingsException.class,
                () -> Trainer.start(
                                recipe("consistency-distillation", teacher, overrides),
                                folder.resolve("refused"),
                                device)
                        .close());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void aNetworkThatDoesNotFitIsRefusedBeforeTheRun() {
        Path teacher = teacher();
        String on = "method.distance=perceptual";
        refused("perceptual: got none", on);
        refused("perceptual: got somewhere", "perceptual=somewhere");
        refused("somewhere, which is no file", on, "perceptual=somewhere");
        refused("the folder", on, "perceptual=" + folder);
        refused("expected a checkpoint or an export of a classifier", on, "perceptual=" + teacher);
        refused("expected [1, 8, 8]", on, "perceptual=" + classifier(16));
    }
}
