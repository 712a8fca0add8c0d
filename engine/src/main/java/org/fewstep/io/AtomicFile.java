package org.fewstep.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts a file in place in one step: readers see the old content or the new, never a part.
 *
 * <p>The bytes go to a hidden file in the same folder ({@code .NAME.PID-N.part}), are forced to the disk, and the file
 * is renamed over the target; then the folder is forced. A failure removes the hidden file. What a killed process left
 * is removed by the next write to the same target.
 */
public final class AtomicFile {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Set<String> IN_PROGRESS = ConcurrentHashMap.newKeySet();
    private static final String SUFFIX = ".part";

    /** Writes the content of a file to its channel, from position 0. */
    @FunctionalInterface
    public interface Body {
        void write(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /** Replaces {@code target} by the given bytes; errors as in {@link #write(Path, Body)}. */
    public static void write(Path target, byte[] bytes) {
        write(target, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
    }

    /**
     * Replaces {@code target} by what {@code body} writes.
     *
     * @throws IllegalArgumentException if the folder is missing or the target is a folder
     * @throws UncheckedIOException if writing fails; the target is then as it was
     */
    public static void write(Path target, Body body) {
        Path full = target.toAbsolutePath();
        Path folder = full.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "write " + target + ": got a missing folder; expected an existing one; create it first");
        }
        if (Files.isDirectory(full)) {
            throw new IllegalArgumentException("write " + target + ": got a folder; expected a file name; add one");
        }
        String stem = "." + full.getFileName() + ".";
        removeLeftovers(folder, stem);
        long pid = ProcessHandle.current().pid();
        String partName = stem + pid + "-" + COUNTER.incrementAndGet() + SUFFIX;
        Path part = folder.resolve(partName);
        IN_PROGRESS.add(partName);
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS)) {
                body.write(channel);
                channel.force(true);
            }
            Files.move(part, full, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("write " + target + ": " + e.getMessage(), e);
        } finally {
            deleteQuietly(part);
            IN_PROGRESS.remove(partName);
        }
    }

    /** Writes all remaining bytes; a channel may take fewer in one call. */
    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Makes a rename durable; only POSIX systems let a folder be opened, and only they need it. */
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void removeLeftovers(Path folder, String stem) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> isLeftover(file, stem))) {
            for (Path file : files) {
                deleteQuietly(file);
            }
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException("list " + folder, e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException("list " + folder, e);
        }
    }

    /** A part file of this target whose writer is gone: a dead process, or this one (a reused pid) not writing it. */
    private static boolean isLeftover(Path file, String stem) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(stem) || !name.endsWith(SUFFIX) || name.length() < stem.length() + SUFFIX.length()) {
            return false;
        }
        String middle = name.substring(stem.length(), name.length() - SUFFIX.length());
        if (!middle.matches("[0-9]{1,18}-[0-9]{1,18}")) {
            return false;
        }
        long pid = Long.parseLong(middle.substring(0, middle.indexOf('-')));
        if (pid == ProcessHandle.current().pid()) {
            return !IN_PROGRESS.contains(name);
        }
        return ProcessHandle.of(pid).isEmpty();
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The failure that brought us here matters more, and the next write to the target tries again.
            System.getLogger(AtomicFile.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", file, e.getMessage());
        }
    }
}
