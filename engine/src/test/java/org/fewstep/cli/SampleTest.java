package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.fewstep.io.Png;
import org.fewstep.io.Raster;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Parameter;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.path.LinearPath;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.ModelWriter;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fewstep sample} on a small model with random weights: what it refuses, and how it says so. */
class SampleTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void writeModel() {
        model = model("model", 0.2);
    }

    /** A model of images (1, 6, 6) with three classes. */
    private Path model(String name, double weight) {
        Device device = Devices.require("cpu");
        ModelSpec spec = new ModelSpec(
                new ResidualMlpConfig(36, 40, 2, 1, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 4, 3, 16),
                DType.F32,
                LinearPath.NOISE_AT_ZERO,
                List.of(1, 6, 6));
        Path file = folder.resolve(name + ".safetensors");
        try (FlowNetwork network = (FlowNetwork) spec.network().build(new Init(device, DType.F32, new Rng(3)))) {
            for (Parameter p : network.trained().values()) {
                double[] values = new double[p.shape().count()];
                Arrays.fill(values, weight);
                device.write(p.buffer(), values, 0, values.length);
            }
            new ModelWriter(spec).network(ModelFile.STUDENT, network).write(file);
        }
        return file;
    }

    private CliRun sample(Path file, Object... more) {
        Object[] all = new Object[more.length + 4];
        all[0] = "sample";
        all[1] = file;
        all[2] = "--out";
        all[3] = folder.resolve("out");
        System.arraycopy(more, 0, all, 4, more.length);
        return CliRun.of(all);
    }

    private void refused(int code, String message, Object... more) {
        CliRun ran = sample(model, more);
        ran.failed(code, message);
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertFalse(Files.exists(folder.resolve("out")), "a refused run leaves no files");
    }

    @Test
    void ordersAndStepsThatDoNotExist() {
        refused(2, "got \"dpmpp-4m\"; expected one of ", "--solver", "dpmpp-4m");
        refused(2, "--steps: got 0; expected 1 to ", "--steps", "4,0");
        refused(2, "grid", "--solver", "dpmpp-3m", "--grid", "backwards");
        refused(2, "--grid: got karras with solver auto", "--grid", "karras");
    }

    @Test
    void fewerStepsThanTheOrderWork() {
        sample(model, "--solver", "dpmpp-3m", "--steps", "1,2", "--n", 3).succeeded();
    }

    @Test
    void numbersThatAreNotFiniteAreNamedWithStepAndTime() {
        Path broken = model("broken", Double.NaN);
        for (String solver : List.of("euler", "dpmpp-2m")) {
            CliRun ran = sample(broken, "--steps", "4", "--n", 3, "--solver", solver);
            String place = solver.equals("euler") ? "step 1, t = 0.25" : "step 1, t = ";
            ran.failed(1, "not finite at 4 steps, the first at " + place);
            assertEquals(1, ran.err().lines().count(), ran.err());
            assertFalse(Files.exists(folder.resolve("out")));
        }
    }

    @Test
    void guidanceAndThresholdsAreTaken() {
        Path weak = model("weak", 0.1);
        refused(2, "--guidance: got 1, no guidance", "--guidance-rescale", 0.5);
        refused(2, "rescale 1.5; expected 0 to 1", "--guidance", 2, "--guidance-rescale", 1.5);
        refused(2, "guidance from 0.8 to 0.1", "--guidance", 2, "--guidance-interval", 0.8, 0.1);
        refused(2, "threshold: got \"soft\"", "--threshold", "soft");
        refused(
                3,
                "none.safetensors: got no such file",
                "--guidance",
                2,
                "--guide-model",
                folder.resolve("none.safetensors"));
        sample(
                        model,
                        "--n",
                        3,
                        "--steps",
                        2,
                        "--guidance",
                        2,
                        "--guidance-interval",
                        0.1,
                        0.8,
                        "--guidance-rescale",
                        0.5,
                        "--guide-model",
                        weak,
                        "--threshold",
                        "dynamic:0.9")
                .succeeded();
    }

    private CliRun edit(Object... more) {
        Object[] all = new Object[more.length + 4];
        all[0] = "edit";
        all[1] = model;
        all[2] = "--out";
        all[3] = folder.resolve("out");
        System.arraycopy(more, 0, all, 4, more.length);
        return CliRun.of(all);
    }

    private void refusedEdit(int code, String message, Object... more) {
        edit(more).failed(code, message);
        assertFalse(Files.exists(folder.resolve("out")), "a refused edit leaves no files");
    }

    @Test
    void everyEditWritesAPicture() throws IOException {
        Path image = folder.resolve("guide.png");
        Png.write(image, new Raster(6, 6, 1, new byte[36]));
        for (Object[] how : new Object[][] {
            {"inpaint", "--image", image, "--mask", image},
            {"inpaint", "--box", "0,0,6,3"},
            {"superresolve", "--factor", 3},
            {"stroke", "--level", 0.4, "--image", image, "--image", image},
            {"interpolate", "--to-seed", 7}
        }) {
            Object[] more = Arrays.copyOf(how, how.length + 4);
            more[how.length] = "--n";
            more[how.length + 1] = 3;
            more[how.length + 2] = "--steps";
            more[how.length + 3] = 2;
            edit(more).succeeded();
            Path file = folder.resolve("out").resolve("edit-" + how[0] + ".png");
            BufferedImage picture = ImageIO.read(file.toFile());
            int rows = how[0].equals("interpolate") ? 1 : 3;
            // Tiles of 6 pixels, 8 times as large, and 2 pixels around each.
            assertEquals(3 * 50 + 2, picture.getWidth());
            assertEquals(rows * 50 + 2, picture.getHeight());
            Files.delete(file);
        }
    }

    @Test
    void aModelThatDivergesIsNamedWithEvaluationAndTime() {
        model = model("broken", Double.NaN);
        Path image = folder.resolve("guide.png");
        Png.write(image, new Raster(6, 6, 1, new byte[36]));
        refusedEdit(1, "at evaluation 1, t = 0.5;", "stroke", "--level", 0.5, "--image", image);
        refusedEdit(1, "at evaluation 1, t = 0.0;", "inpaint");
    }

    @Test
    void picturesComeInAsTheyAreStored() {
        byte[] levels = new byte[36];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (7 * i);
        }
        Path image = folder.resolve("grey.png");
        Png.write(image, new Raster(6, 6, 1, levels));
        float[] grey = ImageFile.read(image, new int[] {1, 6, 6});
        float[] three = ImageFile.read(image, new int[] {3, 6, 6});
        for (int i = 0; i < 36; i++) {
            assertEquals(7 * i / 127.5 - 1, grey[i], 1e-6);
            assertEquals(grey[i], three[2 * 36 + i]);
        }
    }

    @Test
    void editsThatCannotBeAreRefused() throws IOException {
        Path large = folder.resolve("large.png");
        Png.write(large, new Raster(7, 6, 1, new byte[42]));
        Path damaged = Files.write(folder.resolve("damaged.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3});
        refusedEdit(3, "large.png: got a picture of 7 x 6; expected 6 x 6", "inpaint", "--mask", large);
        refusedEdit(3, "damaged.png: got no PNG picture", "stroke", "--image", damaged);
        refusedEdit(3, "gone.png: got no such file", "stroke", "--image", folder.resolve("gone.png"));
        refusedEdit(2, "--box: got [0, 0, 7, 2]", "inpaint", "--box", "0,0,7,2");
        refusedEdit(2, "expected one of them", "inpaint", "--box", "0,0,2,2", "--mask", large);
        refusedEdit(2, "got level 1.2;", "stroke", "--level", 1.2);
        refusedEdit(2, "grey: got samples of shape [1, 6, 6]", "colourise");
        refusedEdit(2, "got factor 4", "superresolve");
        refusedEdit(2, "KIND", "outpaint");
        refusedEdit(2, "got label 9", "inpaint", "--class", 9);
    }
}
