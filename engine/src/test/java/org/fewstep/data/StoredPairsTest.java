package org.fewstep.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.BadFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredPairsTest {
    private static final String TEACHER = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private static PairsManifest manifest(long seed) {
        return new PairsManifest(PairsManifest.FORMAT, TEACHER, "heun on some", 18, 1.5, seed, 7, 3, List.of(1, 2), 4);
    }

    private static PairsChunk chunk(PairsManifest manifest, int k) {
        int n = manifest.size(k);
        float[] noise = new float[2 * n];
        float[] data = new float[2 * n];
        int[] labels = new int[n];
        for (int i = 0; i < 2 * n; i++) {
            noise[i] = 100 * k + i;
            data[i] = -noise[i];
        }
        for (int i = 0; i < n; i++) {
            labels[i] = (k + i) % 4;
        }
        return new PairsChunk(noise, data, labels);
    }

    private void write(PairsManifest manifest) {
        manifest.write(folder);
        for (int k = 0; k < manifest.chunks(); k++) {
            chunk(manifest, k).write(folder, manifest, k);
        }
    }

    @Test
    void pairsComeBackByNumber() {
        write(manifest(3));
        StoredPairs pairs = StoredPairs.open(folder);
        assertEquals(manifest(3), pairs.manifest());
        assertEquals(7, pairs.size());
        assertEquals(4, pairs.classes());
        assertArrayEquals(new int[] {1, 2}, pairs.sampleShape());
        long[] indices = {6, 0, 4, 4};
        float[] x = new float[8];
        float[] z = new float[8];
        int[] labels = new int[4];
        pairs.read(indices, x, labels);
        pairs.readPartners(indices, z);
        assertArrayEquals(new float[] {200, 201, 0, 1, 102, 103, 102, 103}, z);
        assertArrayEquals(new float[] {-200, -201, -0f, -1, -102, -103, -102, -103}, x);
        assertArrayEquals(new int[] {2, 0, 2, 2}, labels);
        assertThrows(IllegalArgumentException.class, () -> pairs.read(new long[] {7}, new float[2], null));
        assertThrows(IllegalArgumentException.class, () -> pairs.readPartners(new long[] {0}, new float[3]));
    }

    @Test
    void whatPairsDependOnIsInTheHash() {
        assertEquals(manifest(3).hash(), manifest(3).hash());
        assertNotEquals(manifest(3).hash(), manifest(4).hash());
    }

    private void refused(String part) {
        BadFileException e = assertThrows(BadFileException.class, () -> StoredPairs.open(folder));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        write(manifest(3));
        Path file = folder.resolve(PairsChunk.file(1));
        byte[] good = Files.readAllBytes(file);
        for (int at = good.length - 1; at >= 0; at -= 7) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(file, bad);
            assertThrows(BadFileException.class, () -> StoredPairs.open(folder), "a changed byte " + at);
        }
        for (int length : new int[] {0, 7, 20, good.length / 2, good.length - 1}) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThrows(BadFileException.class, () -> StoredPairs.open(folder), "cut to " + length);
        }
        Files.delete(file);
        refused("no such file");
        Files.copy(folder.resolve(PairsChunk.file(0)), file);
        refused("was it renamed?");
        chunk(manifest(3), 1).write(folder, manifest(4), 1);
        refused("is it one of other pairs?");
        new PairsChunk(new float[6], new float[6], new int[] {0, 4, 1}).write(folder, manifest(3), 1);
        refused("label 4");
        Files.write(file, good);
        assertEquals(7, StoredPairs.open(folder).size());
    }

    @Test
    void tensorsOfOtherShapesAreRefused() {
        PairsManifest manifest = manifest(3);
        write(manifest);
        PairsManifest longer =
                new PairsManifest(PairsManifest.FORMAT, TEACHER, "heun on some", 18, 1.5, 3, 7, 3, List.of(2, 1), 4);
        longer.write(folder);
        for (int k = 0; k < 3; k++) {
            chunk(longer, k).write(folder, longer, k);
        }
        manifest.write(folder);
        refused("is it one of other pairs?");
    }

    @Test
    void manifestsThatDoNotHoldAreRefused() throws IOException {
        write(manifest(3));
        Path file = folder.resolve(PairsManifest.FILE);
        String good = Files.readString(file);
        for (String[] change : new String[][] {
            {"\"count\":7", "\"count\":0"},
            {"\"count\":7", "\"count\":9000000000000000000"},
            {"\"count\":7", "\"count\":1e3"},
            {"\"chunk\":3", "\"chunk\":-1"},
            {"\"chunk\":3", "\"chunk\":2000000000"},
            {"[1,2]", "[1,-2]"},
            {"[1,2]", "[65536,65536]"},
            {"\"classes\":4", "\"classes\":-1"},
            {"\"steps\":18", "\"steps\":0"},
            {"\"seed\":3", "\"seed\":\"x\""},
            {"fewstep-pairs-1", "fewstep-pairs-2"},
            {"0123", "012x"},
            {"\"seed\":3", "\"seed\":3,\"more\":1"},
            {"{", "[{"},
        }) {
            String bad = good.replace(change[0], change[1]);
            assertNotEquals(good, bad, change[0]);
            Files.writeString(file, bad);
            assertThrows(BadFileException.class, () -> StoredPairs.open(folder), bad);
        }
        Files.writeString(
                file,
                good.replace("\"count\":7", "\"count\":900000000000").replace("\"chunk\":3", "\"chunk\":1000000"));
        refused("bytes");
        Files.write(file, new byte[1 << 17]);
        refused("131072");
        Path moved = folder.resolve("moved");
        Files.move(file, moved, StandardCopyOption.REPLACE_EXISTING);
        refused("no such file");
    }
}
