package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fewstep.io.MetricsLog;
import org.fewstep.kernels.Device;

/** Runs in folders below one, whole or in pieces. */
record TinyRuns(Path folder, Device device) {
    private static final int PIECE = 11;

    /** A run from its first step to its last. */
    Path whole(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        try (Trainer trainer = Trainer.start(recipe, path, device)) {
            trainer.run();
        }
        return path;
    }

    /** The checkpoint of a {@link #whole} run. */
    Path checkpoint(String name, Recipe recipe) {
        return whole(name, recipe).resolve(Checkpoint.FILE);
    }

    /** Trains in pieces, each from the checkpoint of the one before. */
    Path pieces(String name, Recipe recipe) {
        Path path = folder.resolve(name);
        Callback stop = new Callback() {
            @Override
            public void onStep(Trainer trainer, StepReport report) {
                if (report.step() % PIECE == 0) {
                    trainer.stop();
                }
            }
        };
        Trainer.start(recipe, path, device, stop).close();
        long reached = 0;
        while (reached < recipe.training().steps()) {
            try (Trainer trainer = Trainer.resume(path, device, stop)) {
                trainer.run();
                reached = trainer.step();
            }
        }
        return path;
    }

    /** Demands that two runs left the same bytes. */
    static void assertSame(Path expected, Path actual) throws IOException {
        for (String file : List.of(Checkpoint.FILE, MetricsLog.JSONL)) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(actual.resolve(file)), file);
        }
    }
}
