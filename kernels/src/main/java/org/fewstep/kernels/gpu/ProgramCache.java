package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.fewstep.kernels.DeviceException;
import org.jspecify.annotations.Nullable;

/**
 * Compiled kernel files on disk, in a directory that only this user may enter.
 *
 * <p>A file's name is the SHA-256 of source, options, device and driver, so a change of any of them is another file; its
 * first 32 bytes are the SHA-256 of the rest, so a damaged file is compiled anew. A cache that cannot be used costs
 * compilations, nothing else. System property {@code fewstep.kernel.cache}: the directory, or {@code off}; default
 * {@code fewstep/kernels} below {@code XDG_CACHE_HOME} or {@code ~/.cache}.
 */
final class ProgramCache {
    private static final int DIGEST = 32;

    private final @Nullable Path folder;

    /**
     * Uses a directory.
     *
     * @param folder where the files are, or null for no cache
     */
    ProgramCache(@Nullable Path folder) {
        this.folder = folder != null && usable(folder) ? folder : null;
    }

    /** The user's cache, as the system property says. */
    static ProgramCache ofUser() {
        String chosen = System.getProperty("fewstep.kernel.cache");
        if (chosen != null) {
            return new ProgramCache(chosen.equals("off") ? null : Path.of(chosen));
        }
        return new ProgramCache(home().resolve("kernels"));
    }

    /** Where the user's files are that can be made anew: {@code fewstep} below {@code XDG_CACHE_HOME} or {@code ~/.cache}. */
    static Path home() {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path base = caches != null && !caches.isEmpty()
                ? Path.of(caches)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("fewstep");
    }

    /** Makes the directory; true if it is one, of this user alone where the system knows such a thing. */
    private static boolean usable(Path folder) {
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Path parent = folder.toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                make(folder);
            }
            if (!posix(folder)) {
                return true;
            }
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
            boolean others =
                    mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE);
            Path home = Path.of(System.getProperty("user.home"));
            return !others && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(home));
        } catch (IOException e) {
            return false;
        }
    }

    private static void make(Path folder) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null && posix(parent)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(folder);
        }
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** The file's compiled form from the jar or the cache, or compiled now and kept. */
    Driver.Program program(Driver driver, String file, String source, List<String> options) {
        byte[] shipped = driver.shipped(source, options);
        if (shipped != null) {
            return driver.load(file, shipped, options);
        }
        Path folder = this.folder;
        if (folder == null) {
            return driver.compile(file, source, options);
        }
        Path place = folder.resolve(key(driver.facts(), source, options));
        byte[] known = read(place);
        if (known != null) {
            try {
                return driver.load(file, known, options);
            } catch (DeviceException e) {
                delete(place);
            }
        }
        Driver.Program program = driver.compile(file, source, options);
        byte[] binary;
        try {
            binary = driver.binary(program);
        } catch (DeviceException e) {
            return program;
        }
        write(folder, place, binary);
        return program;
    }

    private static String key(Driver.Facts facts, String source, List<String> options) {
        MessageDigest digest = sha256();
        for (String part : List.of(facts.name(), facts.version(), String.join(" ", options), source)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte @Nullable [] read(Path place) {
        byte[] all;
        try {
            all = Files.readAllBytes(place);
        } catch (IOException e) {
            return null;
        }
        if (all.length <= DIGEST) {
            delete(place);
            return null;
        }
        byte[] rest = Arrays.copyOfRange(all, DIGEST, all.length);
        if (!MessageDigest.isEqual(sha256().digest(rest), Arrays.copyOf(all, DIGEST))) {
            delete(place);
            return null;
        }
        return rest;
    }

    private static void write(Path folder, Path place, byte[] binary) {
        Path fresh = null;
        try {
            fresh = Files.createTempFile(folder, "new-", "");
            byte[] all = new byte[DIGEST + binary.length];
            System.arraycopy(sha256().digest(binary), 0, all, 0, DIGEST);
            System.arraycopy(binary, 0, all, DIGEST, binary.length);
            Files.write(fresh, all);
            move(fresh, place);
        } catch (IOException e) {
            if (fresh != null) {
                delete(fresh);
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new FileSystemException(from.toString(), to.toString(), "no atomic move");
        }
    }

    private static void delete(Path place) {
        try {
            Files.deleteIfExists(place);
        } catch (IOException e) {
            place.toFile().deleteOnExit();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: got none; every Java platform has it", e);
        }
    }
}
