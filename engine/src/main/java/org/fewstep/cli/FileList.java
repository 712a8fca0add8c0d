package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files that a command wrote, with their sizes. */
final class FileList {
    private FileList() {}

    static void show(Screen screen, List<Path> files) {
        screen.line("wrote");
        int width = files.stream().mapToInt(f -> f.toString().length()).max().orElse(0);
        for (Path file : files) {
            try {
                screen.line("  %-" + Math.max(1, width) + "s  %s", file, Text.bytes(Files.size(file)));
            } catch (IOException e) {
                throw new UncheckedIOException("look at " + file, e);
            }
        }
    }
}
