package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Which choice was the fastest, by device, family, dtype and sizes: a file {@code launches.properties}.
 *
 * <pre>
 * opencl.nvidia-h200.matmul.f32.m64-n1024-k256 = v2
 * opencl.pthread-*.softmax-along.f32.n64 = v1
 * cuda.nvidia-*.attention.f32 = v3 block=128
 * </pre>
 *
 * <p>A key is the backend, the device's name in lower case with a dash for all that is no letter or digit ({@code *} stands
 * for any rest), the family, a dash and the code where the entry is for one code alone, f64 or the precision of F32 products
 * (f32, tf32, bf16), and a {@link SizeClass} where it is for one alone. Of several entries that fit, the one with sizes goes before one without, then the one with the
 * number of rows, the one with a code, and the one with the longer device.
 *
 * <p>A choice that a workload may not take, or of a version that this build does not have, has no effect.
 */
final class LaunchTable {
    /** The largest file that is read. */
    static final int MOST_BYTES = 1 << 20;

    private static final String RESOURCE = "launches.properties";
    private static final int LONGEST_QUOTE = 60;

    /**
     * One line.
     *
     * @param device name of devices, maybe with a star at its end
     * @param label of workloads, or null for all of the family
     * @param precision of F32 products; F32 for other dtypes
     * @param rows size class of the number of rows, or -1 for any
     * @param sizes size class, or -1 for any
     */
    record Entry(
            Driver.Backend backend,
            String device,
            Workload.Family family,
            @Nullable String label,
            DType dtype,
            Precision precision,
            long rows,
            long sizes,
            Choice choice) {
        boolean isFor(Driver.Facts facts) {
            String name = slug(facts.name());
            boolean fits = device.endsWith("*")
                    ? name.startsWith(device.substring(0, device.length() - 1))
                    : name.equals(device);
            return fits && backend == facts.backend();
        }

        String key() {
            String code = label == null ? "" : "-" + codeOf(family, label);
            String end = sizes < 0 ? "" : SizeClass.text(family, rows, sizes);
            return backend.name().toLowerCase(Locale.ROOT) + "." + device + "." + lower(family) + code + "."
                    + (dtype == DType.F32 ? precision.label() : dtype.name().toLowerCase(Locale.ROOT))
                    + (end.isEmpty() ? "" : "." + end);
        }

        /** Greater for what fits less. */
        private int weight() {
            return (sizes < 0 ? 0 : 1 << 20)
                    + (rows < 0 ? 0 : 1 << 19)
                    + (label == null ? 0 : 1 << 18)
                    + Math.min(device.length(), (1 << 18) - 1);
        }
    }

    private final Map<String, Entry> entries;

