package org.fewstep.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fewstep.io.AtomicFile;
import org.fewstep.io.BadFileException;
import org.fewstep.io.FileBytes;
import org.fewstep.io.Json;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonValue;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.io.Sha256;

/**
 * What a folder of pairs holds and how its pairs were made: everything that their bits depend on.
 *
 * @param format version of the layout, {@value #FORMAT}
 * @param teacher SHA-256 of the model file whose ODE made the pairs, 64 hexadecimal digits
 * @param solver of the ODE, with its spacing
 * @param steps of the solver, at least 1
 * @param guidance scale, finite; 1 is none
 * @param seed of noise and labels
 * @param count number of pairs, at least 1
 * @param chunk pairs in a file, at least 1; the last one may have fewer
 * @param shape of one sample, sizes of at least 1
 * @param classes number of classes; 0 for pairs without labels
 */
public record PairsManifest(
        String format,
        String teacher,
        String solver,
        int steps,
        double guidance,
        long seed,
        long count,
        int chunk,
        List<Integer> shape,
        int classes) {
    /** Version of the layout. */
    public static final String FORMAT = "fewstep-pairs-1";

    /** Name in a folder of pairs. */
    public static final String FILE = "pairs.json";

    private static final int MOST_BYTES = 1 << 16;
    private static final long MOST_PAIRS = 1L << 40;
    private static final int MOST_CHUNKS = 1_000_000;
    private static final int MOST_NUMBERS = 1 << 26;

    public PairsManifest {
        if (!format.equals(FORMAT)) {
            throw new SettingsException(
                    "format", BadFileException.quote(format), FORMAT, "was it written by another version?");
        }
        if (!teacher.matches("[0-9a-f]{64}")) {
            throw new SettingsException("teacher", BadFileException.quote(teacher), "64 hexadecimal digits", "");
        }
        shape = List.copyOf(shape);
        SettingsChecks.atLeast("steps", steps, 1);
        SettingsChecks.finite("guidance", guidance);
        SettingsChecks.within("count", count, 1, MOST_PAIRS);
        SettingsChecks.within("chunk", chunk, 1, MOST_NUMBERS);
        SettingsChecks.within("classes", classes, 0, MOST_NUMBERS);
        SettingsChecks.within("number of files", (count + chunk - 1) / chunk, 1, MOST_CHUNKS);
        long numbers = chunk;
        for (int size : shape) {
            SettingsChecks.within("shape", size, 1, MOST_NUMBERS);
            numbers *= size;
            SettingsChecks.within("numbers in a file", numbers, 1, MOST_NUMBERS);
        }
    }

    /** Pairs in a file, for samples of so many numbers: as many as make a few megabytes. */
    public static int chunkOf(int dim) {
        return Math.max(1, Math.min(4096, (1 << 20) / dim));
    }

    /** Numbers in one sample. */
    public int dim() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Number of files. */
    public int chunks() {
        return (int) ((count + chunk - 1) / chunk);
    }

    /** Number of the first pair in file {@code k}. */
    public long first(int k) {
        return (long) k * chunk;
    }

    /** Number of pairs in file {@code k}. */
    public int size(int k) {
        return (int) Math.min(chunk, count - first(k));
    }

    /** Hash of all of it, which every file carries, so that files of other pairs are not taken for these. */
    public String hash() {
        return Sha256.of(text().getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        return Json.write(Settings.toJson(Settings.toMap(this)));
    }

    /** Puts it in a folder. */
    public void write(Path folder) {
        AtomicFile.write(folder.resolve(FILE), (text() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * That of a folder.
     *
     * @throws BadFileException when it is missing, too long or does not hold
     */
    public static PairsManifest read(Path folder) {
        Path file = folder.resolve(FILE);
        JsonValue json = Json.parse(FileBytes.read(file, MOST_BYTES), file.toString());
        Map<String, Object> map = json instanceof JsonObject object ? Settings.fromJson(object) : Map.of();
        try {
            return Settings.bind(PairsManifest.class, map);
        } catch (SettingsException e) {
            throw new BadFileException(
                    file.toString(),
                    BadFileException.NO_OFFSET,
                    "a description that does not hold (" + e.getMessage() + ")",
                    "that of a folder of pairs",
                    "is it damaged?",
                    e);
        }
    }
}
