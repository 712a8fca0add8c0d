package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Crc32c;
import org.fewstep.io.Json;
import org.fewstep.io.JsonObject;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.StoredType;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.sample.Generator;
import org.fewstep.sample.ModelFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final String WEIGHT = "student/mlp.layers.0.W";

    private final Device device = new CpuDevice(Provider.LOOPS, 1);
    private Path run;
    private Path file;

    @TempDir
    Path folder;

    /** A checkpoint in memory, to be damaged and written again. */
    private static final class Parts {
        final Map<String, String> metadata;
        final Map<String, TensorSource> tensors = new LinkedHashMap<>();

        Parts(Path file) {
            try (SafeTensors.Reader reader = SafeTensors.open(file)) {
                metadata = new TreeMap<>(reader.metadata());
                for (String name : reader.names()) {
                    tensors.put(
                            name,
                            TensorSource.ofBytes(
                                    reader.info(name).type(),
                                    reader.readBytes(name),
                                    reader.info(name).shape()));
                }
            }
        }

        /** Checksums that fit the tensors, so that the next check has to find the damage. */
        void sum() {
            JsonObject.Builder sums = JsonObject.builder();
            tensors.forEach((name, source) -> sums.put(name, Crc32c.of(source)));
            metadata.put("crc32c", Json.write(sums.build()));
        }

        void edit(String key, String from, String to) {
            String before = metadata.get(key);
            String after = before.replace(from, to);
            assertFalse(before.equals(after), before);
            metadata.put(key, after);
        }
    }

    private interface Damage {
        void to(Parts parts);
    }

    @BeforeEach
    void train() {
        run = folder.resolve("run");
        file = run.resolve(Checkpoint.FILE);
        try (Trainer trainer = Trainer.start(TinyRecipe.meanFlow("training.steps=3"), run, device)) {
            trainer.run();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get(), "buffers");
        assertEquals(0, device.live().scopes().get(), "scopes");
        device.close();
    }

    private void write(Parts parts) {
        SafeTensors.write(file, parts.metadata, parts.tensors);
    }

    /** Damages the checkpoint, demands a typed refusal, and that the file stays and the folder is free again. */
    private String refusedToResume(Damage damage) {
        Parts parts = new Parts(file);
        damage.to(parts);
        write(parts);
        return refusedToResume();
    }

    private String refusedToResume() {
        try {
            byte[] before = Files.readAllBytes(file);
            BadFileException e = assertThrows(BadFileException.class, () -> Trainer.resume(run, device));
            assertArrayEquals(before, Files.readAllBytes(file));
            RunFolder.lock(run).close();
            assertEquals(0, device.live().buffers().get(), "buffers after " + e.getMessage());
            assertTrue(e.getMessage().length() < 2000, e.getMessage());
            return e.getMessage();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void refusedToLoad() {
        assertThrows(BadFileException.class, () -> Generator.load(file, device));
        assertEquals(0, device.live().buffers().get());
    }

    @Test
    void theFileHoldsWhatTheDesignNames() {
        Parts parts = new Parts(file);
        assertEquals("fewstep-1", parts.metadata.get("format"));
        assertEquals("3", parts.metadata.get("step"));
        assertEquals("0", parts.metadata.get("seed"));
        assertEquals("48", parts.metadata.get("samples"));
        assertEquals("cpu/" + "loops", parts.metadata.get("device").substring(0, 9));
        assertEquals("linear", parts.metadata.get("path"));
        assertEquals("1", parts.metadata.get("noise-time"));
        assertEquals("ema.0.9", parts.metadata.get("sampled"));
        assertTrue(parts.tensors
                .keySet()
                .containsAll(List.of(
                        WEIGHT,
                        "ema.0.9/mlp.layers.0.W",
                        "ema.0.99/mlp.layers.2.b",
                        "optim.student.m/mlp.layers.1.W",
                        "optim.student.v/mlp.layers.1.b")));
        Checkpoint checkpoint = Checkpoint.of(file);
        assertEquals(TinyRecipe.meanFlow("training.steps=3"), checkpoint.recipe());
        assertEquals(3, checkpoint.step());
    }

    @Test
    void whatIsMissingOrTooMuchIsNamed() {
        String message = refusedToResume(p -> {
            p.tensors.remove("optim.student.v/mlp.layers.1.b");
            p.sum();
        });
        assertTrue(message.contains("optim.student.v/mlp.layers.1.b"), message);
        message = refusedToResume(p -> {
            p.tensors.put("optim.student.v/mlp.layers.1.b", TensorSource.of(new float[16], 16));
            p.tensors.put("student/extra", TensorSource.of(new float[] {1}, 1));
            p.sum();
        });
        assertTrue(message.contains("student/extra"), message);
        refusedToLoadAfter(p -> {
            p.tensors.put("ema.0.9/extra", TensorSource.of(new float[] {1}, 1));
            p.sum();
        });
    }

    private void refusedToLoadAfter(Damage damage) {
        Parts parts = new Parts(file);
        damage.to(parts);
        write(parts);
        refusedToLoad();
    }

    @Test
    void aMissingNetworkIsRefusedBeforeItIsBuilt() {
        String message = refusedToResume(p -> {
            p.tensors.keySet().removeIf(name -> name.startsWith("ema.0.99/"));
            p.sum();
        });
        assertTrue(message.contains("ema.0.99"), message);
    }

    @Test
    void wrongShapesAndTypesAreRefused() {
        String message = refusedToResume(p -> {
            p.tensors.put(WEIGHT, TensorSource.of(new float[64], 16, 4));
            p.sum();
        });
        assertTrue(message.contains(WEIGHT), message);
        message = refusedToResume(p -> {
            p.tensors.put(WEIGHT, TensorSource.of(new double[64], 4, 16));
            p.sum();
        });
        assertTrue(message.contains("F64"), message);
        refusedToLoadAfter(p -> {
            p.tensors.put("ema.0.9/mlp.layers.0.W", TensorSource.of(new float[64], 64));
            p.sum();
        });
    }

    @Test
    void aFlippedBitIsFoundByItsChecksum() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 4;
        Files.write(file, bytes);
        String message = refusedToResume();
        assertTrue(message.contains("checksum"), message);
    }

    @Test
    void checksumsMustBeThereForEachTensor() {
        refusedToResume(p -> p.metadata.put("crc32c", "{}"));
        refusedToResume(p -> p.metadata.put("crc32c", "[]"));
        refusedToResume(p -> p.metadata.put("crc32c", "{\"" + WEIGHT + "\": \"x\"}"));
        refusedToResume(p -> {
            p.sum();
            p.metadata.put("crc32c", p.metadata.get("crc32c").replaceFirst("\\{", "{\"ghost\":1,"));
        });
        refusedToResume(p -> p.metadata.remove("crc32c"));
    }

    @Test
    void otherFormatsAreRefused() throws IOException {
        String message = refusedToResume(p -> p.metadata.put("format", "fewstep-2"));
        assertTrue(message.contains("fewstep-2"), message);
        refusedToResume(p -> p.metadata.remove("format"));
        refusedToResume(p -> {
            p.metadata.clear();
            p.metadata.put("format", "pt");
        });
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        refusedToResume();
        refusedToLoad();
        Files.write(file, new byte[0]);
        refusedToResume();
        Files.writeString(file, "GIF89a, no model at all");
        refusedToResume();
    }

    @Test
    void metadataThatDoesNotHoldIsRefused() {
        Parts good = new Parts(file);
        for (String key : List.of("network", "recipe", "dtype", "path", "noise-time", "shape", "step", "kind")) {
            String message = refusedToResume(p -> p.metadata.remove(key));
            assertTrue(message.contains(key) || key.equals("kind"), message);
            write(good);
            refusedToResume(p -> p.metadata.put(key, "nonsense"));
            write(good);
        }
        for (String step : List.of("-1", "4", "99999999999999999999", "1.5")) {
            refusedToResume(p -> p.metadata.put("step", step));
        }
        write(good);
        refusedToResume(p -> p.edit("recipe", "\"batch\"", "\"batchh\""));
        write(good);
        refusedToResume(p -> p.edit("recipe", "\"batch\":16", "\"batch\":-16"));
        write(good);
        refusedToResume(p -> p.metadata.put("shape", "[3]"));
        refusedToResume(p -> p.metadata.put("shape", "[2147483647, 2147483647, 2]"));
        refusedToResume(p -> p.metadata.put("shape", "[-1, -2]"));
    }

    @Test
    void claimsBeyondTheFileAreRefusedBeforeAnythingIsAllocated() {
        Parts good = new Parts(file);
        for (String[] claim : new String[][] {
            {"\"width\":16", "\"width\":2147483647"},
            {"\"width\":16", "\"width\":20000"},
            {"\"depth\":2", "\"depth\":2147483647"},
            {"\"dim\":2", "\"dim\":2147483647"},
            {"\"classes\":0", "\"classes\":2147483647"},
            {"\"width\":16", "\"width\":-5"},
            {"\"times\":2", "\"times\":3"}
        }) {
            refusedToResume(p -> p.edit("network", claim[0], claim[1]));
            refusedToLoad();
            write(good);
        }
        refusedToResume(p -> {
            p.edit("network", "\"kind\":\"mlp-config\"", "\"kind\":\"residual-mlp-config\"");
            p.edit("network", "\"class-width\":0", "\"cond-width\":2147483647");
        });
        write(good);
        // The recipe may claim another network than the file has.
        refusedToResume(p -> p.edit("recipe", "\"width\":16", "\"width\":32768"));
        write(good);
        refusedToResume(p -> p.edit("recipe", "[0.9,0.99]", "[0.9,0.99,0.5]"));
    }

    @Test
    void anotherDeviceIsSaidInTheLog() throws IOException {
        List<String> warnings = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(Trainer.class.getName());
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        try {
            Trainer.resume(run, device).close();
            assertEquals(List.of(), warnings);
            Parts parts = new Parts(file);
            parts.metadata.put("device", "cuda/old");
            write(parts);
            Trainer.resume(run, device).close();
            assertEquals(1, warnings.size());
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void anExportHoldsOneNetworkAndSamplesTheSame() {
        Path exported = folder.resolve("model.safetensors");
        Checkpoint.export(file, exported, "");
        Parts parts = new Parts(exported);
        assertEquals("export", parts.metadata.get("kind"));
        assertTrue(parts.tensors.keySet().stream().allMatch(name -> name.startsWith("ema.0.9/")));
        try (Generator whole = Generator.load(file, device);
                Generator alone = Generator.load(exported, device)) {
            assertArrayEquals(whole.sample(5, 2, 1), alone.sample(5, 2, 1));
        }
        Checkpoint.export(file, exported, ModelFile.STUDENT);
        try (Generator student = Generator.load(file, ModelFile.STUDENT, device);
                Generator alone = Generator.load(exported, device)) {
            assertArrayEquals(student.sample(5, 2, 1), alone.sample(5, 2, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> Checkpoint.export(file, exported, "ema.0.5"));
        assertThrows(BadFileException.class, () -> Generator.load(exported, "ema.0.9", device));
    }

    @Test
    void anExportCannotBeResumed() {
        Path other = folder.resolve("other");
        assertTrue(other.toFile().mkdir());
        Checkpoint.export(file, other.resolve(Checkpoint.FILE), "");
        BadFileException e = assertThrows(BadFileException.class, () -> Trainer.resume(other, device));
        assertTrue(e.getMessage().contains("export"), e.getMessage());
    }

    @Test
    void aDamagedCheckpointIsNotExported() {
        Path exported = folder.resolve("model.safetensors");
        Parts parts = new Parts(file);
        parts.tensors.put("ema.0.9/mlp.layers.0.b", TensorSource.of(new float[16], 16));
        write(parts);
        assertThrows(BadFileException.class, () -> Checkpoint.export(file, exported, ""));
        assertFalse(Files.exists(exported));
        assertEquals(StoredType.F32, parts.tensors.get(WEIGHT).type());
    }
}
