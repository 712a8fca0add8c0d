package org.fewstep.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.EngineTest;
import org.fewstep.data.Dataset;
import org.fewstep.sample.Generator;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedStudyTest extends EngineTest {
    @TempDir
    Path folder;

    private Recipe recipe(String method, int steps, Path teacher) {
        Map<String, Object> map = new HashMap<>(Map.of(
                "name",
                method,
                "data",
                Map.of("kind", "eight-gaussians", "radius", 0.7, "std", 0.07),
                "method",
                Map.of("kind", method),
                "network",
                Map.of(
                        "kind",
                        "mlp",
                        "width",
                        32,
                        "depth",
                        2,
                        "encoding",
                        "sinusoidal",
                        "time-width",
                        8,
                        "max-frequency",
                        2),
                "training",
                Map.of("steps", steps, "batch", 64)));
        if (teacher != null) {
            map.put("teacher", teacher.toString());
        }
        return Recipe.from(map);
    }

    private Path trained(Recipe recipe) {
        Path run = folder.resolve(recipe.name());
        try (Trainer trainer = Trainer.start(recipe, run, device)) {
            trainer.run();
        }
        return run.resolve(Checkpoint.FILE);
    }

    @Test
    void networksAreComparedAtEqualEvaluations() {
        Recipe edm = recipe("edm", 300, null);
        Path teacher = trained(edm);
        Path student = trained(recipe("consistency-distillation", 20, teacher));
        Dataset data = edm.data().test();
        try (Generator denoiser = Generator.load(teacher, device);
                Generator map = Generator.load(student, device)) {
            TrainedStudy.Judge judge = new TrainedStudy.Points(denoiser);
            long[] seeds = {0, 1};
            Findings found = new TrainedStudy(denoiser, map, data, judge, seeds, 400).run(row -> {});
            List<Findings.Row> rows = found.rows();
            assertEquals(3 * 13, rows.size());
            assertEquals(3 * 8, found.comparisons().size());
            // A denoiser's one step gives the mean of the data, its many steps the data.
            assertEquals("ODE", rows.get(0).method());
            assertEquals(35, rows.get(4).evaluations());
            double once = rows.get(0).distance().mean();
            double often = rows.get(4).distance().mean();
            assertTrue(often < 0.6 * once, often + " and " + once);
            assertTrue(found.floor().mean() < often, found.floor() + " and " + often);
            assertThrows(
                    IllegalArgumentException.class, () -> new TrainedStudy(map, denoiser, data, judge, seeds, 400));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new TrainedStudy(denoiser, map, data, judge, new long[] {0}, 400));
            assertThrows(IllegalArgumentException.class, () -> new TrainedStudy(denoiser, map, data, judge, seeds, 99));
        }
    }
}
