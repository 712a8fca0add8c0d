package org.fewstep.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Crc32c;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.StoredType;
import org.fewstep.io.TensorInfo;
import org.fewstep.io.TensorSource;
import org.jspecify.annotations.Nullable;

/**
 * One file of a folder of pairs: safetensors with the tensors {@code noise} and {@code data}, F32 (n, sample), and
 * {@code labels}, I32 (n), where there are classes; the metadata hold the manifest's hash and a CRC-32C a tensor.
 *
 * @param noise z (n, sample)
 * @param data Phi(z) (n, sample)
 * @param labels (n), or null without classes
 */
public record PairsChunk(float[] noise, float[] data, int @Nullable [] labels) {
    private static final String NOISE = "noise";
    private static final String DATA = "data";
    private static final String LABELS = "labels";
    private static final String KEY_PAIRS = "pairs";
    private static final String KEY_CHUNK = "chunk";
    private static final String CRC32C = "crc32c.";

    /** Name of file {@code k} of a folder. */
    public static String file(int k) {
        return String.format(Locale.ROOT, "pairs-%06d.safetensors", k);
    }

    /** Puts it in a folder as file {@code k}, whole or not at all. */
    public void write(Path folder, PairsManifest manifest, int k) {
        long[] shape = shape(manifest, k);
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put(NOISE, TensorSource.of(noise, shape));
        tensors.put(DATA, TensorSource.of(data, shape));
        if (labels != null) {
            tensors.put(LABELS, TensorSource.of(labels, shape[0]));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(KEY_PAIRS, manifest.hash());
        metadata.put(KEY_CHUNK, Integer.toString(k));
        tensors.forEach((name, source) -> metadata.put(CRC32C + name, hex(Crc32c.of(source))));
        SafeTensors.write(folder.resolve(file(k)), metadata, tensors);
    }

    /**
     * File {@code k} of a folder.
     *
     * @throws BadFileException when it is missing, damaged, cut off or one of other pairs
     */
    public static PairsChunk read(Path folder, PairsManifest manifest, int k) {
        Path file = folder.resolve(file(k));
        try (SafeTensors.Reader reader = SafeTensors.open(file)) {
            requireMetadata(file, reader, KEY_PAIRS, manifest.hash(), "is it one of other pairs?");
            requireMetadata(file, reader, KEY_CHUNK, Integer.toString(k), "was it renamed?");
            long[] shape = shape(manifest, k);
            require(file, reader, NOISE, StoredType.F32, shape);
            require(file, reader, DATA, StoredType.F32, shape);
            int[] labels = null;
            if (manifest.classes() > 0) {
                require(file, reader, LABELS, StoredType.I32, new long[] {shape[0]});
                labels = reader.readInts(LABELS);
                for (int label : labels) {
                    if (label < 0 || label >= manifest.classes()) {
                        throw bad(file, "label " + label, "0 to " + (manifest.classes() - 1), "is it damaged?");
                    }
                }
            }
            return new PairsChunk(reader.readFloats(NOISE), reader.readFloats(DATA), labels);
        }
    }

    private static long[] shape(PairsManifest manifest, int k) {
        long[] shape = new long[manifest.shape().size() + 1];
        shape[0] = manifest.size(k);
        for (int d = 1; d < shape.length; d++) {
            shape[d] = manifest.shape().get(d - 1);
        }
        return shape;
    }

    /** Refuses a tensor of another kind or with other bytes than were written. */
    private static void require(Path file, SafeTensors.Reader reader, String name, StoredType type, long[] shape) {
        TensorInfo info = reader.info(name);
        if (info.type() != type || !Arrays.equals(info.shape(), shape)) {
            throw bad(
                    file,
                    info.type() + " " + Arrays.toString(info.shape()) + " in tensor " + name,
                    type + " " + Arrays.toString(shape),
                    "is it one of other pairs?");
        }
        requireMetadata(file, reader, CRC32C + name, hex(Crc32c.of(reader, name)), "it is damaged; make it again");
    }

    private static void requireMetadata(
            Path file, SafeTensors.Reader reader, String key, String expected, String hint) {
        String got = reader.metadata().get(key);
        if (!expected.equals(got)) {
            throw bad(file, key + " " + (got == null ? "missing" : BadFileException.quote(got)), expected, hint);
        }
    }

    private static BadFileException bad(Path file, String got, String expected, String hint) {
        return new BadFileException(file.toString(), BadFileException.NO_OFFSET, got, expected, hint);
    }

    private static String hex(long crc) {
        return String.format(Locale.ROOT, "%08x", crc);
    }
}
