package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.io.Settings;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest extends EngineTest {
    static List<NetworkConfig> configs() {
        List<NetworkConfig> list = new ArrayList<>();
        list.add(new MlpConfig(6, 8, 2, 2, TimePair.SPAN, TimeEncoding.RAW, 1, 1, 0, 5));
        list.add(new MlpConfig(6, 8, 2, 2, TimePair.END, TimeEncoding.SINUSOIDAL, 8, 4, 3, 5));
        list.add(new MlpConfig(6, 8, 1, 1, TimePair.SPAN, TimeEncoding.FOURIER, 6, 1, 3, 4));
        list.add(new ResidualMlpConfig(6, 8, 2, 2, TimePair.SPAN, TimeEncoding.RAW, 1, 1, 0, 5));
        list.add(new ResidualMlpConfig(6, 8, 2, 2, TimePair.END, TimeEncoding.SINUSOIDAL, 8, 4, 3, 5));
        list.add(new ResidualMlpConfig(6, 8, 1, 1, TimePair.SPAN, TimeEncoding.FOURIER, 6, 1, 3, 4));
        list.add(dit(2, TimePair.SPAN, 0));
        list.add(dit(2, TimePair.END, 3));
        list.add(dit(1, TimePair.SPAN, 3));
        list.add(unet(UNetConfig.Form.DHARIWAL, 2, TimePair.SPAN, 0));
        list.add(unet(UNetConfig.Form.DHARIWAL, 2, TimePair.END, 3));
        list.add(unet(UNetConfig.Form.SONG, 1, TimePair.SPAN, 3));
        list.add(new DataPredictorConfig(dit(2, TimePair.SPAN, 3), 0.05));
        list.add(new DataPredictorConfig(dit(1, TimePair.SPAN, 0), 0.05));
        NetworkConfig twoHeads = new MlpConfig(6, 8, 2, 2, TimePair.SPAN, TimeEncoding.RAW, 1, 1, 0, 5, true);
        list.add(twoHeads);
        MlpConfig plain = new MlpConfig(6, 8, 2, 2, TimePair.END, TimeEncoding.RAW, 1, 1, 3, 5);
        list.add(new MomentMapConfig(plain, ImmScaling.Form.SIMPLE_EDM, MomentMapConfig.Schedule.LINEAR, 2));
        list.add(new MomentMapConfig(plain, ImmScaling.Form.IDENTITY, MomentMapConfig.Schedule.COSINE, 1));
        list.add(new DataPredictorConfig(twoHeads, 0.05));
        list.add(new ResidualMlpConfig(
                6, 8, 2, 2, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 4, 3, 5, true, true, true));
        return list;
    }

    private static DitConfig dit(int times, TimePair pair, int classes) {
        return new DitConfig(4, 2, 2, 8, 2, 2, 2, classes, classes > 0, false, times, pair, 3, classes > 0, false);
    }

    private static UNetConfig unet(UNetConfig.Form form, int times, TimePair pair, int classes) {
        UNetConfig.Aux plain = UNetConfig.Aux.PLAIN;
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
                0,
                0.3,
                UNetConfig.Embedding.POSITIONAL,
                plain,
                plain,
                List.of(1.0, 1.0),
                times,
                pair,
                3);
    }

    /** Sizes of a batch that the network takes. */
    private static int[] batch(NetworkConfig config, int n) {
        return config.accepts(List.of(2, 4, 4)) ? new int[] {n, 2, 4, 4} : new int[] {n, 2, 3};
    }

    @Test
    void everyArchitectureIsTested() {
        Set<Class<?>> tested = new HashSet<>();
        configs().forEach(config -> tested.add(config.getClass()));
        // No time, no velocity: ConvClassifierTest has it.
        tested.add(ConvClassifierConfig.class);
        // Several networks in one: InterpolantNetworkTest has it.
        tested.add(InterpolantConfig.class);
        for (Class<?> known : NetworkConfig.class.getPermittedSubclasses()) {
            assertTrue(tested.contains(known), () -> known + " is not tested");
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void theLeastNumbersAreCloseToThoseThereAre(NetworkConfig config) {
        try (FlowNetwork net = network(config)) {
            double all = net.parameters().values().stream()
                    .mapToDouble(p -> p.shape().count())
                    .sum();
            assertTrue(config.leastNumbers() <= all, config.leastNumbers() + " of " + all);
            assertTrue(config.leastNumbers() > 0.7 * all, config.leastNumbers() + " of " + all);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void configurationsComeBackFromMaps(NetworkConfig config) {
        assertEquals(config, Settings.bind(NetworkConfig.class, Settings.toMap((Record) config)));
    }

    private FlowNetwork network(NetworkConfig config) {
        FlowNetwork net = (FlowNetwork) config.build(new Init(device, DType.F64, new Rng(3)));
        // Zero layers are moved off zero, so that every path carries numbers.
        net.trained().forEach((name, p) -> {
            double[] noise = new Rng(9).stream(name).normal(0, p.shape().count(), 0);
            double[] value = p.leaf().toDoubles();
            for (int i = 0; i < value.length; i++) {
                value[i] += 0.3 * noise[i];
            }
            device.write(p.buffer(), value, 0, value.length);
        });
        return net;
    }

    private Tensor normal(String name, int... sizes) {
        int count = 1;
        for (int n : sizes) {
            count *= n;
        }
        return Tensor.of(device, DType.F64, rng.stream(name).normal(0, count, 0), sizes);
    }

    private Tensor times(double... t) {
        return Tensor.of(device, DType.F64, t, t.length);
    }

    private Cond cond(NetworkConfig config) {
        return config.classes() == 0 ? Cond.NONE : Cond.labels(device, new int[] {2, 0, config.classes()}, 3);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void tangentInStateAndTimesMatchesDifferences(NetworkConfig config) {
        try (FlowNetwork net = network(config)) {
            Tensor x = normal("x", batch(config, 3));
            Tensor t = times(0.9, 0.6, 0.3);
            Tensor r = times(0.2, 0.6, 0.1);
            Tensor dx = normal("dx", batch(config, 3));
            Tensor dt = times(1, 1, 1);
            Tensor dr = times(-0.5, 0, 2);
            boolean two = config.times() == 2;
            Dual dual = Jvp.of(
                    in -> two ? net.u(in[0], in[1], in[2], cond(config)) : net.v(in[0], in[1], cond(config)),
                    new Tensor[] {x, t, r},
                    new Tensor[] {dx, dt, dr});
            double h = 1e-6;
            double[][] side = new double[2][];
            for (int k = 0; k < 2; k++) {
                double e = k == 0 ? h : -h;
                Tensor xe = Ops.add(x, Ops.scale(dx, e));
                Tensor te = Ops.add(t, Ops.scale(dt, e));
                Tensor re = Ops.add(r, Ops.scale(dr, e));
                Tensor y = two ? net.u(xe, te, re, cond(config)) : net.v(xe, te, cond(config));
                side[k] = y.toDoubles();
            }
            double[] tangent = Jvp.tangentOrZero(dual).toDoubles();
            for (int i = 0; i < tangent.length; i++) {
                assertEquals((side[0][i] - side[1][i]) / (2 * h), tangent[i], 1e-7 * Math.max(1, Math.abs(tangent[i])));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void everyParameterGetsItsGradient(NetworkConfig config) {
        try (FlowNetwork net = network(config)) {
            Tensor x = normal("x", batch(config, 3));
            Tensor t = times(0.9, 0.6, 0.3);
            Tensor r = config.times() == 2 ? times(0.2, 0.6, 0.1) : t;
            Tensor loss = allHeads(net, x, t, r);
            List<Tensor> g = Grad.of(loss, net.leaves());
            int k = 0;
            for (Parameter p : net.trained().values()) {
                double[] grad = g.get(k++).toDoubles();
                double[] value = p.leaf().toDoubles();
                int i = value.length / 2;
                double[] moved = value.clone();
                double h = 1e-6;
                double[] at = new double[2];
                for (int s = 0; s < 2; s++) {
                    moved[i] = value[i] + (s == 0 ? h : -h);
                    device.write(p.buffer(), moved, 0, moved.length);
                    at[s] = allHeads(net, x, t, r).item();
                }
                device.write(p.buffer(), value, 0, value.length);
                assertEquals((at[0] - at[1]) / (2 * h), grad[i], 1e-6 * Math.max(1, Math.abs(grad[i])));
            }
        }
    }

    /** A number that every parameter takes part in. */
    private Tensor allHeads(FlowNetwork net, Tensor x, Tensor t, Tensor r) {
        Cond cond = cond(net.config());
        if (!net.config().velocityHead()) {
            return Ops.sum(Ops.square(net.u(x, t, r, cond)));
        }
        TwoHeadNet.Heads heads = net.heads(x, t, r, cond);
        return Ops.add(Ops.sum(Ops.square(heads.u())), Ops.sum(Ops.square(heads.v())));
    }

    @Test
    void twoHeadsAreTheAverageVelocityAndAnother() {
        for (NetworkConfig config : configs()) {
            try (FlowNetwork net = network(config)) {
                Tensor x = normal("x", batch(config, 3));
                Tensor t = times(0.9, 0.6, 0.3);
                if (!config.velocityHead()) {
                    assertThrows(IllegalArgumentException.class, () -> net.heads(x, t, t, cond(config)));
                    continue;
                }
                Tensor r = times(0.2, 0.6, 0.1);
                TwoHeadNet.Heads heads = net.heads(x, t, r, cond(config));
                double[] u = net.u(x, t, r, cond(config)).toDoubles();
                assertArrayEquals(u, heads.u().toDoubles());
                assertNotEquals(u[0], heads.v().toDoubles()[0]);
                TwoHeadNet.Interval half = new TwoHeadNet.Interval(times(0, 0, 0), times(0.5, 0.5, 0.5));
                double[] inside =
                        net.u(x, t, r, cond(config).withInterval(half)).toDoubles();
                assertEquals(config.intervals(), u[0] != inside[0]);
            }
        }
    }

    @Test
    void residualMlpStartsAtZero() {
        NetworkConfig config = configs().get(4);
        try (FlowNetwork net = (FlowNetwork) config.build(new Init(device, DType.F32, new Rng(1)))) {
            Tensor x = Tensor.of(device, DType.F32, new double[] {1, 2, 3, 4, 5, 6}, 1, 6);
            Tensor t = Tensor.of(device, DType.F32, new double[] {0.5}, 1);
            assertArrayEquals(new float[6], net.u(x, t, t, Cond.NONE).toFloats());
        }
    }

    @Test
    void missingLabelsMeanTheNullLabel() {
        NetworkConfig config = configs().get(1);
        try (FlowNetwork net = network(config)) {
            Tensor x = normal("x", 2, 6);
            Tensor t = times(0.5, 0.5);
            double[] none = net.u(x, t, t, Cond.NONE).toDoubles();
            double[] k =
                    net.u(x, t, t, Cond.labels(device, new int[] {3, 3}, 3)).toDoubles();
            assertArrayEquals(k, none);
            assertNotEquals(
                    none[0],
                    net.u(x, t, t, Cond.labels(device, new int[] {0, 0}, 3)).toDoubles()[0]);
            assertThrows(IllegalArgumentException.class, () -> Cond.labels(device, new int[] {4}, 3));
            assertThrows(IllegalArgumentException.class, () -> net.u(x, t, t, Cond.labels(device, new int[] {0}, 3)));
        }
    }

    @Test
    void networkWithOneTimeRefusesTwo() {
        try (FlowNetwork net = network(configs().get(2))) {
            Tensor x = normal("x", 1, 6);
            assertThrows(IllegalArgumentException.class, () -> net.u(x, times(0.5), times(0.1), Cond.NONE));
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aMapStartsAsAVelocity(NetworkConfig config) {
        NetworkConfig one = config.withOneTime();
        try (FlowNetwork map = network(config)) {
            if (config.times() == 1 || one == null) {
                assertThrows(IllegalArgumentException.class, () -> map.startAs(map));
                return;
            }
            try (FlowNetwork velocity = network(one)) {
                map.startAs(velocity);
                Tensor x = normal("x", batch(config, 3));
                Tensor s = times(0.9, 0.6, 0.3);
                double[] v = velocity.v(x, s, cond(config)).toDoubles();
                assertArrayEquals(
                        v, map.u(x, s, times(0.2, 0.6, 0.1), cond(config)).toDoubles(), 1e-14);
            }
        }
    }

    @Test
    void samplingHoldsOneStepsActivations() {
        try (FlowNetwork net = network(configs().get(4));
                NoGrad off = NoGrad.open()) {
            Tensor t = times(0.5, 0.5, 0.5);
            Tensor x = normal("x", 3, 6);
            long before = device.live().buffers().get();
            for (int i = 0; i < 10; i++) {
                x = net.u(x, t, t, cond(configs().get(4)));
            }
            // Each call leaves its result and nothing else; the labels are the caller's.
            assertEquals(before + 20, device.live().buffers().get());
        }
    }

    @Test
    void parametersHaveStableNamesAndSeeds() {
        NetworkConfig config = NetworkConfig.mlp(2, 4, 1, 2, 0);
        try (Network a = config.build(new Init(device, DType.F32, new Rng(1)));
                Network b = config.build(new Init(device, DType.F32, new Rng(1)));
                Network c = config.build(new Init(device, DType.F32, new Rng(2)))) {
            assertEquals(
                    List.of("mlp.layers.0.W", "mlp.layers.0.b", "mlp.layers.1.W", "mlp.layers.1.b"),
                    List.copyOf(a.parameters().keySet()));
            assertArrayEquals(a.leaves().get(0).toFloats(), b.leaves().get(0).toFloats());
            assertNotEquals(a.leaves().get(0).toFloats()[0], c.leaves().get(0).toFloats()[0]);
            c.copyFrom(a);
            assertArrayEquals(a.leaves().get(2).toFloats(), c.leaves().get(2).toFloats());
            assertEquals(2 * 4 + 2 * 4 + 4 + 4 * 2 + 2, a.parameterCount());
            a.freeze(true);
            assertFalse(a.parameters().get("mlp.layers.0.W").tensor().needsGrad());
            a.freeze(false);
            assertTrue(a.parameters().get("mlp.layers.0.W").tensor().needsGrad());
        }
    }

    @Test
    void badConfigurationsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> NetworkConfig.mlp(0, 4, 1, 2, 0));
        assertThrows(IllegalArgumentException.class, () -> NetworkConfig.mlp(2, 4, 1, 3, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ResidualMlpConfig(
                        6, 8, 2, 2, TimePair.SPAN, TimeEncoding.RAW, 1, 1, 3, 5, false, true, true));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TimeFeatures(new Init(device, DType.F32, rng), TimeEncoding.SINUSOIDAL, 5, 4));
    }
}
