package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of multistep consistency models, with a teacher and without. */
class MultistepConsistencyTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private static Recipe recipe(String... overrides) {
        Map<String, Object> map = TinyRecipe.map("multistep-consistency");
        map.put("teacher", "exact");
        return Recipe.from(map, List.of(overrides));
    }

    private static Recipe alone(String... overrides) {
        List<String> all = new ArrayList<>(List.of("method.distil=false", "teacher="));
        all.addAll(List.of(overrides));
        return recipe(all.toArray(String[]::new));
    }

    @Test
    void aRunInPiecesLeavesTheBytesOfAnUnbrokenOne() throws IOException {
        TinyRuns runs = new TinyRuns(folder, device);
        Path teacher = runs.checkpoint("teacher", TinyRecipe.level("edm", "training.steps=3"));
        for (Recipe recipe : List.of(recipe(), recipe("teacher=" + teacher, "init=fresh"), alone())) {
            String name = Integer.toString(recipe.hashCode());
            Path whole = runs.whole(name, recipe);
            TinyRuns.assertSame(whole, runs.pieces(name + " pieces", recipe));
            assertEquals(recipe, Recipe.from(recipe.toMap()));
            try (Generator generator = Generator.load(whole.resolve(Checkpoint.FILE), device)) {
                assertEquals(4, generator.evaluations(4, GeneratorOptions.DEFAULT));
                assertEquals(6, generator.sample(3, 4, 0).length);
                assertEquals(6, generator.sample(3, 1, 0).length);
            }
        }
    }

    @Test
    void theTeachersStepsGrowOverTheRun() {
        ScaleSchedule steps = new ScaleSchedule.LogLinear(64, 1280, 1000);
        assertEquals(64, steps.scales(0));
        assertEquals(Math.round(Math.sqrt(64 * 1280)), steps.scales(500));
        assertEquals(1280, steps.scales(1000));
        assertEquals(1280, steps.scales(5000));
        assertThrows(IllegalArgumentException.class, () -> new ScaleSchedule.LogLinear(2, 1, 10));
    }

    private static String refusedPath(String... overrides) {
        return assertThrows(SettingsException.class, () -> recipe(overrides)).path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("method.segments", refusedPath("method.segments=0"));
        assertEquals("method.eta", refusedPath("method.eta=1.5"));
        assertEquals("method.eta", refusedPath("method.eta=-0.1"));
        assertEquals("method.teacher-steps-first", refusedPath("method.teacher-steps-first=0"));
        assertEquals("method.teacher-steps-last", refusedPath("method.teacher-steps-last=10"));
        assertEquals("teacher", refusedPath("teacher="));
        assertEquals("teacher", refusedPath("method.distil=false"));
        assertEquals("method.form", refusedPath("teacher=some"));
        assertEquals("sample.solver", refusedPath("sample.solver=euler"));
        SettingsException e = assertThrows(
                SettingsException.class,
                () -> Trainer.start(recipe("data.kind=checkerboard"), folder.resolve("run"), device));
        assertTrue(e.getMessage().contains("mixture"), e.getMessage());
    }
}
