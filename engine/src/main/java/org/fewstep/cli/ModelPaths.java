package org.fewstep.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fewstep.io.BadFileException;

/** Checks of paths that name a trained model. */
final class ModelPaths {
    private ModelPaths() {}

    /**
     * Refuses what is no file.
     *
     * @throws BadFileException when it is missing or a folder
     */
    static void requireFile(String command, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadFileException(
                    file.toString(),
                    BadFileException.NO_OFFSET,
                    Files.exists(file) ? "a folder" : "no such file",
                    "a checkpoint or an export",
                    Files.isDirectory(file) ? "name the .safetensors file in it" : "is the path right?");
        }
    }

    /** The folder that a file lies in. */
    static Path folderOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }
}
