package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.fewstep.EngineTest;
import org.fewstep.data.EightGaussians;
import org.fewstep.metric.EnergyDistance;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.tensor.Rng;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The built-in recipe of the one-step student, for seeds from outside: {@code -Dlearning.seeds=1,2,3}. */
@Tag("slow")
class EightGaussiansLearningTest extends EngineTest {
    private static final int SAMPLES = 2048;

    static LongStream seeds() {
        return Arrays.stream(System.getProperty("learning.seeds", "1,2,3").split(","))
                .mapToLong(Long::parseLong);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneStepStudentCoversAllModes(long seed, @TempDir Path folder) {
        RecipeText text = RecipeText.of("eight-gaussians-meanflow");
        Recipe recipe = Recipe.from(YamlFile.parse(text.yaml(), text.source()), List.of("training.seed=" + seed));
        assertTrue(recipe.training().steps() <= 5000, "at most 5000 steps");
        try (Trainer trainer = Trainer.start(recipe, folder.resolve("run"), device)) {
            trainer.run();
            EightGaussians law = new EightGaussians();
            float[] data = new float[2 * 4 * SAMPLES];
            law.sample(new Rng(seed).stream("judge"), 0, 4 * SAMPLES, data);
            float[] x = trainer.generator().sample(SAMPLES, 1, seed);
            double distance = EnergyDistance.of(x, data, 2);
            assertTrue(distance <= 0.010, "energy distance " + distance);
            assertEquals(8, ModeCoverage.of(x, 2, law.modes(), law.std()).covered());
        }
    }
}
