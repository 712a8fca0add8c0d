package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fewstep.io.MetricsLog;
import org.fewstep.train.Checkpoint;

/** The files of a training run, by name. */
final class RunFiles {
    private RunFiles() {}

    /** Removes a run from its folder, and nothing else. */
    static void remove(Path folder) {
        for (String name : List.of(Checkpoint.FILE, MetricsLog.JSONL, MetricsLog.CSV)) {
            try {
                Files.deleteIfExists(folder.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException("remove the earlier run in " + folder, e);
            }
        }
    }
}
