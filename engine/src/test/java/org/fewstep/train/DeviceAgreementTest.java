package org.fewstep.train;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Slots;
import org.fewstep.model.Cond;
import org.fewstep.model.Dit;
import org.fewstep.model.DitConfig;
import org.fewstep.model.Init;
import org.fewstep.model.Parameter;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A DiT trained by flow matching on a GPU goes the way that it goes on the CPU. */
@Tag("opencl")
class DeviceAgreementTest {
    private static final int BATCH = 4;
    private static final int SIDE = 8;

    /** Losses of all steps and the parameters after them. */
    private record Run(List<Double> losses, List<double[]> parameters) {}

    private static Device gpu() {
        String chosen = System.getProperty("test.device", "cpu");
        String name = chosen.equals("cpu") ? "opencl:0" : chosen;
        boolean there = Devices.list().stream().anyMatch(f -> f.name().equals(name) && f.usable());
        boolean required = Boolean.getBoolean("require." + name.substring(0, name.indexOf(':')));
        assumeTrue(there || required, "no device " + name);
        return Devices.require(name);
    }

    private static Run train(Device device, DType dtype, int steps, double rate) {
        List<Double> losses = new ArrayList<>();
        List<double[]> parameters = new ArrayList<>();
        DitConfig config = DitConfig.of(SIDE, 2, 1, 16, 2, 2, 0);
        try (Dit net = new Dit(new Init(device, dtype, new Rng(3)), config);
                Slots slots = new Slots(device, dtype, AdamW.slotCount() + 1);
                AdamW optimizer = new AdamW(net, slots, 0.9, 0.999, 1e-8, 0);
                GradClip clip = new GradClip(device, dtype, slots, 1)) {
            for (int step = 1; step <= steps; step++) {
                try (Scope scope = device.scope()) {
                    java.util.Random random = new java.util.Random(step);
                    int count = BATCH * SIDE * SIDE;
                    double[] times = new double[BATCH];
                    double[] x = new double[count];
                    double[] target = new double[count];
                    for (int i = 0; i < BATCH; i++) {
                        times[i] = random.nextDouble();
                    }
                    for (int i = 0; i < count; i++) {
                        double data = Math.sin(0.3 * (i % (SIDE * SIDE)));
                        double noise = random.nextGaussian();
                        double t = times[i / (SIDE * SIDE)];
                        x[i] = (1 - t) * noise + t * data;
                        target[i] = data - noise;
                    }
                    optimizer.prepare(step, rate);
                    slots.stage();
                    Tensor v = net.v(
                            Tensor.of(device, dtype, x, BATCH, 1, SIDE, SIDE),
                            Tensor.of(device, dtype, times, BATCH),
                            Cond.NONE);
                    Tensor loss = mean(square(sub(v, Tensor.of(device, dtype, target, BATCH, 1, SIDE, SIDE))));
                    losses.add(loss.item());
                    List<Tensor> gradients = Grad.of(loss, net.leaves());
                    clip.apply(gradients);
                    optimizer.apply(gradients, clip.buffer());
                }
            }
            for (Parameter p : net.trained().values()) {
                parameters.add(p.leaf().toDoubles());
            }
        }
        return new Run(losses, parameters);
    }

    @Test
    void parametersAfter200StepsInF64() {
        Device device = gpu();
        Run ours = train(Devices.require("cpu"), DType.F64, 200, 1e-3);
        Run theirs = train(device, DType.F64, 200, 1e-3);
        for (int i = 0; i < ours.parameters().size(); i++) {
            double[] a = ours.parameters().get(i);
            double[] b = theirs.parameters().get(i);
            for (int j = 0; j < a.length; j++) {
                assertEquals(a[j], b[j], 1e-9 * Math.max(1e-3, Math.abs(a[j])), "parameter " + i + " at " + j);
            }
        }
    }

    /** At a rate of 1e-3 training is chaotic: two of the CPU's own providers are 0.1 apart in some steps. */
    @Test
    void lossOf500StepsInF32() {
        Device device = gpu();
        Run ours = train(Devices.require("cpu"), DType.F32, 500, 3e-4);
        Run theirs = train(device, DType.F32, 500, 3e-4);
        for (int i = 0; i < ours.losses().size(); i++) {
            assertEquals(ours.losses().get(i), theirs.losses().get(i), 1e-3, "step " + (i + 1));
        }
    }
}
