package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small networks of every form against central differences, in state, times and parameters. */
class DitTest extends EngineTest {
    static List<DitConfig> configs() {
        List<DitConfig> list = new ArrayList<>();
        list.add(DitConfig.of(4, 2, 1, 8, 2, 2, 3));
        list.add(new DitConfig(4, 2, 1, 8, 1, 1, 2, 3, true, true, 2, TimePair.SPAN, 10, false, true));
        list.add(new DitConfig(6, 3, 2, 12, 1, 3, 1.5, 0, false, false, 2, TimePair.END, 1, true, false));
        return list;
    }

    /** A network whose zero layers are moved off zero, so that every path carries numbers. */
    private Dit network(DitConfig config) {
        Dit net = new Dit(new Init(device, DType.F64, new Rng(3)), config);
        net.trained().forEach((name, p) -> move(p, name, 0.3));
        return net;
    }

    private void move(Parameter p, String stream, double size) {
        double[] noise = new Rng(9).stream(stream).normal(0, p.shape().count(), 0);
        double[] value = p.leaf().toDoubles();
        for (int i = 0; i < value.length; i++) {
            value[i] += size * noise[i];
        }
        device.write(p.buffer(), value, 0, value.length);
    }

    private Tensor normal(String name, int... sizes) {
        return Tensor.of(
                device, DType.F64, rng.stream(name).normal(0, Shape.of(sizes).count(), 0), sizes);
    }

