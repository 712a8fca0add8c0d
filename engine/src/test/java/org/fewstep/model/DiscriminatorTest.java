package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Features of both trunks, and heads on them to second order, as the gradient penalty R1 needs. */
class DiscriminatorTest extends EngineTest {
    private static final double H = 1e-5;

    private FlowNetwork trunk(String kind) {
        Init init = new Init(device, DType.F64, new Rng(3));
        if (kind.equals("dit")) {
            return moved(DitConfig.of(12, 2, 1, 8, 2, 2, 3).build(init));
        }
        if (kind.equals("residual-mlp")) {
            return moved(new ResidualMlpConfig(144, 8, 2, 1, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 2, 3, 8)
                    .build(init));
        }
        UNetConfig.Aux plain = UNetConfig.Aux.PLAIN;
        return moved(new UNetConfig(
                        UNetConfig.Form.valueOf(kind),
                        12,
                        1,
                        1,
                        3,
                        0,
                        4,
                        List.of(1, 2),
                        2,
                        1,
                        1,
                        List.of(6),
                        0,
                        0,
                        UNetConfig.Embedding.POSITIONAL,
                        plain,
                        plain,
                        List.of(1.0, 1.0),
                        1,
                        TimePair.SPAN,
                        1)
                .build(init));
    }

    private static List<String> some(String kind) {
        return kind.equals("dit") ? List.of("blocks.1", "blocks.0") : List.of("enc.6x6_block0", "enc.12x12_block0");
    }

