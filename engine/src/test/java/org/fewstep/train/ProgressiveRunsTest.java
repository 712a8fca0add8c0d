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
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.SolverChoice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of several rounds, whose student becomes the teacher between them. */
class ProgressiveRunsTest {
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

    /** Rounds of 4, 2 and 1 steps, which begin at 0, 11 and 33 of 55: where pieces are broken off, too. */
    private static Recipe recipe(String... overrides) {
        Map<String, Object> map = TinyRecipe.map("progressive-distillation");
        map.put("teacher", "exact");
        List<String> all = new ArrayList<>(List.of("method.first-steps=4", "training.steps=55"));
        all.addAll(List.of(overrides));
        return Recipe.from(map, all);
    }

    @Test
    void roundsPartTheRun() {
        MethodSettings method = recipe().method();
        assertEquals(new Round(0, 0, 11), method.round(0, 55));
        assertEquals(new Round(0, 0, 11), method.round(10, 55));
        assertEquals(new Round(1, 11, 22), method.round(11, 55));
        assertEquals(new Round(1, 11, 22), method.round(32, 55));
        assertEquals(new Round(2, 33, 22), method.round(33, 55));
        assertEquals(new Round(2, 33, 22), method.round(55, 55), "the end is no round of its own");
        assertEquals(new Round(2, 33, 24), method.round(40, 57), "the last round has the rest");
        MethodSettings four =
                recipe("method.first-steps=16", "method.last-steps=4").method();
        assertEquals(new Round(0, 0, 18), four.round(17, 55));
        assertEquals(new Round(2, 36, 19), four.round(54, 55));
        MethodSettings two =
                recipe("method.first-steps=4", "method.last-steps=2").method();
        assertEquals(new Round(1, 18, 37), two.round(18, 55));
        MethodSettings one =
                recipe("method.first-steps=2", "method.last-steps=2").method();
        assertEquals(new Round(0, 0, 55), one.round(54, 55));
        assertEquals(new Round(0, 0, 40), TinyRecipe.level("edm").method().round(40, 40));
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        Path teacher = runs().checkpoint("teacher", TinyRecipe.level("edm", "training.steps=3"));
        for (Recipe recipe : List.of(
                recipe(),
                recipe("teacher=" + teacher),
                recipe("teacher=" + teacher, "init=fresh", "network.width=24"),
                recipe("method.form=trigflow", "method.weight=v", "optimizer.kind=radam"),
                recipe("method.form=trigflow", "teacher=" + teacher, "init=fresh", "training.steps=40"))) {
            String name = Integer.toString(recipe.hashCode());
            TinyRuns.assertSame(runs().whole(name, recipe), runs().pieces(name + " pieces", recipe));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
        }
    }

    @Test
    void replayedStepsHaveTheBitsOfStepsRunAnew() throws IOException {
        Path replayed = runs().whole("replayed", recipe());
        Path anew = runs().whole("anew", recipe("training.replay=false"));
        assertArrayEquals(
                Files.readAllBytes(replayed.resolve(MetricsLog.JSONL)),
                Files.readAllBytes(anew.resolve(MetricsLog.JSONL)));
    }

    /** Stops after the first round, before a step of the second. */
    private Path firstRound(Recipe recipe) {
        Path path = folder.resolve("first round");
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 11) {
                    trainer.stop();
                }
            }
        };
        try (Trainer trainer = Trainer.start(recipe, path, device, stop)) {
            trainer.run();
        }
        return path.resolve(Checkpoint.FILE);
    }

    @Test
    void theStudentBecomesTheTeacherAndTheRestStartsAnew() {
        try (SafeTensors.Reader file = SafeTensors.open(firstRound(recipe()))) {
            int seen = 0;
            for (String name : file.names()) {
                String parameter = name.substring(name.indexOf('/'));
                if (name.startsWith("optim.")) {
                    assertArrayEquals(new float[(int) file.info(name).elements()], file.readFloats(name), name);
                } else {
                    assertArrayEquals(file.readBytes(ModelFile.STUDENT + parameter), file.readBytes(name), name);
                }
                seen += name.startsWith(ModelFile.TEACHER + "/") ? 1 : 0;
            }
            assertTrue(seen > 0, "the teacher is in the file");
        }
    }

    @Test
    void theLearningRateStartsAnewInEachRound() throws IOException {
        Recipe recipe =
                recipe("optimizer.schedule=linear", "optimizer.fall=1", "optimizer.warm-up=0", "training.log-every=1");
        List<String> lines = Files.readAllLines(runs().whole("run", recipe).resolve(MetricsLog.JSONL));
        double lr = recipe.optimizer().lr();
        for (int first : new int[] {0, 11, 33}) {
            assertTrue(lines.get(first).contains("\"lr\":" + lr), lines.get(first));
        }
        assertFalse(lines.get(10).contains("\"lr\":" + lr), lines.get(10));
    }

    @Test
    void theStudentTakesStepsOfItsOwn() {
        for (String form : List.of("sigma", "trigflow")) {
            Path student = runs().checkpoint(form, recipe("method.form=" + form));
            try (Generator generator = Generator.load(student, device)) {
                GeneratorOptions own = GeneratorOptions.DEFAULT;
                assertEquals(4, generator.evaluations(4, own));
                assertEquals(8, generator.sample(4, 4, 0).length);
                double[] times = generator.times(2, own);
                double noisiest = form.equals("sigma") ? 80 : Math.atan(160);
                double cleanest = form.equals("sigma") ? 0.002 : Math.atan(0.004);
                double middle = form.equals("sigma")
                        ? Math.pow((Math.pow(80, 1 / 7.0) + Math.pow(0.002, 1 / 7.0)) / 2, 7)
                        : (noisiest + cleanest) / 2;
                assertArrayEquals(new double[] {noisiest, middle, 0}, times, 1e-9);
                assertThrows(
                        IllegalArgumentException.class,
                        () -> generator.sample(
                                0, 2, 0, new int[] {Generator.NO_LABEL}, own.withSolver(SolverChoice.HEUN)));
            }
        }
    }

    private static String refusedPath(String... overrides) {
        return assertThrows(SettingsException.class, () -> recipe(overrides)).path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("method.first-steps", refusedPath("method.first-steps=1"));
        assertEquals("method.first-steps", refusedPath("method.first-steps=6"));
        assertEquals("method.last-steps", refusedPath("method.last-steps=8"));
        assertEquals("method.last-steps", refusedPath("method.last-steps=3", "method.first-steps=8"));
        assertEquals("training.steps", refusedPath("training.steps=4"));
        assertEquals("teacher", refusedPath("teacher="));
        assertEquals("method.form", refusedPath("method.form=trigflow", "teacher=some"));
        assertEquals("sample.solver", refusedPath("sample.solver=heun"));
        assertEquals("sample.guidance", refusedPath("sample.guidance=2"));
        assertEquals("method.weight", refusedPath("method.weight=none"));
    }
}
