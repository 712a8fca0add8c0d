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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fewstep.io.MetricsLog;
import org.fewstep.io.SafeTensors;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.metric.EnergyDistance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    /** Asks for a stop after a step. */
    private record StopAfter(long step) implements Callback {
        @Override
        public void onStep(Trainer trainer, StepReport report) {
            if (report.step() == step) {
                trainer.stop();
            }
        }
    }

    private Path run(String name, Recipe recipe, Callback... callbacks) {
        Path path = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, path, device, callbacks)) {
            trainer.run();
        }
        return path;
    }

    private static void assertSameRun(Path expected, Path actual) throws IOException {
        for (String file : List.of(Checkpoint.FILE, MetricsLog.JSONL, MetricsLog.CSV)) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(actual.resolve(file)), file);
        }
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        for (Recipe recipe : List.of(
                TinyRecipe.meanFlow(),
                TinyRecipe.flowMatching("optimizer.kind=radam", "training.dtype=f64", "training.ema-warm-up=false"),
                Recipe.from(TinyRecipe.glyphs("flow-matching")),
                TinyRecipe.interpolant("method.learn=b,s,eta"),
                TinyRecipe.interpolant("method.pairs=optimal-transport", "training.dtype=f64"),
                Recipe.from(TinyRecipe.glyphs("mean-flow"), List.of("training.ema=", "method.kappa=0.5")))) {
            Path whole = run("whole" + recipe.hashCode(), recipe);
            Path pieces = run("pieces" + recipe.hashCode(), recipe, new StopAfter(1));
            for (long stop : new long[] {2, 9, 14, 31}) {
                try (Trainer trainer = Trainer.resume(pieces, device, new StopAfter(stop))) {
                    trainer.run();
                    assertEquals(stop, trainer.step());
                }
            }
            try (Trainer trainer = Trainer.resume(pieces, device)) {
                trainer.run();
            }
            assertSameRun(whole, pieces);
        }
    }

    @Test
    void aFinishedRunResumesToNothing() throws IOException {
        Path path = run("run", TinyRecipe.meanFlow());
        byte[] before = Files.readAllBytes(path.resolve(Checkpoint.FILE));
        try (Trainer trainer = Trainer.resume(path, device)) {
            trainer.run();
            assertEquals(40, trainer.step());
        }
        assertArrayEquals(before, Files.readAllBytes(path.resolve(Checkpoint.FILE)));
    }

    @Test
    void stepsBeyondTheCheckpointAreDoneAgain() throws IOException {
        Path whole = run("whole", TinyRecipe.meanFlow());
        Path broken = folder.resolve("broken");
        Callback crash = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 25) {
                    throw new IllegalStateException("crash");
                }
            }
        };
        try (Trainer trainer = Trainer.start(TinyRecipe.meanFlow(), broken, device, crash)) {
            assertThrows(IllegalStateException.class, trainer::run);
        }
        assertEquals(21, Checkpoint.of(broken.resolve(Checkpoint.FILE)).step());
        try (Trainer trainer = Trainer.resume(broken, device)) {
            trainer.run();
        }
        assertSameRun(whole, broken);
    }

    @Test
    void seedsMakeTheDifference() throws IOException {
        byte[] one = Files.readAllBytes(run("a", TinyRecipe.meanFlow()).resolve(Checkpoint.FILE));
        byte[] same = Files.readAllBytes(run("b", TinyRecipe.meanFlow()).resolve(Checkpoint.FILE));
        Path other = run("c", TinyRecipe.meanFlow("training.seed=1"));
        assertArrayEquals(one, same);
        String metrics = Files.readString(other.resolve(MetricsLog.JSONL));
        assertFalse(metrics.equals(Files.readString(folder.resolve("a").resolve(MetricsLog.JSONL))));
    }

    @Test
    void trainingLowersTheLoss() {
        List<Double> losses = new ArrayList<>();
        Callback collect = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                losses.add(report.loss());
            }
        };
        run("run", TinyRecipe.flowMatching("training.steps=400", "training.batch=64", "optimizer.lr=0.01"), collect);
        double early =
                losses.subList(0, 20).stream().mapToDouble(d -> d).average().orElseThrow();
        double late =
                losses.subList(380, 400).stream().mapToDouble(d -> d).average().orElseThrow();
        assertTrue(late < 0.75 * early, early + " to " + late);
    }

    @Test
    void callbacksAreToldInOrder() {
        List<String> told = new ArrayList<>();
        Callback record = new Callback() {
            @Override
            public void onStart(Trainer trainer) {
                told.add("start " + trainer.step());
            }

            @Override
            public void onStep(Trainer trainer, StepReport report) {
                told.add("step " + report.step() + " of " + report.steps());
            }

            @Override
            public void onCheckpoint(Trainer trainer, Path file) {
                told.add("checkpoint " + Checkpoint.of(file).step());
            }

            @Override
            public void onEnd(Trainer trainer) {
                told.add("end " + trainer.isStopping());
            }
        };
        run("run", TinyRecipe.meanFlow("training.steps=3", "training.checkpoint-every=2"), record);
        assertEquals(
                List.of(
                        "start 0",
                        "step 1 of 3",
                        "step 2 of 3",
                        "checkpoint 2",
                        "step 3 of 3",
                        "checkpoint 3",
                        "end false"),
                told);
    }

    @Test
    void metricsHoldTheStepsAskedFor() throws IOException {
        Path path = run("run", TinyRecipe.meanFlow("training.steps=7"));
        List<String> lines = Files.readAllLines(path.resolve(MetricsLog.CSV));
        assertEquals("step,grad-norm,loss,lr,objective", lines.get(0));
        assertEquals(
                List.of("3", "6", "7"),
                lines.stream().skip(1).map(l -> l.substring(0, l.indexOf(','))).toList());
        assertEquals(0.001 * 3 / 5, Double.parseDouble(lines.get(1).split(",")[3]), 1e-18);
    }

    @Test
    void evaluationsAreRowsOfTheMetrics() throws IOException {
        Evaluation evaluation = new Evaluation(
                20, 32, new int[] {1, 2}, Map.of("energy", (made, data) -> EnergyDistance.of(made, data, 2)));
        Path path = run("run", TinyRecipe.meanFlow(), evaluation);
        List<String> rows = Files.readAllLines(path.resolve(MetricsLog.JSONL));
        assertEquals(
                2,
                rows.stream()
                        .filter(r -> r.contains("energy-1") && r.contains("energy-2"))
                        .count());
        Path again = run("again", TinyRecipe.meanFlow(), evaluation, new StopAfter(25));
        try (Trainer trainer = Trainer.resume(again, device, evaluation)) {
            trainer.run();
        }
        assertSameRun(path, again);
    }

    @Test
    void aRunFolderHasOneWriter() {
        Path path = folder.resolve("run");
        try (Trainer first = Trainer.start(TinyRecipe.meanFlow(), path, device)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> Trainer.resume(path, device));
            assertTrue(e.getMessage().contains("another trainer"), e.getMessage());
            first.run();
        }
        Trainer.resume(path, device).close();
    }

    @Test
    void aRunIsNotStartedOverAnother() throws IOException {
        Path path = run("run", TinyRecipe.meanFlow());
        byte[] before = Files.readAllBytes(path.resolve(Checkpoint.FILE));
        assertThrows(IllegalArgumentException.class, () -> Trainer.start(TinyRecipe.meanFlow(), path, device));
        assertArrayEquals(before, Files.readAllBytes(path.resolve(Checkpoint.FILE)));
        assertThrows(IllegalArgumentException.class, () -> Trainer.resume(folder.resolve("none"), device));
        Trainer.resume(path, device).close();
    }

    @Test
    void twoTrainersAtOnceDoNotDisturbEachOther() throws Exception {
        Path a = run("a", TinyRecipe.meanFlow());
        Path b = run("b", TinyRecipe.flowMatching("training.seed=9"));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Path> first = threads.submit(() -> run("a2", TinyRecipe.meanFlow()));
            Future<Path> second = threads.submit(() -> run("b2", TinyRecipe.flowMatching("training.seed=9")));
            assertSameRun(a, first.get());
            assertSameRun(b, second.get());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTheRunAndKeepsTheCheckpoint() throws IOException {
        Recipe recipe = TinyRecipe.flowMatching(
                "optimizer.lr=1e15", "optimizer.warm-up=0", "optimizer.clip=", "training.checkpoint-every=1");
        Path path = folder.resolve("run");
        NotFiniteException e;
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            e = assertThrows(NotFiniteException.class, trainer::run);
            assertEquals(e.step() - 1, trainer.step());
        }
        assertTrue(e.getMessage().contains("step " + e.step()), e.getMessage());
        assertTrue(e.tensor().startsWith("the ") || e.tensor().startsWith("parameter "), e.tensor());
        assertFalse(e.op().isEmpty(), e.getMessage());
        byte[] kept = Files.readAllBytes(path.resolve(Checkpoint.FILE));
        assertEquals(e.step() - 1, Checkpoint.of(path.resolve(Checkpoint.FILE)).step());
        try (Trainer again = Trainer.resume(path, device)) {
            NotFiniteException same = assertThrows(NotFiniteException.class, again::run);
            assertEquals(e.getMessage(), same.getMessage());
        }
        assertArrayEquals(kept, Files.readAllBytes(path.resolve(Checkpoint.FILE)));
    }

    @Test
    void anUpdateThatBreaksAParameterIsNotSaved() {
        Recipe recipe =
                TinyRecipe.flowMatching("optimizer.lr=1e300", "optimizer.warm-up=0", "training.checkpoint-every=1");
        Path path = folder.resolve("run");
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            NotFiniteException e = assertThrows(NotFiniteException.class, trainer::run);
            assertTrue(e.tensor().startsWith("parameter mlp."), e.tensor());
        }
        assertEquals(0, Checkpoint.of(path.resolve(Checkpoint.FILE)).step());
    }

    @Test
    void gradientsWhoseNormOverflowsStopTheRun() {
        Path path = folder.resolve("run");
        try (Trainer trainer = Trainer.start(TinyRecipe.flowMatching("data.radius=3e18"), path, device)) {
            NotFiniteException e = assertThrows(NotFiniteException.class, trainer::run);
            assertEquals(1, e.step());
            assertEquals("the norm of the gradients", e.tensor());
            assertEquals("", e.op());
        }
    }

    private static double[] weights(Path file, String role) {
        try (SafeTensors.Reader reader = SafeTensors.open(file)) {
            return reader.readDoubles(role + "/mlp.layers.1.W");
        }
    }

    @Test
    void theFirstUpdateIsNumberOne() {
        List<double[]> students = new ArrayList<>();
        List<double[]> averages = new ArrayList<>();
        Callback read = new Callback() {
            @Override
            public void onStart(Trainer trainer) {
                students.add(weights(trainer.folder().resolve(Checkpoint.FILE), "student"));
            }

            @Override
            public void onCheckpoint(Trainer trainer, Path file) {
                students.add(weights(file, "student"));
                averages.add(weights(file, "ema.0.9"));
            }
        };
        run(
                "run",
                TinyRecipe.flowMatching(
                        "training.dtype=f64",
                        "training.steps=2",
                        "training.checkpoint-every=1",
                        "optimizer.schedule=constant",
                        "optimizer.warm-up=0",
                        "optimizer.weight-decay=0",
                        "optimizer.eps=1e-12"),
                read);
        double[] average = students.get(0).clone();
        for (int n = 0; n < 2; n++) {
            // Adam's first step has length lr in every coordinate, whatever the gradient.
            double decay = (1.0 + n) / (10.0 + n);
            for (int i = 0; i < average.length; i++) {
                if (n == 0) {
                    assertEquals(1e-3, Math.abs(students.get(1)[i] - students.get(0)[i]), 1e-7);
                }
                average[i] = decay * average[i] + (1 - decay) * students.get(n + 1)[i];
                assertEquals(average[i], averages.get(n)[i], 1e-15);
            }
        }
    }
}
