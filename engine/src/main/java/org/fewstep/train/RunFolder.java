package org.fewstep.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The folder of one run, held by one writer at a time: a lock on {@code run.lock} that dies with its process. */
public final class RunFolder implements AutoCloseable {
    /** Name of the locked file, which stays. */
    public static final String LOCK = "run.lock";

    private final Path path;
    private final FileChannel channel;

    private RunFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Takes the folder for writing.
     *
     * @throws IllegalArgumentException when it is missing
     * @throws IllegalStateException when another trainer, of this process or another, holds it
     */
    public static RunFolder lock(Path path) {
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException("run folder: got " + path + "; expected an existing folder");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                throw new IllegalStateException("run folder: got " + path
                        + ", which another trainer is writing; expected a free one; wait for it or choose another");
            }
            RunFolder folder = new RunFolder(path, channel);
            channel = null;
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("lock " + path, e);
        } finally {
            closeQuietly(channel);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** A file of the run. */
    public Path file(String name) {
        return path.resolve(name);
    }

    /** Where the run lies. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("unlock a run folder", e);
            }
        }
    }
}
