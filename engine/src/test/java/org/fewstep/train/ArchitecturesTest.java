package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.io.BadFileException;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each architecture through a whole run: recipe, training, resumption, checkpoint, export, samples, damaged files. */
class ArchitecturesTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private static Recipe recipe(String kind, String... overrides) {
        Map<String, Object> map = TinyRecipe.glyphs("mean-flow");
        map.put("network", network(kind));
        if (kind.equals("dit")) {
            map.put("method", Map.of("kind", "mean-flow", "omega-most", 4.0));
        }
        map.put("training", Map.of("batch", 4, "steps", 4, "checkpoint-every", 2, "ema", List.of(0.9)));
        return Recipe.from(map, List.of(overrides));
    }

    private static Map<String, Object> network(String kind) {
        return switch (kind) {
            case "mlp" -> Map.of("kind", kind, "width", 12, "depth", 1);
            case "residual-mlp" -> Map.of("kind", kind, "width", 12, "depth", 1, "cond-width", 8);
            case "dit" -> Map.of("kind", kind, "width", 8, "depth", 1, "heads", 2, "guided", true);
            case "u-net" -> Map.of("kind", kind, "width", 4, "dropout", 0.3, "attention", List.of(4));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private Path trained(Recipe recipe, String name) {
        Path run = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, run, device)) {
            trainer.run();
        }
        return run.resolve(Checkpoint.FILE);
    }

    /** The run, broken off in its middle and resumed. */
    private Path resumed(Recipe recipe, String name) {
        Path run = folder.resolve(name);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 2) {
                    trainer.stop();
                }
            }
        };
        try (Trainer trainer = Trainer.start(recipe, run, device, stop)) {
            trainer.run();
        }
        try (Trainer trainer = Trainer.resume(run, device)) {
            assertEquals(2, trainer.step());
            trainer.run();
        }
        return run.resolve(Checkpoint.FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "residual-mlp", "dit", "u-net"})
    void aBrokenRunLeavesTheBytesOfAWholeOne(String kind) throws IOException {
        Recipe recipe = recipe(kind);
        Path whole = trained(recipe, "whole");
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(resumed(recipe, "broken")));
        Path exported = folder.resolve("model.safetensors");
        Checkpoint.export(whole, exported, "");
        try (Generator a = Generator.load(whole, device);
                Generator b = Generator.load(exported, device)) {
            assertArrayEquals(new int[] {1, 8, 8}, a.shape());
            float[] samples = a.sample(3, 1, 5, 2);
            assertArrayEquals(samples, b.sample(3, 1, 5, 2));
            for (float value : samples) {
                assertTrue(Float.isFinite(value));
            }
        }
    }

    @Test
    void dropoutChangesTrainingAndNothingElse() {
        float[] with = samples(trained(recipe("u-net"), "with"), 1);
        float[] without = samples(trained(recipe("u-net", "network.dropout=0"), "without"), 1);
        assertTrue(Math.abs(with[3] - without[3]) > 1e-6);
    }

    private float[] samples(Path file, double guidance) {
        try (Generator generator = Generator.load(file, device)) {
            GeneratorOptions options = GeneratorOptions.DEFAULT.withGuidance(guidance);
            float[] once = generator.sample(0, 1, 7, new int[] {0, 1, 2}, options);
            assertArrayEquals(once, generator.sample(0, 1, 7, new int[] {0, 1, 2}, options));
            assertEquals(1, generator.evaluations(1, options));
            return once;
        }
    }

    @Test
    void guidanceIsAnInputWhereTheNetworkTakesIt() {
        Path guided = trained(recipe("dit", "optimizer.lr=0.1"), "guided");
        assertTrue(Math.abs(samples(guided, 1)[5] - samples(guided, 3)[5]) > 1e-6);
        Path plain = trained(recipe("dit", "network.guided=false", "method.omega-most="), "plain");
        samples(plain, 1);
        assertThrows(IllegalArgumentException.class, () -> samples(plain, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "u-net"})
    void claimsBeyondTheFileAreRefusedBeforeAnythingIsAllocated(String kind) {
        Path file = trained(recipe(kind), "run");
        Map<String, String> metadata;
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        try (SafeTensors.Reader reader = SafeTensors.open(file)) {
            metadata = new TreeMap<>(reader.metadata());
            for (String name : reader.names()) {
                tensors.put(
                        name,
                        TensorSource.ofBytes(
                                reader.info(name).type(),
                                reader.readBytes(name),
                                reader.info(name).shape()));
            }
        }
        String network = metadata.get("network");
        for (String[] claim : kind.equals("dit")
                ? new String[][] {
                    {"\"size\":8", "\"size\":2147483644"},
                    {"\"size\":8", "\"size\":32768"},
                    {"\"width\":8", "\"width\":32768"},
                    {"\"depth\":1", "\"depth\":2147483647"},
                    {"\"channels\":1", "\"channels\":2147483647"},
                    {"\"classes\":3", "\"classes\":2147483647"},
                    {"\"mlp-ratio\":4.0", "\"mlp-ratio\":1.0E9"},
                    {"\"times\":2", "\"times\":0"},
                    {"dit-config", "u-net-config"}
                }
                : new String[][] {
                    {"\"width\":4", "\"width\":2147483646"},
                    {"\"width\":4", "\"width\":4096"},
                    {"\"blocks\":1", "\"blocks\":2147483647"},
                    {"\"mult\":[1,2]", "\"mult\":[1,4096]"},
                    {"\"mult\":[1,2]", "\"mult\":[]"},
                    {"\"mult\":[1,2]", "\"mult\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"},
                    {"\"in-channels\":1", "\"in-channels\":2147483647"},
                    {"\"out-channels\":1", "\"out-channels\":2"},
                    {"\"resolution\":8", "\"resolution\":1073741824"},
                    {"\"classes\":3", "\"classes\":2147483647"},
                    {"\"dropout\":0.3", "\"dropout\":1"},
                    {"\"emb-mult\":4", "\"emb-mult\":2147483647"}
                }) {
            String changed = network.replace(claim[0], claim[1]);
            assertTrue(!changed.equals(network), () -> claim[0] + " in " + network);
            metadata.put("network", changed);
            SafeTensors.write(file, metadata, tensors);
            BadFileException e = assertThrows(BadFileException.class, () -> Generator.load(file, device), claim[1]);
            assertEquals(0, device.live().buffers().get(), e.getMessage());
        }
    }
}
