package consumer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;

/** An application that embeds the engine. It ends with an exception, and so with another exit code than 0, on failure. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Path run = Path.of(args[0], "run");
        train(run);
        embed(run.resolve(Checkpoint.FILE));
        mustBeAbsent("picocli.CommandLine");
        mustBeAbsent("org.snakeyaml.engine.v2.api.Load");
        mustBeAbsent("org.knowm.xchart.XYChart");
    }

    private static void train(Path run) {
        Map<String, Object> recipe = Map.of(
                "name", "consumer",
                "data", Map.of("kind", "glyphs", "classes", 3, "size", 8),
                "method", Map.of("kind", "mean-flow"),
                "network", Map.of("kind", "residual-mlp", "width", 16, "depth", 1),
                "training", Map.of("batch", 16, "steps", 20, "ema", List.of(0.9)));
        try (Trainer trainer = Trainer.start(Recipe.from(recipe), run, Devices.best())) {
            trainer.run();
        }
    }

    private static void embed(Path file) {
        try (Generator generator = Generator.load(file, Devices.best())) {
            generator.warmUp();
            int label = 2; // a class, or Generator.NO_LABEL
            float[] images = generator.sample(16, 1, 42, label); // 16 samples, 1 step, seed 42
            int[] shape = generator.shape(); // (C, H, W), values about -1..1
            require(images.length == 16 * shape[0] * shape[1] * shape[2], "sixteen images");
            for (float pixel : images) {
                require(Float.isFinite(pixel), "finite pixels");
            }
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("expected " + what);
        }
    }

    /** The libraries of the command line are optional; an application does not inherit them. */
    private static void mustBeAbsent(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException expected) {
            return;
        }
        throw new IllegalStateException(
                "got " + name + " on the class path; expected the engine without its command line");
    }
}
