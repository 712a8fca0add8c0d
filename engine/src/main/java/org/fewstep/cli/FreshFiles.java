package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a command makes in a folder before its run begins, so that a run that cannot begin leaves nothing behind. */
final class FreshFiles {
    private final Path folder;
    private final Set<Path> before;
    private final List<Path> missing = new ArrayList<>();

    /** Notes what is there now: the folder's files, or which folders on the way to it are missing. */
    FreshFiles(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
        this.before = list();
        for (Path at = this.folder; at != null && !Files.exists(at); at = at.getParent()) {
            missing.add(at);
        }
    }

    /** Removes the files that were not there, and the folders that were not there if nothing else is in them. */
    void remove() {
        try {
            for (Path file : list()) {
                if (!before.contains(file) && Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            }
            for (Path made : missing) {
                if (Files.isDirectory(made) && isEmpty(made)) {
                    Files.delete(made);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("clean up " + folder, e);
        }
    }

    private Set<Path> list() {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new HashSet<>(files.toList());
        } catch (IOException e) {
            throw new UncheckedIOException("list " + folder, e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }
}