    private LaunchTable(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** Without any entry. */
    static LaunchTable empty() {
        return new LaunchTable(new TreeMap<>());
    }

    /** The table that comes with the kernels. */
    static LaunchTable shipped() {
        try (InputStream in = LaunchTable.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        RESOURCE + ": got none; expected one beside " + LaunchTable.class.getName());
            }
            return parse(RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    /** Where the user's table is: system property {@code fewstep.launches}, or beside the kernel cache; null for off. */
    static @Nullable Path place() {
        String chosen = System.getProperty("fewstep.launches");
        if (chosen == null) {
            return ProgramCache.home().resolve(RESOURCE);
        }
        return chosen.equals("off") ? null : Path.of(chosen);
    }

    /**
     * The user's table, without entries where there is none.
     *
     * @throws DeviceException when it is not what such a file should be
     */
    static LaunchTable ofUser() {
        Path place = place();
        if (place == null) {
            return empty();
        }
        try {
            return read(place);
        } catch (NoSuchFileException e) {
            if (System.getProperty("fewstep.launches") != null) {
                throw new DeviceException(
                        "fewstep.launches: got " + place + ", which is not there; expected a file or \"off\"", e);
            }
            return empty();
        }
    }

    /**
     * Reads a file that nobody else may write.
     *
     * @throws DeviceException when it is not what such a file should be
     */
    static LaunchTable read(Path file) throws NoSuchFileException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw refuse(file, "something that is no plain file", "a file");
            }
            if (attributes.size() > MOST_BYTES) {
                throw refuse(file, attributes.size() + " bytes", "at most " + MOST_BYTES);
            }
            if (othersMayWrite(file)) {
                throw refuse(file, "a file that others may write", "one that only its user may write; chmod go-w");
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS, StandardOpenOption.READ)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
            if (bytes.length > MOST_BYTES) {
                throw refuse(file, "more than " + MOST_BYTES + " bytes", "at most that");
            }
            return parse(
                    file.toString(),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (NoSuchFileException e) {
            throw e;
        } catch (CharacterCodingException e) {
            throw refuse(file, "bytes that are no UTF-8", "text");
        } catch (IOException e) {
            throw new DeviceException("launches " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean othersMayWrite(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        return mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static DeviceException refuse(Path file, String got, String expected) {
        return new DeviceException("launches " + file + ": got " + got + "; expected " + expected);
    }

    /**
     * Reads lines {@code key = choice}; empty lines and lines that start with {@code #} say nothing.
     *
     * @param name of the file, for messages
     * @throws DeviceException for any other line, and for a key that comes twice
     */
    static LaunchTable parse(String name, String text) {
        Map<String, Entry> entries = new TreeMap<>();
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                Entry entry = entry(line);
                if (entries.put(entry.key(), entry) != null) {
                    throw new IllegalArgumentException("key: got " + entry.key() + " again; expected each key once");
                }
            } catch (IllegalArgumentException e) {
                throw new DeviceException(
                        "launches " + name + " line " + (i + 1) + ": got " + quote(line)
                                + "; expected BACKEND.DEVICE.FAMILY.DTYPE = CHOICE; " + e.getMessage(),
                        e);
            }
        }
        return new LaunchTable(entries);
    }

    private static Entry entry(String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("no \"=\" in it");
        }
        String[] parts = line.substring(0, equals).strip().split("\\.", -1);
        if (parts.length < 4 || parts.length > 5) {
            throw new IllegalArgumentException("key: got " + parts.length + " parts; expected 4, or 5 with sizes");
        }
        if (!parts[1].matches("[a-z0-9-]+\\*?|\\*")) {
            throw new IllegalArgumentException("device: got " + quote(parts[1])
                    + "; expected small letters, digits and dashes, and * at the end for any rest");
        }
        Driver.Backend backend = named(Driver.Backend.values(), parts[0], "backend");
        int dash = parts[2].indexOf('-');
        Workload.Family family =
                named(Workload.Family.values(), dash < 0 ? parts[2] : parts[2].substring(0, dash), "family");
        String label = dash < 0
                ? null
                : label(family, named(codes(family), parts[2].substring(dash + 1), "code of " + lower(family)));
        DType dtype = DType.F32;
        Precision precision = Precision.F32;
        if (parts[3].equals("f64")) {
            dtype = DType.F64;
        } else if (parts[3].equals("i32")) {
            dtype = DType.I32;
        } else {
            precision = named(Precision.values(), parts[3], "dtype (or f64, i32)");
        }
        long[] rows = {-1};
        long sizes = parts.length == 5 ? SizeClass.parse(family, parts[4], rows) : -1;
        Choice choice = Choice.parse(line.substring(equals + 1));
        if (rows[0] >= 0 && !GpuKernels.hasBitsOfFirst(family, choice)) {
            throw new IllegalArgumentException("sizes: got a number of rows for " + choice + " of " + lower(family)
                    + "; expected none, since it has other bits than v1");
        }
        return new Entry(backend, parts[1], family, label, dtype, precision, rows[0], sizes, choice);
    }

    private static <E extends Enum<?>> E named(E[] values, String name, String what) {
        List<String> names = new ArrayList<>();
        for (E value : values) {
            String own = value.name().toLowerCase(Locale.ROOT);
            if (own.equals(name)) {
                return value;
            }
            names.add(own);
        }
        throw new IllegalArgumentException(
                what + ": got " + quote(name) + "; expected " + (names.isEmpty() ? "none" : String.join(", ", names)));
    }

    private static Enum<?>[] codes(Workload.Family family) {
        return switch (family) {
            case MATMUL, COMBINE -> new Enum<?>[0];
            case ELEMENTWISE -> Elementwise.Code.values();
            case REDUCE -> Reduce.Code.values();
            case SCAN -> Scan.Code.values();
            case SOFTMAX -> Softmax.Code.values();
            case NORM -> Norm.Code.values();
            case MODULATED_NORM -> ModulatedNorm.Code.values();
            case CONV2D -> Conv2d.Code.values();
            case ATTENTION -> Attention.Code.values();
            case GATHER -> Gather.Code.values();
            case RANDOM -> Random.Code.values();
            case UPDATE -> Update.Code.values();
        };
    }

    /** {@link Workload#label} of a code. */
    private static String label(Workload.Family family, Enum<?> code) {
        String name = code.name().toLowerCase(Locale.ROOT);
        return family == Workload.Family.ELEMENTWISE ? name : lower(family) + " " + name;
    }

    private static String codeOf(Workload.Family family, String label) {
        return family == Workload.Family.ELEMENTWISE
                ? label
                : label.substring(lower(family).length() + 1);
    }

    private static String lower(Workload.Family family) {
        return family.name().toLowerCase(Locale.ROOT);
    }

    /** A device's name as a part of a key. */
    static String slug(String name) {
        String dashed = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return dashed.replaceAll("^-+|-+$", "");
    }

    /** The entry of a workload's own size class on a device. */
    static Entry entry(Driver.Facts facts, Precision precision, Workload work, boolean rows, Choice choice) {
        String label = codes(work.family()).length == 0 ? null : work.label();
        return new Entry(
                facts.backend(),
                slug(facts.name()),
                work.family(),
                label,
                work.dtype(),
                work.dtype() == DType.F32 ? precision : Precision.F32,
                rows ? SizeClass.rows(work) : -1,
                SizeClass.of(work),
                choice);
    }

    /** These entries, and those of this table that have other keys. */
    LaunchTable with(Collection<Entry> fresh) {
        Map<String, Entry> all = new TreeMap<>(entries);
        fresh.forEach(entry -> all.put(entry.key(), entry));
        return new LaunchTable(all);
    }

    /** What is for a device, that which goes before others in front. */
    List<Entry> of(Driver.Facts facts) {
        List<Entry> list = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.isFor(facts)) {
                list.add(entry);
            }
        }
        list.sort((a, b) -> Integer.compare(b.weight(), a.weight()));
        return list;
    }

    int size() {
        return entries.size();
    }

    /** As it is written. */
    String text() {
        StringBuilder text = new StringBuilder("# Which version of a kernel family was the fastest here; written by"
                + " benchmarks.jar kernels tune. A line may be deleted.\n");
        entries.forEach((key, entry) ->
                text.append(key).append(" = ").append(entry.choice()).append('\n'));
        return text.toString();
    }

    /** Replaces a file in one step, and makes its folder. */
    void write(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("launches: got " + file + "; expected a file in a folder");
        }
        Path fresh = null;
        try {
            Files.createDirectories(folder);
            fresh = Files.createTempFile(folder, ".launches-", ".part");
            Files.writeString(fresh, text());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            delete(fresh);
            throw new UncheckedIOException("launches " + file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void delete(@Nullable Path file) {
        if (file != null && !file.toFile().delete()) {
            file.toFile().deleteOnExit();
        }
    }

    /** Foreign text for a message: printable, and not long. */
    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTE); i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return out.append(text.length() > LONGEST_QUOTE ? "...\"" : "\"").toString();
    }
}
