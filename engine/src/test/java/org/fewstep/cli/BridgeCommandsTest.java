package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models between two data sets, from their training to their samples. */
class BridgeCommandsTest {
    @TempDir
    static Path folder;

    private static Path points;
    private static Path drift;

    @BeforeAll
    static void train() {
        points = trained("points", "[b, s, eta]");
        drift = trained("drift", "[b]");
    }

    private static Path trained(String name, String learn) {
        Path run = folder.resolve(name);
        CliRun.of(
                        "train",
                        "--recipe",
                        "two-moons-to-eight-gaussians",
                        "--out",
                        run,
                        "--set",
                        "training.steps=6",
                        "--set",
                        "training.batch=16",
                        "--set",
                        "method.learn=" + learn,
                        "--set",
                        "sample.rows=2",
                        "--set",
                        "sample.columns=5")
                .succeeded();
        assertTrue(Files.isRegularFile(run.resolve("samples-steps-50.png")));
        return run.resolve(Checkpoint.FILE);
    }

    private static byte[] sampled(Path model, String name, Object... options) throws IOException {
        Path out = folder.resolve(name);
        Object[] args = new Object[options.length + 8];
        System.arraycopy(new Object[] {"sample", model, "--out", out, "--steps", "3", "--n", "7"}, 0, args, 0, 8);
        System.arraycopy(options, 0, args, 8, options.length);
        CliRun.of(args).succeeded();
        assertTrue(Files.isRegularFile(out.resolve("samples-steps-3.png")));
        return Files.readAllBytes(out.resolve("samples-steps-3.csv"));
    }

    @Test
    void samplesStartFromTheSource() throws IOException {
        byte[] ode = sampled(points, "ode");
        byte[] sde = sampled(points, "sde", "--diffusion", "0.2");
        assertFalse(Arrays.equals(ode, sde));
        // Each field has a network of its own: what is learned beside the drift changes nothing in it.
        assertArrayEquals(ode, sampled(drift, "drift-alone"));
        sampled(points, "score", "--diffusion", "0.2", "--score", "s", "--solver", "heun");
        sampled(points, "constant", "--diffusion", "0.2", "--diffusion-form", "constant", "--grid", "uniform");
        assertFalse(Arrays.equals(ode, sampled(points, "seed", "--seed", "5")));
    }

    @Test
    void aModelSaysWhereItStartsFrom() {
        CliRun info = CliRun.of("info", points).succeeded();
        assertTrue(
                info.out().contains("linear-brownian, from two-moons at time 0 to eight-gaussians at time 1"),
                info.out());
    }

    @Test
    void anExportSamplesTheSame() throws IOException {
        Path small = folder.resolve("small.safetensors");
        CliRun.of("export", points, "--out", small).succeeded();
        assertArrayEquals(sampled(points, "whole", "--diffusion", "1"), sampled(small, "small", "--diffusion", "1"));
    }

    @Test
    void whatCannotBeIsRefused() {
        CliRun.of("sample", drift, "--diffusion", "0.2").failed(2, "method.learn");
        CliRun.of("sample", points, "--diffusion", "-1").failed(2, "got diffusion -1");
        CliRun.of("sample", points, "--score", "s").failed(2, "--score");
        CliRun.of("sample", points, "--score", "b", "--diffusion", "1").failed(2, "score field b");
        CliRun.of("sample", points, "--solver", "dpmpp-2m").failed(2, "dpmpp-2m");
        CliRun.of("sample", points, "--solver", "flow-map").failed(2, "flow-map");
        CliRun.of("sample", points, "--guidance", "2").failed(2, "--guidance");
        CliRun.of("sample", points, "--class", "3").failed(2, "--class");
        CliRun.of("train", "--recipe", "two-moons-to-eight-gaussians", "--data", folder, "--out", folder.resolve("no"))
                .failed(2, "folder");
    }

    /** Bright left halves are class 3, bright right halves class 8. */
    private static void idx(String prefix, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * 16);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        images.putInt(0x803).putInt(count).putInt(4).putInt(4);
        labels.putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % 2 == 0 ? 3 : 8));
            for (int p = 0; p < 16; p++) {
                images.put((byte) (p % 4 / 2 == i % 2 ? 200 + i : 0));
            }
        }
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }

    @Test
    void oneClassBecomesAnother() throws IOException {
        idx("train", 40);
        idx("t10k", 10);
        Path run = folder.resolve("images");
        CliRun.of(
                        "train",
                        "--recipe",
                        "mnist-three-to-eight",
                        "--data",
                        folder,
                        "--out",
                        run,
                        "--set",
                        "training.steps=4",
                        "--set",
                        "training.batch=8",
                        "--set",
                        "network.width=16")
                .succeeded();
        Path model = run.resolve(Checkpoint.FILE);
        CliRun info = CliRun.of("info", model).succeeded();
        assertTrue(info.out().contains("from idx of class 3 at time 0 to idx of class 8 at time 1"), info.out());
        Path out = folder.resolve("pairs");
        CliRun.of("sample", model, "--n", "9", "--steps", "2", "--diffusion", "0.5", "--out", out)
                .succeeded();
        assertTrue(Files.isRegularFile(out.resolve("samples-steps-2.png")));
        CliRun.of("sample", model, "--data", folder.resolve("none"), "--steps", "2")
                .failed(2, "source.folder");
    }
}