    private <M extends Module> M moved(M module) {
        module.trained().forEach((name, p) -> move(p, name, 0.2));
        return module;
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

    private Tensor time() {
        return Tensor.of(device, DType.F64, new double[] {0.4, 0.8}, 2);
    }

    private Cond cond() {
        return Cond.labels(device, new int[] {1, 3}, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG", "DHARIWAL", "residual-mlp"})
    void everyTapIsReadWithItsShape(String kind) {
        try (FlowNetwork net = trunk(kind);
                NoGrad off = NoGrad.open()) {
            FeatureNet features = (FeatureNet) net;
            List<String> names = features.taps().stream().map(Tap::name).toList();
            Tensor x = normal("x", 2, 1, 12, 12);
            List<Tensor> all = features.features(x, time(), cond(), names);
            for (int i = 0; i < names.size(); i++) {
                Tap tap = features.taps().get(i);
                assertEquals(
                        Shape.of(2, tap.channels(), tap.size(), tap.size()),
                        all.get(i).shape(),
                        tap.name());
                // Read alone, nothing behind it computed, it is the same.
                Tensor alone = features.features(x, time(), cond(), List.of(tap.name()))
                        .get(0);
                assertArrayEquals(all.get(i).toDoubles(), alone.toDoubles(), tap.name());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG"})
    void featuresHoldNothingElse(String kind) {
        try (FlowNetwork net = trunk(kind);
                NoGrad off = NoGrad.open()) {
            Tensor x = normal("x", 2, 1, 12, 12);
            Tensor t = time();
            Cond cond = cond();
            long before = device.live().buffers().get();
            ((FeatureNet) net).features(x, t, cond, some(kind));
            assertEquals(before + 2, device.live().buffers().get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG", "DHARIWAL"})
    void aMissingTapIsRefusedWithTheOnesThereAre(String kind) {
        try (FlowNetwork net = trunk(kind)) {
            FeatureNet trunk = (FeatureNet) net;
            Init init = new Init(device, DType.F64, new Rng(1));
            for (Tap tap : trunk.taps()) {
                String message = assertThrows(
                                IllegalArgumentException.class,
                                () -> new Discriminator(init, trunk, List.of("blocks.9"), 4))
                        .getMessage();
                assertTrue(message.contains(tap.name()) && message.contains("blocks.9"), message);
            }
            assertThrows(IllegalArgumentException.class, () -> new Discriminator(init, trunk, List.of(), 4));
            Tensor x = normal("x", 2, 1, 12, 12);
            assertThrows(IllegalArgumentException.class, () -> trunk.features(x, time(), cond(), List.of("nowhere")));
            String one = trunk.taps().get(0).name();
            assertThrows(IllegalArgumentException.class, () -> trunk.features(x, time(), cond(), List.of(one, one)));
            assertThrows(IllegalArgumentException.class, () -> trunk.features(x, time(), cond(), List.of()));
        }
    }

    /** Losses of a discriminator at fixed inputs. */
    private final class Setting implements AutoCloseable {
        final FlowNetwork trunk;
        final Discriminator heads;
        final Map<String, Parameter> parameters = new LinkedHashMap<>();
        final Tensor x = normal("x", 2, 1, 12, 12).requireGrad();

        Setting(String kind) {
            this.trunk = trunk(kind);
            this.heads = moved(
                    new Discriminator(new Init(device, DType.F64, new Rng(1)), (FeatureNet) trunk, some(kind), 8));
            heads.trained().forEach((name, p) -> parameters.put("heads." + name, p));
            trunk.trained().forEach((name, p) -> parameters.put("trunk." + name, p));
        }

        Tensor logits(Tensor x) {
            return heads.logits(x, time(), cond());
        }

        /** The penalty |d sum(logits) / dx|^2 (Mescheder et al. 2018, arXiv:1801.04406). */
        Tensor r1() {
            Tensor g = Grad.createGraph(Ops.sum(logits(x)), List.of(x)).get(0);
            return Ops.sum(Ops.square(g));
        }

        /** Central difference of a value along a random step of all parameters, and the same by its gradient. */
        double[] slopes(Supplier<Tensor> value) {
            List<Tensor> gradients = Grad.of(
                    value.get(),
                    parameters.values().stream().map(Parameter::leaf).toList());
            double along = 0;
            int k = 0;
            for (var entry : parameters.entrySet()) {
                double[] step = new Rng(9)
                        .stream("step " + entry.getKey())
                                .normal(0, entry.getValue().shape().count(), 0);
                double[] g = gradients.get(k++).toDoubles();
                for (int i = 0; i < step.length; i++) {
                    along += step[i] * g[i];
                }
            }
            parameters.forEach((name, p) -> move(p, "step " + name, H));
            double above = value.get().item();
            parameters.forEach((name, p) -> move(p, "step " + name, -2 * H));
            double below = value.get().item();
            parameters.forEach((name, p) -> move(p, "step " + name, H));
            return new double[] {(above - below) / (2 * H), along};
        }

        @Override
        public void close() {
            heads.close();
            trunk.close();
        }
    }

    private static void assertClose(double[] slopes) {
        assertEquals(slopes[0], slopes[1], 1e-5 * Math.max(1, Math.abs(slopes[0])));
        assertTrue(Math.abs(slopes[0]) > 1e-6, "a slope that is not zero");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG", "DHARIWAL"})
    void lossGradientsReachHeadsAndTrunk(String kind) {
        try (Setting s = new Setting(kind)) {
            assertEquals(Shape.of(2, 2), s.logits(s.x).shape());
            assertClose(s.slopes(() -> Ops.mean(Ops.softplus(Ops.neg(s.logits(s.x))))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG", "DHARIWAL"})
    void gradientPenaltyIsDifferentiable(String kind) {
        try (Setting s = new Setting(kind)) {
            assertClose(s.slopes(s::r1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit", "SONG", "DHARIWAL"})
    void tangentMatchesDifferences(String kind) {
        try (Setting s = new Setting(kind)) {
            Tensor x = s.x.stopGradient();
            Tensor dx = normal("dx", 2, 1, 12, 12);
            double[] tangent = Jvp.tangentOrZero(
                            Jvp.detached(in -> s.logits(in[0]), new Tensor[] {x}, new Tensor[] {dx}))
                    .toDoubles();
            Tensor up = s.logits(Ops.add(x, Ops.scale(dx, H)));
            Tensor down = s.logits(Ops.add(x, Ops.scale(dx, -H)));
            assertArrayEquals(Ops.scale(Ops.sub(up, down), 1 / (2 * H)).toDoubles(), tangent, 1e-6);
        }
    }

    @Test
    void aFrozenTrunkGetsNoGradient() {
        try (Setting s = new Setting("dit")) {
            s.trunk.freeze(true);
            Tensor total = Ops.sum(s.logits(s.x.stopGradient()));
            List<Tensor> heads = new ArrayList<>(s.heads.leaves());
            heads.addAll(s.trunk.leaves());
            List<Tensor> gradients = Grad.of(total, heads);
            double[] norms = gradients.stream()
                    .mapToDouble(g -> Ops.sum(Ops.square(g)).item())
                    .toArray();
            int trained = s.heads.leaves().size();
            assertTrue(norms[trained - 1] > 0);
            for (int i = trained; i < norms.length; i++) {
                assertEquals(0, norms[i]);
            }
        }
    }
}