    private Cond cond(DitConfig config) {
        Cond labels = config.classes() == 0
                ? Cond.NONE
                : Cond.labels(device, new int[] {1, config.nullLabel() ? config.classes() : 0}, config.classes());
        return labels.withGuidance(1.5);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void derivativesMatchDifferences(DitConfig config) {
        try (Dit net = network(config)) {
            Tensor x = normal("x", 2, config.channels(), config.size(), config.size());
            Tensor dx = normal("dx", x.shape().sizes());
            Tensor t = Tensor.of(device, DType.F64, new double[] {0.9, 0.4}, 2);
            Tensor dt = Tensor.of(device, DType.F64, new double[] {1, -0.5}, 2);
            Tensor r = config.times() == 1 ? t : Tensor.of(device, DType.F64, new double[] {0.2, 0.3}, 2);
            Tensor g = normal("g", x.shape().sizes());
            Tensor ct = normal("ct", x.shape().sizes());

            Dual dual = Jvp.of(in -> call(net, config, in[0], in[1], r), new Tensor[] {x, t}, new Tensor[] {dx, dt});
            Tensor dy = Jvp.tangentOrZero(dual);
            Tensor both = Ops.add(Ops.sum(Ops.mul(dual.value(), g)), Ops.sum(Ops.mul(dy, ct)));
            List<Tensor> gradients = Grad.retain(both, net.leaves());

            double h = 1e-5;
            Tensor up = call(net, config, Ops.add(x, Ops.scale(dx, h)), Ops.add(t, Ops.scale(dt, h)), r);
            Tensor down = call(net, config, Ops.add(x, Ops.scale(dx, -h)), Ops.add(t, Ops.scale(dt, -h)), r);
            double[] numeric = Ops.scale(Ops.sub(up, down), 1 / (2 * h)).toDoubles();
            assertArrayEquals(numeric, dy.toDoubles(), 1e-6 * scale(numeric), "tangent");

            // The gradient of value and tangent along a random step of all parameters.
            double along = 0;
            int k = 0;
            for (var entry : net.trained().entrySet()) {
                double[] step = new Rng(9)
                        .stream("step " + entry.getKey())
                                .normal(0, entry.getValue().shape().count(), 0);
                double[] gradient = gradients.get(k++).toDoubles();
                for (int i = 0; i < step.length; i++) {
                    along += step[i] * gradient[i];
                }
            }
            net.trained().forEach((name, p) -> move(p, "step " + name, h));
            double above = value(net, config, x, t, r, dx, dt, g, ct);
            net.trained().forEach((name, p) -> move(p, "step " + name, -2 * h));
            double below = value(net, config, x, t, r, dx, dt, g, ct);
            double slope = (above - below) / (2 * h);
            assertEquals(slope, along, 1e-5 * Math.max(1, Math.abs(slope)), "gradient");
        }
    }

    private Tensor call(Dit net, DitConfig config, Tensor x, Tensor t, Tensor r) {
        return config.times() == 1 ? net.v(x, t, cond(config)) : net.u(x, t, r, cond(config));
    }

    private double value(
            Dit net, DitConfig config, Tensor x, Tensor t, Tensor r, Tensor dx, Tensor dt, Tensor g, Tensor ct) {
        Dual dual = Jvp.detached(in -> call(net, config, in[0], in[1], r), new Tensor[] {x, t}, new Tensor[] {dx, dt});
        return Ops.sum(Ops.mul(dual.value(), g)).item()
                + Ops.sum(Ops.mul(Jvp.tangentOrZero(dual), ct)).item();
    }

    private static double scale(double[] x) {
        double max = 1;
        for (double v : x) {
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    @Test
    void freshNetworkIsZeroAndCarriesPublishedNames() {
        DitConfig config = DitConfig.of(4, 2, 3, 8, 1, 2, 5);
        try (Dit net = new Dit(new Init(device, DType.F64, new Rng(3)), config)) {
            Tensor x = normal("x", 2, 3, 4, 4);
            Tensor t = Tensor.of(device, DType.F64, new double[] {0.9, 0.4}, 2);
            try (NoGrad off = NoGrad.open()) {
                assertArrayEquals(
                        new double[96],
                        net.v(x, t, Cond.labels(device, new int[] {0, 5}, 5)).toDoubles());
            }
            List<String> names = net.trained().keySet().stream()
                    .map(StateDict::name)
                    .sorted()
                    .toList();
            assertEquals(21, names.size());
            assertTrue(names.contains("blocks.0.adaLN_modulation.1.weight"), names.toString());
            assertTrue(names.contains("y_embedder.embedding_table.weight"), names.toString());
            assertTrue(net.parameters().containsKey("pos_embed"));
        }
    }

    @Test
    void aSampleAloneGivesTheSameBits() {
        DitConfig config = DitConfig.of(8, 2, 2, 16, 2, 4, 3);
        try (Dit net = new Dit(new Init(device, DType.F32, new Rng(3)), config)) {
            net.trained().forEach((name, p) -> move(p, name, 0.3));
            double[] noise = rng.stream("x").normal(0, Shape.of(3, 2, 8, 8).count(), 0);
            Tensor x = Tensor.of(device, DType.F32, noise, 3, 2, 8, 8);
            Tensor t = Tensor.of(device, DType.F32, new double[] {0.9, 0.4, 0.2}, 3);
            double[] all =
                    net.v(x, t, Cond.labels(device, new int[] {0, 3, 1}, 3)).toDoubles();
            Cond last = Cond.labels(device, new int[] {1}, 3);
            double[] alone =
                    net.v(Ops.slice(x, 0, 2, 3), Ops.slice(t, 0, 2, 3), last).toDoubles();
            assertArrayEquals(Arrays.copyOfRange(all, 2 * alone.length, 3 * alone.length), alone);
        }
    }

    @Test
    void wrongUseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> DitConfig.of(5, 2, 3, 8, 1, 2, 5));
        assertThrows(IllegalArgumentException.class, () -> DitConfig.of(4, 2, 3, 10, 1, 2, 5));
        DitConfig config = new DitConfig(4, 2, 1, 8, 1, 2, 4, 3, false, false, 1, TimePair.SPAN, 1, false, false);
        try (Dit net = network(config)) {
            Tensor x = normal("x", 2, 1, 4, 4);
            Tensor t = Tensor.of(device, DType.F64, new double[] {0.9, 0.4}, 2);
            Tensor r = Tensor.of(device, DType.F64, new double[] {0.1, 0.2}, 2);
            assertThrows(IllegalArgumentException.class, () -> net.v(x, t, Cond.NONE));
            assertThrows(IllegalArgumentException.class, () -> net.u(x, t, r, cond(config)));
            String message = assertThrows(
                            IllegalArgumentException.class, () -> net.v(Ops.slice(x, 2, 0, 2), t, cond(config)))
                    .getMessage();
            assertTrue(message.contains("(2, 1, 2, 4)"), message);
        }
    }
}
