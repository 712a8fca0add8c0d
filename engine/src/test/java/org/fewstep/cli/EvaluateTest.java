package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A classifier from its training to its measurements, on images whose class is the quarter that is bright. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EvaluateTest {
    private static final int SIZE = 8;
    private static final int CLASSES = 4;

    @TempDir
    static Path folder;

    private static Path classifier;
    private static Path generator;

    @BeforeAll
    static void train() throws IOException {
        idx("train", 400, 1);
        idx("t10k", 120, 2);
        Path run = folder.resolve("classifier");
        trains(
                run,
                "mnist-classifier",
                "training.batch=32",
                "training.steps=60",
                "network.widths=[4,8]",
                "data.classes=4");
        classifier = run.resolve(Checkpoint.FILE);
        Path other = folder.resolve("generator");
        trains(other, "mnist-meanflow", "training.batch=16", "training.steps=8", "network.width=16", "data.classes=4");
        generator = other.resolve(Checkpoint.FILE);
    }

    private static void trains(Path run, String recipe, String... settings) {
        Object[] args = new Object[7 + 2 * settings.length];
        List<Object> first = List.of("train", "--recipe", recipe, "--data", folder, "--out", run);
        for (int i = 0; i < args.length; i++) {
            args[i] = i < 7 ? first.get(i) : (i - 7) % 2 == 0 ? "--set" : settings[(i - 7) / 2];
        }
        CliRun.of(args).succeeded();
    }

    /** Dim noise everywhere, a bright quarter: left or right of the top or bottom. */
    private static void idx(String prefix, int count, int seed) throws IOException {
        Random random = new Random(seed);
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIZE * SIZE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        images.putInt(0x803).putInt(count).putInt(SIZE).putInt(SIZE);
        labels.putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(CLASSES);
            labels.put((byte) label);
            for (int p = 0; p < SIZE * SIZE; p++) {
                boolean bright = p / SIZE * 2 / SIZE == label / 2 && p % SIZE * 2 / SIZE == label % 2;
                images.put((byte) (random.nextInt(100) + (bright ? 150 : 0)));
            }
        }
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }

    @Test
    @Order(1)
    void aTrainedClassifierRecognisesItsTestSet() throws IOException {
        CliRun ran = CliRun.of("evaluate", "--classifier", classifier).succeeded();
        assertTrue(ran.out().contains("100.00 % of 120 test samples are recognised"), ran.out());
        String log = Files.readString(folder.resolve("classifier/metrics.jsonl"));
        assertTrue(log.contains("\"test-accuracy\":1"), log);
    }

    @Test
    @Order(2)
    void anExportMeasuresTheSame() {
        Path small = folder.resolve("small.safetensors");
        CliRun.of("export", classifier, "--out", small).succeeded();
        Object[] more = {"--model", generator, "--samples", 40, "--steps", "1,2"};
        CliRun whole =
                CliRun.of(with("evaluate", "--classifier", classifier, more)).succeeded();
        CliRun export = CliRun.of(with("evaluate", "--classifier", small, more)).succeeded();
        assertEquals(whole.out(), export.out());
        assertTrue(whole.out().contains("1 step ") && whole.out().contains("2 steps"), whole.out());
    }

    /** The Frechet distance, which the last line of that name has. */
    private static double distance(CliRun ran, String name) {
        String line = ran.out()
                .lines()
                .filter(l -> l.startsWith(name))
                .reduce((first, last) -> last)
                .orElseThrow();
        return Double.parseDouble(line.substring(name.length()).strip().split(" +")[0]);
    }

    private static Object[] with(String command, String option, Path file, Object[] more) {
        Object[] all = Arrays.copyOf(new Object[] {command, option, file}, 3 + more.length);
        System.arraycopy(more, 0, all, 3, more.length);
        return all;
    }

    @Test
    @Order(3)
    void samplesAreComparedWithTheTrainingData() {
        CliRun ran = CliRun.of(
                        "evaluate",
                        "--classifier",
                        classifier,
                        "--model",
                        generator,
                        "--samples",
                        20,
                        "--steps",
                        "1",
                        "--nearest",
                        "--frechet",
                        "--data",
                        folder)
                .succeeded();
        assertTrue(ran.out().contains("20 at 1 step") && ran.out().contains("20 test data"), ran.out());
        assertTrue(ran.out().contains("in the classifier's 8 features, beside 120 test data"), ran.out());
        double training = distance(ran, "20 training data");
        double untrained = distance(ran, "20 at 1 step");
        assertTrue(training > 0 && untrained > 5 * training, ran.out());
    }

    @Test
    @Order(4)
    void filesOfTheWrongKindAreNamed() {
        CliRun.of("evaluate", "--classifier", generator).failed(3, "expected a classifier");
        CliRun.of("evaluate", "--classifier", classifier, "--model", classifier).failed(3, "classifier");
        CliRun.of("evaluate", "--classifier", classifier, "--nearest").failed(2, "--nearest: got no --model");
        CliRun.of("evaluate", "--classifier", classifier, "--frechet").failed(2, "--frechet: got no --model");
        CliRun.of("evaluate", "--classifier", folder.resolve("none")).failed(3, "no such file");
    }

    @Test
    @Order(5)
    void damagedClassifiersAreRefused() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        CliRun.of("export", classifier, "--out", whole).succeeded();
        byte[] bytes = Files.readAllBytes(whole);
        Path bad = folder.resolve("bad.safetensors");
        for (int length : new int[] {0, 7, 100, bytes.length / 2, bytes.length - 1}) {
            Files.write(bad, Arrays.copyOf(bytes, length));
            CliRun.of("evaluate", "--classifier", bad).failed(3, "bad.safetensors");
        }
        byte[] wrong = bytes.clone();
        wrong[wrong.length - 5] ^= 1;
        Files.write(bad, wrong);
        CliRun.of("evaluate", "--classifier", bad).failed(3, "bad.safetensors");
    }

    /** Test data of another size than the classifier's. */
    @Test
    @Order(6)
    void otherTestDataIsRefused() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        for (String part : List.of("train", "t10k")) {
            ByteBuffer images = ByteBuffer.allocate(16 + 4);
            images.putInt(0x803).putInt(1).putInt(2).putInt(2);
            Files.write(other.resolve(part + "-images-idx3-ubyte"), images.array());
            Files.write(
                    other.resolve(part + "-labels-idx1-ubyte"),
                    ByteBuffer.allocate(9).putInt(0x801).putInt(1).array());
        }
        CliRun.of("evaluate", "--classifier", classifier, "--data", other).failed(2, "--data");
    }
}
