package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
}
