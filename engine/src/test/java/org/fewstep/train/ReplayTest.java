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
import java.util.List;
import java.util.Map;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SafeTensors;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training by replayed steps: the same bits as steps run anew, and nothing left behind. */
class ReplayTest {
    @TempDir
    Path folder;

    private static final List<Recipe> RECIPES = List.of(
            TinyRecipe.flowMatching(),
            TinyRecipe.flowMatching("optimizer.kind=radam", "training.dtype=f64", "training.ema="),
            TinyRecipe.meanFlow(),
            TinyRecipe.meanFlow("optimizer.clip=0.01", "training.ema-warm-up=false", "method.p=0"),
            Recipe.from(TinyRecipe.glyphs("flow-matching")),
            Recipe.from(TinyRecipe.glyphs("mean-flow"), List.of("method.omega=1.5", "method.kappa=0.5")));

    private Path run(String name, Recipe recipe, boolean replay, Device device) {
        Path path = folder.resolve(name);
        Recipe set = Recipe.from(recipe.toMap(), List.of("training.replay=" + replay));
        try (Trainer trainer = Trainer.start(set, path, device)) {
            trainer.run();
            assertEquals(replay ? 2 : 0, device.live().plans().get(), "plans of " + name);
        }
        assertEquals(0, device.live().plans().get());
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().bytes().get());
        return path;
    }

    /** Same metrics, and the same bytes in every tensor of the checkpoint; its recipe tells how it was trained. */
    private static void assertSameBits(Path expected, Path actual) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(expected.resolve(MetricsLog.JSONL)),
                Files.readAllBytes(actual.resolve(MetricsLog.JSONL)));
        try (SafeTensors.Reader a = SafeTensors.open(expected.resolve(Checkpoint.FILE));
                SafeTensors.Reader b = SafeTensors.open(actual.resolve(Checkpoint.FILE))) {
            assertEquals(a.names(), b.names());
            assertFalse(a.names().isEmpty());
            for (String name : a.names()) {
                assertArrayEquals(a.readBytes(name), b.readBytes(name), name);
            }
        }
    }

    @Test
    void replayedTrainingHasTheBitsOfTrainingAnew() throws IOException {
        for (Provider provider : List.of(Provider.LOOPS, Provider.EJML)) {
            for (int threads = 1; threads <= 2; threads++) {
                try (Device device = new CpuDevice(provider, threads)) {
                    for (int i = 0; i < RECIPES.size(); i++) {
                        String name = provider.label() + threads + i;
                        Path anew = run(name + "anew", RECIPES.get(i), false, device);
                        assertSameBits(anew, run(name + "replayed", RECIPES.get(i), true, device));
                    }
                }
            }
        }
    }

    /** A recipe on glyphs with the network of an architecture. */
    private static Recipe images(String method, Map<String, Object> network) {
        Map<String, Object> map = TinyRecipe.glyphs(method);
        map.put("network", network);
        return Recipe.from(map, List.of("training.batch=4", "training.steps=5", "training.ema=0.9"));
    }

    @Test
    void imageNetworksAndTheirDropoutAreReplayed() throws IOException {
        Map<String, Object> dit = Map.of("kind", "dit", "patch", 2, "width", 16, "depth", 2, "heads", 2);
        Map<String, Object> adm = Map.of("kind", "u-net", "width", 8, "attention", List.of(4), "dropout", 0.2);
        Map<String, Object> song = Map.of("kind", "u-net", "form", "song", "width", 8, "dropout", 0.3);
        List<Recipe> recipes = List.of(
                images("mean-flow", dit),
                images("flow-matching", dit),
                images("mean-flow", adm),
                images("flow-matching", song));
        try (Device device = new CpuDevice(Provider.best(), 2)) {
            for (int i = 0; i < recipes.size(); i++) {
                Path anew = run("anew" + i, recipes.get(i), false, device);
                assertSameBits(anew, run("replayed" + i, recipes.get(i), true, device));
            }
        }
    }

    @Test
    void interpolantsAreReplayed() throws IOException {
        try (Device device = new CpuDevice(Provider.best(), 2)) {
            int number = 0;
            for (String pairs : List.of("independent", "optimal-transport")) {
                Recipe recipe = TinyRecipe.interpolant("method.learn=b,s,eta", "method.pairs=" + pairs);
                Path anew = run("anew" + number, recipe, false, device);
                assertSameBits(anew, run("replayed" + number++, recipe, true, device));
            }
        }
    }

    @Test
    void sharedWorkHasTheSameBits() throws IOException {
        // Large enough that the threads share it.
        Recipe wide = TinyRecipe.meanFlow("training.batch=400", "training.steps=12", "network.width=96");
        Path alone;
        try (Device device = new CpuDevice(Provider.LOOPS, 1)) {
            alone = run("alone", wide, false, device);
        }
        try (Device device = new CpuDevice(Provider.LOOPS, 2)) {
            assertSameBits(alone, run("shared", wide, true, device));
        }
    }

    @Test
    void aReplayedRunResumesWithTheSameBits() throws IOException {
        try (Device device = new CpuDevice(Provider.LOOPS, 1)) {
            Path whole = run("whole", TinyRecipe.meanFlow(), false, device);
            Path pieces = folder.resolve("pieces");
            Callback stop = new Callback() {
                @Override
                public void onStep(Trainer trainer, StepReport report) {
                    if (report.step() % 13 == 0) {
                        trainer.stop();
                    }
                }
            };
            Trainer.start(TinyRecipe.meanFlow(), pieces, device, stop).close();
            long reached = 0;
            while (reached < 40) {
                try (Trainer trainer = Trainer.resume(pieces, device, stop)) {
                    trainer.run();
                    reached = trainer.step();
                }
            }
            assertSameBits(whole, pieces);
        }
    }

    @Test
    void anExplodingRunStopsAtTheSameStepWithTheSameWords() {
        List<String> words = new ArrayList<>();
        for (boolean replay : new boolean[] {false, true}) {
            try (Device device = new CpuDevice(Provider.LOOPS, 1)) {
                Recipe wild = TinyRecipe.flowMatching(
                        "optimizer.lr=1e30", "optimizer.clip=", "optimizer.warm-up=0", "training.replay=" + replay);
                try (Trainer trainer = Trainer.start(wild, folder.resolve("wild" + replay), device)) {
                    words.add(
                            assertThrows(NotFiniteException.class, trainer::run).getMessage());
                }
                assertEquals(0, device.live().buffers().get());
            }
        }
        assertEquals(words.get(0), words.get(1));
    }

    @Test
    void aStepOfAnotherShapeDoesNotFit() {
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F32, new float[6], 3, 2);
            Tensor labels = Tensor.of(device, new int[3], 3);
            try (RecordedStep step =
                    new RecordedStep(device, List.of(x, labels), () -> List.of(Ops.sum(Ops.square(x))))) {
                assertTrue(step.fits(List.of(Tensor.of(device, DType.F32, new float[6], 3, 2), labels)));
                assertFalse(step.fits(List.of(Tensor.of(device, DType.F32, new float[6], 2, 3), labels)));
                assertFalse(step.fits(List.of(Tensor.of(device, DType.F64, new float[6], 3, 2), labels)));
                assertFalse(step.fits(List.of(x)));
                assertFalse(step.fits(List.of()));
            }
            String message = assertThrows(
                            IllegalStateException.class,
                            () -> new RecordedStep(device, List.of(x, Ops.reshape(x, 6)), List::of))
                    .getMessage();
            assertTrue(message.startsWith("recorded step: got inputs that share a buffer"), message);
            assertEquals(0, device.live().plans().get());
        }
    }

    @Test
    void recipesSayWhetherStepsAreReplayed() {
        assertTrue(TinyRecipe.meanFlow().training().replay());
        Map<String, Object> map = TinyRecipe.meanFlow("training.replay=false").toMap();
        assertFalse(Recipe.from(map).training().replay());
    }
}
