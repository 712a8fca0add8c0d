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
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** U-Nets beyond what the golden files fix: a second time, no labels, fresh networks, wrong use. */
class UNetTest extends EngineTest {
    private static UNetConfig config(UNetConfig.Form form, boolean second, TimePair pair, int classes) {
        return new UNetConfig(
                form,
                4,
                2,
                2,
                classes,
                0,
                4,
                List.of(1, 2),
                2,
                1,
                1,
                List.of(2),
                form == UNetConfig.Form.SONG ? 0 : 4,
                0,
                UNetConfig.Embedding.POSITIONAL,
                UNetConfig.Aux.PLAIN,
                UNetConfig.Aux.PLAIN,
                List.of(1.0, 1.0),
                second ? 2 : 1,
                pair,
                1);
    }

    static List<UNetConfig> configs() {
        List<UNetConfig> list = new ArrayList<>();
        for (UNetConfig.Form form : UNetConfig.Form.values()) {
            list.add(config(form, true, TimePair.SPAN, 2));
            list.add(config(form, true, TimePair.END, 0));
        }
        return list;
    }

    private UNet network(UNetConfig config) {
        UNet net = new UNet(new Init(device, DType.F64, new Rng(3)), config);
        net.trained().forEach((name, p) -> {
            double[] noise = new Rng(9).stream(name).normal(0, p.shape().count(), 0);
            double[] value = p.leaf().toDoubles();
            for (int i = 0; i < value.length; i++) {
                value[i] += 0.2 * noise[i];
            }
            device.write(p.buffer(), value, 0, value.length);
        });
        return net;
    }

    private Tensor normal(String name, int... sizes) {
        return Tensor.of(
                device, DType.F64, rng.stream(name).normal(0, Shape.of(sizes).count(), 0), sizes);
    }

    private Tensor times(double... t) {
        return Tensor.of(device, DType.F64, t, t.length);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void tangentInStateAndBothTimesMatchesDifferences(UNetConfig config) {
        try (UNet net = network(config);
                NoGrad off = NoGrad.open()) {
            Cond cond = config.classes() == 0 ? Cond.NONE : Cond.labels(device, new int[] {1, 2}, 2);
            Tensor[] at = {normal("x", 2, 2, 4, 4), times(0.9, 0.4), times(0.1, 0.3)};
            Tensor[] d = {normal("dx", 2, 2, 4, 4), times(1, -0.5), times(0.3, 2)};
            Tensor dy = Jvp.tangentOrZero(Jvp.detached(in -> net.u(in[0], in[1], in[2], cond), at, d));
            double h = 1e-5;
            Tensor[] up = new Tensor[3];
            Tensor[] down = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                up[i] = Ops.add(at[i], Ops.scale(d[i], h));
                down[i] = Ops.add(at[i], Ops.scale(d[i], -h));
            }
            Tensor difference = Ops.sub(net.u(up[0], up[1], up[2], cond), net.u(down[0], down[1], down[2], cond));
            double[] numeric = Ops.scale(difference, 1 / (2 * h)).toDoubles();
            assertArrayEquals(numeric, dy.toDoubles(), 1e-6);
        }
    }

    @Test
    void noLabelIsTheNullLabel() {
        UNetConfig config = config(UNetConfig.Form.SONG, false, TimePair.SPAN, 2);
        try (UNet net = network(config)) {
            Tensor x = normal("x", 2, 2, 4, 4);
            Tensor t = times(0.9, 0.4);
            double[] none = net.v(x, t, Cond.NONE).toDoubles();
            double[] nullLabel =
                    net.v(x, t, Cond.labels(device, new int[] {2, 2}, 2)).toDoubles();
            assertArrayEquals(none, nullLabel);
            double[] one = net.v(x, t, Cond.labels(device, new int[] {0, 0}, 2)).toDoubles();
            assertTrue(Math.abs(one[0] - none[0]) > 1e-6, "a label changes the result");
        }
    }

