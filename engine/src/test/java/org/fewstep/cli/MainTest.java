package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program from its arguments to its exit code: what it writes, what it says, and what it leaves behind. */
class MainTest {
    private static final String[] SHORT = {
        "--set", "training.batch=16", "--set", "training.steps=12", "--set", "network.width=16"
    };

    @TempDir
    Path folder;

    private static CliRun run(Object... args) {
        return CliRun.of(args);
    }

    private static Object[] with(Object[] first, Object... more) {
        Object[] all = Arrays.copyOf(first, first.length + more.length, Object[].class);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private static void succeeded(CliRun ran) {
        ran.succeeded();
    }

    private static void failed(int code, String message, CliRun ran) {
        ran.failed(code, message);
    }

    private boolean holds(String name) {
        return Files.exists(folder.resolve(name));
    }

    @BeforeAll
    static void chartsNeedNoDisplay() {
        System.setProperty("java.awt.headless", "true");
    }

    @Test
    void trainSampleInfoAndExportWorkTogether() throws IOException {
        Path run = folder.resolve("run");
        succeeded(run(with(
                new Object[] {"train", "--recipe", "glyphs-meanflow", "--out", run, "--seed", 5}, (Object[]) SHORT)));
        for (String name : List.of("recipe.yaml", "metrics.jsonl", "metrics.csv", "loss.png", Checkpoint.FILE)) {
            assertTrue(Files.size(run.resolve(name)) > 0, name);
        }
        Path file = run.resolve(Checkpoint.FILE);

        CliRun info = run("info", file);
        succeeded(info);
        assertTrue(info.out().contains("glyphs-meanflow") && info.out().contains("12"), info.out());

        Path small = folder.resolve("small.safetensors");
        succeeded(run("export", file, "--out", small));
        assertTrue(Files.size(small) < Files.size(file) / 2);

        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        succeeded(run("sample", file, "--class", 2, "--n", 4, "--steps", "1,3", "--seed", 9, "--out", a));
        succeeded(run("sample", small, "--class", 2, "--n", 4, "--steps", "1,3", "--seed", 9, "--out", b));
        List<Path> pictures;
        try (Stream<Path> files = Files.list(a)) {
            pictures = files.filter(f -> f.toString().endsWith(".png")).toList();
        }
        assertEquals(2, pictures.size());
        for (Path picture : pictures) {
            assertArrayEquals(
                    Files.readAllBytes(picture),
                    Files.readAllBytes(b.resolve(picture.getFileName().toString())),
                    "an export samples as its checkpoint does");
        }
    }

    @Test
    void sameSeedSameCheckpointAnotherSeedAnother() throws IOException {
        byte[][] bytes = new byte[3][];
        int[] seeds = {1, 1, 2};
        for (int i = 0; i < 3; i++) {
            Path run = folder.resolve("run" + i);
            succeeded(run(with(
                    new Object[] {"train", "--recipe", "eight-gaussians-flow", "--out", run, "--seed", seeds[i]},
                    (Object[]) SHORT)));
            bytes[i] = Files.readAllBytes(run.resolve(Checkpoint.FILE));
        }
        assertArrayEquals(bytes[0], bytes[1]);
        assertFalse(Arrays.equals(bytes[0], bytes[2]));
    }

    @Test
    void quickDemoWritesTableAndPictures() {
        Path out = folder.resolve("demo");
        CliRun ran = run("demo", "--quick", "--out", out);
        succeeded(ran);
        for (String word : List.of("method", "evaluations", "ms per sample", "distance", "untrained", "loss")) {
            assertTrue(ran.out().contains(word), word);
        }
        for (String name : List.of(
                "gaussians-all.png",
                "gaussians-flow.gif",
                "glyphs-data.png",
                "glyphs-many-step.png",
                "glyphs-one-step.png",
                "glyphs-loss.png",
                "eight-gaussians-loss.png")) {
            assertTrue(Files.isRegularFile(out.resolve(name)), name);
        }
    }

    @Test
    void doctorAndRecipesReport() {
        CliRun doctor = run("doctor");
        succeeded(doctor);
        assertTrue(doctor.out().contains("3 % of the FMA peak"), doctor.out());
        CliRun list = run("recipes");
        succeeded(list);
        for (String name : RecipeText.BUILT_IN) {
            assertTrue(list.out().contains(name), name);
            CliRun one = run("recipes", name);
            succeeded(one);
            assertTrue(one.out().contains("name: " + name), one.out());
        }
    }

    @Test
    void everyRecipeInTheProgramIsListed() throws IOException, URISyntaxException {
        URI folder = RecipeText.class
                .getResource("/org/fewstep/recipes/ring-edm.yaml")
                .toURI();
        try (Stream<Path> files = Files.list(Path.of(folder).getParent())) {
            assertEquals(
                    RecipeText.BUILT_IN.stream()
                            .map(name -> name + ".yaml")
                            .sorted()
                            .toList(),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.stps=4|did you mean steps",
                "training.batch=-4|training.batch: got -4; expected at least 1",
                "training.batch=many|training.batch",
                "network.width=0|width",
                "optimizer.lr=-1|lr",
                "method.kind=mean-flo|mean-flo",
                "data.kind=nine-gaussians|nine-gaussians"
            })
    void wrongConfigurationIsNamedAndLeavesNothing(String override, String message) {
        failed(
                2,
                message,
                run("train", "--recipe", "eight-gaussians-flow", "--set", override, "--out", folder.resolve("run")));
        assertFalse(holds("run"));
    }

    @Test
    void wrongUsageIsNamed() {
        failed(2, "nearest is demo", run("dem"));
        failed(2, "expected one of", run());
        failed(2, "glyphs-flow", run("train", "--recipe", "glyph-flow", "--out", folder.resolve("run")));
        failed(
                2,
                "expected an existing folder",
                run(
                        "train",
                        "--recipe",
                        "mnist-flow",
                        "--data",
                        folder.resolve("none"),
                        "--out",
                        folder.resolve("run")));
        failed(4, "cuda", run("demo", "--device", "cuda:99", "--out", folder.resolve("demo")));
        assertFalse(holds("run"));
        assertFalse(holds("demo"));
    }

    @Test
    void recipeFilesAreHostileUntilChecked() throws IOException {
        Path twice = Files.writeString(folder.resolve("twice.yaml"), "name: a\nname: b\n");
        failed(2, "twice.yaml", run("train", "--recipe", twice, "--out", folder.resolve("run")));
        Path bomb = Files.writeString(folder.resolve("bomb.yaml"), "a: &a [x,x]\nb: &b [*a,*a]\nname: [*b,*b,*b]\n");
        failed(2, "bomb.yaml", run("train", "--recipe", bomb, "--out", folder.resolve("run")));
        assertFalse(holds("run"));
    }

    @Test
    void badFilesAreNamedAndLeaveNothing() throws IOException {
        Path file = folder.resolve("bad.safetensors");
        Files.write(file, ByteBuffer.allocate(64).putLong(Long.MAX_VALUE).array());
        failed(3, "bad.safetensors", run("info", file));
        failed(3, "bad.safetensors", run("sample", file, "--out", folder.resolve("out")));
        failed(3, "no such file", run("sample", folder.resolve("none.safetensors"), "--out", folder.resolve("out")));
        assertFalse(holds("out"));
    }

    private void idx(String name, int count, int rows, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((rows == 0 ? 8 : 16) + bytes);
        buffer.putInt(rows == 0 ? 0x801 : 0x803).putInt(count);
        if (rows > 0) {
            buffer.putInt(rows).putInt(rows);
        }
        Files.write(folder.resolve(name), buffer.array());
    }

    @Test
    void damagedIdxFilesAreRefused() throws IOException {
        Object[] train = with(
                new Object[] {"train", "--recipe", "mnist-flow", "--data", folder, "--out", folder.resolve("run")},
                (Object[]) SHORT);
        idx("train-labels-idx1-ubyte", 4, 0, 4);
        idx("train-images-idx3-ubyte", 4, 28, 4 * 28 * 28 - 1);
        failed(3, "train-images-idx3-ubyte", run(train));
        idx("train-images-idx3-ubyte", Integer.MAX_VALUE, 28, 100);
        failed(3, "train-images-idx3-ubyte", run(train));
        idx("train-images-idx3-ubyte", 5, 28, 5 * 28 * 28);
        assertEquals(3, run(train).code(), "five images, four labels");
        assertFalse(holds("run"));
    }
}
