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
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second stage of a truncated consistency model, which goes on from the first. */
class TruncatedStageTest {
    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        device.close();
    }

    private Path run(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            trainer.run();
        }
        return path.resolve(Checkpoint.FILE);
    }

    private Path first(String method, String... overrides) {
        return run(method + String.join(" ", overrides), Recipe.from(TinyRecipe.map(method), List.of(overrides)));
    }

    private static Recipe second(String teacher, String... overrides) {
        Map<String, Object> map = TinyRecipe.map("tcm");
        List<String> all = new ArrayList<>(List.of("teacher=" + teacher, "training.steps=23"));
        all.addAll(Arrays.asList(overrides));
        return Recipe.from(map, all);
    }

    @Test
    void theSecondStageGoesOnFromTheFirstAndResumesWithoutItsFile() throws IOException {
        Path stageOne = first("ect", "training.steps=5");
        Recipe recipe = second(stageOne.toString());
        assertTrue(recipe.startsFromTeacher());
        Path whole = run("whole", recipe);
        Path broken = folder.resolve("broken");
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() == 13) {
                    trainer.stop();
                }
            }
        };
        try (Trainer trainer = Trainer.start(recipe, broken, device, stop)) {
            trainer.run();
        }
        Files.delete(stageOne);
        try (Trainer trainer = Trainer.resume(broken, device)) {
            assertEquals(13, trainer.step());
            trainer.run();
        }
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(broken.resolve(Checkpoint.FILE)));
        try (Generator generator = Generator.load(whole, device)) {
            assertEquals(6, generator.sample(3, 2, 0).length);
        }
    }

    @Test
    void theLeastLevelIsThatOfTheFirstStage() {
        Path stageOne = first("ict", "training.steps=2");
        assertTrue(Files.exists(run("second", second(stageOne.toString(), "method.sigma-min=0.002"))));
        assertTrue(refusedToStart(second(stageOne.toString())).contains("sigma min 0.002"));
    }

    private String refusedToStart(Recipe recipe) {
        Path path = folder.resolve("refused");
        SettingsException e = assertThrows(SettingsException.class, () -> Trainer.start(recipe, path, device));
        assertEquals("teacher", e.path());
        assertFalse(Trainer.holdsRun(path));
        return e.getMessage();
    }

    @Test
    void firstStagesThatAreNoneAreRefusedBeforeTheRun() {
        assertTrue(refusedToStart(second(folder.resolve("none").toString())).contains("no file"));
        assertTrue(refusedToStart(second(first("edm", "training.steps=1").toString()))
                .contains("a denoiser"));
        assertTrue(refusedToStart(second(first("sct", "training.steps=1").toString()))
                .contains("TrigFlow"));
        assertTrue(
                refusedToStart(second(first("flow-matching", "training.steps=1").toString()))
                        .contains("path linear"));
    }

    private static String refused(String... overrides) {
        return assertThrows(SettingsException.class, () -> second("some", overrides))
                .path();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertEquals("teacher", refused("teacher="));
        assertEquals("teacher", refused("teacher=exact"));
        assertEquals("method.transition", refused("method.transition=80"));
        assertEquals("method.transition", refused("method.transition=0"));
        assertEquals("method.boundary-share", refused("method.boundary-share=1"));
        assertEquals("method.boundary-weight", refused("method.boundary-weight=0"));
        assertEquals("method.ratio", refused("method.ratio=1"));
        assertEquals("method.time-df", refused("method.time-df=0"));
        Recipe recipe = second("some");
        assertEquals(recipe, Recipe.from(recipe.toMap()));
    }
}
