package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.kernels.DeviceException;

/**
 * The only way to a class of JOCL or JCuda for the first time.
 *
 * <p>Both unpack their native library to a fixed name in {@code java.io.tmpdir} and load what lies there: a file that
 * somebody else put there runs, and processes that start together break each other's copy. Here each load has a private
 * directory, made by this process and readable by its user alone, and removed afterwards.
 */
final class NativeLoader {
    private static final String TMPDIR = "java.io.tmpdir";

    private NativeLoader() {}

    /**
     * Runs what touches the classes for the first time, with {@code java.io.tmpdir} pointing at a private directory.
     *
     * @throws DeviceException when no private directory can be made
     */
    static synchronized void load(Runnable firstTouch) {
        String shared = System.getProperty(TMPDIR);
        Path folder;
        try {
            folder = privateDirectory();
        } catch (IOException e) {
            throw new DeviceException(
                    "native libraries: got no private directory in " + shared + "; expected a place where this user may"
                            + " write; set -Djava.io.tmpdir",
                    e);
        }
        try {
            System.setProperty(TMPDIR, folder.toString());
            firstTouch.run();
        } finally {
            System.setProperty(TMPDIR, shared);
            remove(folder);
        }
    }

    private static Path privateDirectory() throws IOException {
        FileStore store = Files.getFileStore(Path.of(System.getProperty(TMPDIR)));
        return store.supportsFileAttributeView(PosixFileAttributeView.class)
                ? Files.createTempDirectory(
                        "fewstep-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createTempDirectory("fewstep-");
    }

    /** Removes the directory; a system that cannot remove a loaded library keeps it until the process ends. */
    private static void remove(Path folder) {
        List<Path> inside;
        try (Stream<Path> walk = Files.walk(folder)) {
            inside = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
            return;
        }
        for (Path path : inside) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                path.toFile().deleteOnExit();
            }
        }
    }
}