    @Test
    void freshNetworkIsZeroAndGradientsReachAllParameters() {
        UNetConfig config = config(UNetConfig.Form.DHARIWAL, true, TimePair.SPAN, 2);
        try (UNet net = new UNet(new Init(device, DType.F64, new Rng(3)), config)) {
            Tensor x = normal("x", 2, 2, 4, 4);
            double[] y = net.u(x, times(0.9, 0.4), times(0.1, 0.2), Cond.NONE).toDoubles();
            for (double v : y) {
                assertEquals(0, v);
            }
        }
        try (UNet net = network(config)) {
            Tensor x = normal("x", 2, 2, 4, 4);
            Cond cond = Cond.labels(device, new int[] {0, 1}, 2);
            Dual dual = Jvp.of(v -> net.u(v, times(0.9, 0.4), times(0.1, 0.2), cond), x, normal("dx", 2, 2, 4, 4));
            Tensor loss = Ops.add(Ops.sum(Ops.square(dual.value())), Ops.sum(Ops.square(Jvp.tangentOrZero(dual))));
            List<Tensor> g = Grad.of(loss, net.leaves());
            int k = 0;
            for (String name : net.trained().keySet()) {
                double norm = 0;
                for (double v : g.get(k++).toDoubles()) {
                    norm += v * v;
                }
                // The gradient of a bias in front of a norm with one group may vanish, that of a weight never does.
                assertTrue(norm > 0 || name.endsWith("bias") || name.endsWith(".b"), name);
            }
        }
    }

    @Test
    void preconditioningAtAGridPoint() {
        UNetConfig config = config(UNetConfig.Form.SONG, false, TimePair.SPAN, 0);
        try (EdmPrecond net = new EdmPrecond(network(config), 0.5)) {
            Tensor x = normal("x", 2, 2, 4, 4);
            double[] at = net.x0(x, new GridPoint(2, 1, 2), Cond.NONE).toDoubles();
            assertArrayEquals(at, net.of(x, times(2, 2), Cond.NONE).toDoubles());
            // At sigma = 0 the denoiser is the identity: c_skip = 1, c_out = 0.
            double[] clean = net.of(x, times(1e-12, 1e-12), Cond.NONE).toDoubles();
            assertArrayEquals(x.toDoubles(), clean, 1e-9);
            assertThrows(IllegalArgumentException.class, () -> net.x0(x, new GridPoint(0.5, 0.5, 0.5), Cond.NONE));
        }
    }

    @Test
    void aSampleAloneGivesTheSameBits() {
        UNetConfig config = config(UNetConfig.Form.DHARIWAL, false, TimePair.SPAN, 3);
        try (UNet net = new UNet(new Init(device, DType.F32, new Rng(3)), config)) {
            net.trained().forEach((name, p) -> {
                double[] noise = new Rng(9).stream(name).normal(0, p.shape().count(), 0);
                device.write(p.buffer(), noise, 0, noise.length);
            });
            double[] noise = rng.stream("x").normal(0, Shape.of(3, 2, 4, 4).count(), 0);
            Tensor x = Tensor.of(device, DType.F32, noise, 3, 2, 4, 4);
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
        UNetConfig config = config(UNetConfig.Form.SONG, false, TimePair.SPAN, 2);
        try (UNet net = network(config)) {
            Tensor x = normal("x", 2, 2, 4, 4);
            Tensor t = times(0.9, 0.4);
            assertThrows(IllegalArgumentException.class, () -> net.u(x, t, times(0.1, 0.2), Cond.NONE));
            assertThrows(IllegalArgumentException.class, () -> net.v(normal("y", 2, 3, 4, 4), t, Cond.NONE));
            assertThrows(IllegalArgumentException.class, () -> net.v(x, t, Cond.labels(device, new int[] {0}, 2)));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new UNetConfig(
                        UNetConfig.Form.DHARIWAL,
                        4,
                        2,
                        2,
                        0,
                        0,
                        4,
                        List.of(1),
                        1,
                        1,
                        1,
                        List.of(),
                        0,
                        0,
                        UNetConfig.Embedding.FOURIER,
                        UNetConfig.Aux.PLAIN,
                        UNetConfig.Aux.PLAIN,
                        List.of(1.0, 1.0),
                        1,
                        TimePair.SPAN,
                        1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new DdpmUNetConfig(
                        5,
                        1,
                        1,
                        List.of(4, 8),
                        1,
                        List.of(false, true),
                        List.of(true, false),
                        4,
                        2,
                        1e-5,
                        0,
                        true,
                        false,
                        false));
        DdpmUNetConfig labelled = new DdpmUNetConfig(
                4, 1, 1, List.of(4, 8), 1, List.of(false, true), List.of(true, false), 4, 2, 1e-5, 3, true, true, true);
        try (DdpmUNet net = new DdpmUNet(new Init(device, DType.F64, new Rng(3)), labelled)) {
            Tensor x = normal("x", 2, 1, 4, 4);
            assertThrows(IllegalArgumentException.class, () -> net.v(x, times(1, 2), Cond.NONE));
            assertEquals(
                    x.shape(),
                    net.v(x, times(1, 2), Cond.labels(device, new int[] {0, 2}, 2))
                            .shape());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> net.v(normal("y", 2, 1, 8, 8), times(1, 2), Cond.labels(device, new int[] {0, 2}, 2)));
        }
    }
}
