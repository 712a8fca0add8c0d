package org.fewstep.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whole files as byte arrays, with a bound that is checked before the array is made. */
public final class FileBytes {
    private FileBytes() {}

    /**
     * All bytes of a regular file.
     *
     * @throws BadFileException if it is missing, not a regular file, or longer than {@code limit}
     * @throws UncheckedIOException if reading fails
     */
    public static byte[] read(Path path, int limit) {
        long size = size(path);
        if (size > limit) {
            throw new BadFileException(
                    path.toString(),
                    BadFileException.NO_OFFSET,
                    size + " bytes",
                    "at most " + limit,
                    "is it the file?");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length != size || in.read() >= 0) {
                throw new BadFileException(
                        path.toString(),
                        BadFileException.NO_OFFSET,
                        "a length that changed while reading",
                        size + " bytes",
                        "is another process writing it?");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("read " + path, e);
        }
    }

    /**
     * Length in bytes of a regular file.
     *
     * @throws BadFileException if it is missing or not a regular file (a device or pipe has no length to check against)
     */
    public static long size(Path path) {
        if (!Files.isRegularFile(path)) {
            String got = Files.isDirectory(path) ? "a folder" : Files.exists(path) ? "a special file" : "no such file";
            throw new BadFileException(
                    path.toString(), BadFileException.NO_OFFSET, got, "a regular file", "check the path");
        }
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UncheckedIOException("size of " + path, e);
        }
    }
}
