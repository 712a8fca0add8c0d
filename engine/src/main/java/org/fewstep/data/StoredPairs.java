package org.fewstep.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fewstep.io.BadFileException;
import org.jspecify.annotations.Nullable;

/** The pairs of a folder, held in memory: data are the ends of a teacher's ODE, partners the noise that it began with. */
public final class StoredPairs implements PairedDataset {
    private final PairsManifest manifest;
    private final List<PairsChunk> chunks;

    private StoredPairs(PairsManifest manifest, List<PairsChunk> chunks) {
        this.manifest = manifest;
        this.chunks = chunks;
    }

    /**
     * Reads and checks a whole folder.
     *
     * @throws BadFileException when the manifest or a file is missing, damaged or does not fit, or the pairs do not fit into
     *     this program's memory
     */
    public static StoredPairs open(Path folder) {
        PairsManifest manifest = PairsManifest.read(folder);
        double bytes = 2.0 * Float.BYTES * manifest.count() * manifest.dim();
        if (bytes > Runtime.getRuntime().maxMemory()) {
            throw new BadFileException(
                    folder.resolve(PairsManifest.FILE).toString(),
                    BadFileException.NO_OFFSET,
                    manifest.count() + " pairs, which take " + Math.round(bytes) + " bytes",
                    "at most the " + Runtime.getRuntime().maxMemory() + " that there are",
                    "raise it with java -Xmx, or make fewer pairs");
        }
        List<PairsChunk> chunks = new ArrayList<>();
        for (int k = 0; k < manifest.chunks(); k++) {
            chunks.add(PairsChunk.read(folder, manifest, k));
        }
        return new StoredPairs(manifest, chunks);
    }

    /** How the pairs were made. */
    public PairsManifest manifest() {
        return manifest;
    }

    @Override
    public long size() {
        return manifest.count();
    }

    @Override
    public int[] sampleShape() {
        return manifest.shape().stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int classes() {
        return manifest.classes();
    }

    @Override
    public void read(long[] indices, float[] x, int @Nullable [] labels) {
        Parameters.requireBatch("pairs", indices, size(), manifest.dim(), x, labels);
        for (int i = 0; i < indices.length; i++) {
            PairsChunk chunk = chunk(indices[i]);
            copy(chunk.data(), indices[i], x, i);
            int[] known = chunk.labels();
            if (labels != null && known != null) {
                labels[i] = known[inside(indices[i])];
            }
        }
    }

    @Override
    public void readPartners(long[] indices, float[] z) {
        Parameters.requireBatch("pairs", indices, size(), manifest.dim(), z, null);
        for (int i = 0; i < indices.length; i++) {
            copy(chunk(indices[i]).noise(), indices[i], z, i);
        }
    }

    private PairsChunk chunk(long index) {
        return chunks.get((int) (index / manifest.chunk()));
    }

    private int inside(long index) {
        return (int) (index % manifest.chunk());
    }

    private void copy(float[] from, long index, float[] to, int i) {
        int dim = manifest.dim();
        System.arraycopy(from, inside(index) * dim, to, i * dim, dim);
    }
}
