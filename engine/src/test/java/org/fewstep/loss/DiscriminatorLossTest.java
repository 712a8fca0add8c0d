package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticMlp;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FeatureCritic;
import org.fewstep.model.Init;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Losses of discriminators, and the penalty of their gradients against closed forms. */
class DiscriminatorLossTest {
    private static final double A = 1.7;

    private final Device device = new CpuDevice(Provider.LOOPS, 1);
    private Scope scope;

    @BeforeEach
    void open() {
        scope = device.scope();
    }

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    private Tensor tensor(double[] values, int... sizes) {
        return Tensor.of(device, DType.F64, values, sizes);
    }

    private Tensor x() {
        return tensor(new double[] {0.5, -1, 2, 0.25}, 2, 2);
    }

    /** C(x) = a |x|^2 / 2. */
    private static CriticNet quadratic(Tensor a) {
        return (x, t, cond) -> Ops.mul(a, Ops.scale(Ops.sum(Ops.square(x), 1), 0.5));
    }

    @Test
    void theExactPenaltyOfAQuadraticHasItsValueAndSlope() {
        Tensor a = tensor(new double[] {A}).requireGrad();
        Tensor penalty = new GradientPenalty.Exact().of(quadratic(a), x(), x(), tensor(new double[2], 2), Cond.NONE);
        // grad C = a x, so R = a^2 |x|^2 and dR/da = 2 a |x|^2.
        double[] squares = {1.25, 4.0625};
        for (int i = 0; i < 2; i++) {
            assertEquals(A * A * squares[i], penalty.toDoubles()[i], 1e-12);
        }
        double slope = Grad.of(Ops.sum(penalty), List.of(a)).get(0).item();
        assertEquals(2 * A * (squares[0] + squares[1]), slope, 1e-12);
    }

    @Test
    void finiteNoiseOnALinearDiscriminatorIsTheProjectionAndTendsToThePenalty() {
        double[] w = {0.6, -0.8};
        Tensor weights = tensor(w, 2);
        CriticNet linear = (x, t, cond) -> Ops.sum(Ops.mul(x, weights), 1);
        Tensor noise = tensor(new double[] {1, 2, -0.5, 3}, 2, 2);
        double[] got = new GradientPenalty.FiniteNoise(0.1)
                .of(linear, x(), noise, tensor(new double[2], 2), Cond.NONE)
                .toDoubles();
        assertEquals(Math.pow(0.6 - 1.6, 2), got[0], 1e-12);
        assertEquals(Math.pow(-0.3 - 2.4, 2), got[1], 1e-12);

        int count = 20_000;
        Tensor x = Ops.broadcastTo(tensor(new double[] {0.5, -1}, 1, 2), Shape.of(count, 2));
        Tensor many = Noise.normal(device, DType.F64, new Rng(3), 0, 0, Shape.of(count, 2));
        CriticNet critic = quadratic(tensor(new double[] {A}));
        double mean = Ops.mean(new GradientPenalty.FiniteNoise(1e-3)
                        .of(critic, x, many, tensor(new double[count], count), Cond.NONE))
                .item();
        assertEquals(A * A * 1.25, mean, 0.05 * A * A * 1.25, "four standard errors of a squared normal number");
        assertThrows(IllegalArgumentException.class, () -> new GradientPenalty.FiniteNoise(0));
    }

    /** Features 3 b x, logit a |f|^2 / 2. */
    private record OnTriple(Tensor a, Tensor b) implements FeatureCritic {
        @Override
        public List<Tensor> features(Tensor x, Tensor t, Cond cond) {
            return List.of(Ops.scale(Ops.mul(b, x), 3), x);
        }

        @Override
        public Tensor judge(List<Tensor> features) {
            Tensor squares = Ops.sum(Ops.square(features.get(0)), 1);
            return Ops.add(Ops.mul(a, Ops.scale(squares, 0.5)), Ops.sum(features.get(1), 1));
        }

        @Override
        public Tensor logits(Tensor x, Tensor t, Cond cond) {
            return judge(features(x, t, cond));
        }
    }

    @Test
    void thePenaltyInFeaturesHasNoSlopeOfWhatMakesThem() {
        Tensor a = tensor(new double[] {A}).requireGrad();
        Tensor b = tensor(new double[] {1}).requireGrad();
        GradientPenalty inFeatures = new GradientPenalty.OnFeatures();
        Tensor t = tensor(new double[2], 2);
        Tensor penalty = inFeatures.of(new OnTriple(a, b), x(), x(), t, Cond.NONE);
        // |a 3 x|^2 + |(1, 1)|^2
        double[] squares = {1.25, 4.0625};
        for (int i = 0; i < 2; i++) {
            assertEquals(9 * A * A * squares[i] + 2, penalty.toDoubles()[i], 1e-12);
        }
        List<Tensor> slopes = Grad.of(Ops.sum(penalty), List.of(a, b));
        assertEquals(18 * A * (squares[0] + squares[1]), slopes.get(0).item(), 1e-11);
        assertEquals(0, slopes.get(1).item());
        assertThrows(IllegalArgumentException.class, () -> inFeatures.of(quadratic(a), x(), x(), t, Cond.NONE));
    }

    /** Pairs given from outside. */
    private record Given(Tensor real, Tensor fake) implements Generated<Integer> {
        @Override
        public Integer draw(Batch batch, Rng rng, int step) {
            return step;
        }

        @Override
        public Pairs of(Integer draw) {
            Tensor t = Tensor.full(real.device(), real.dtype(), 1, Shape.of(real.dim(0)));
            return new Pairs(real, Ops.square(fake), t, Cond.NONE);
        }

        @Override
        public List<Tensor> inputs(Integer draw) {
            return List.of();
        }

        @Override
        public Integer slice(Integer draw, int from, int to) {
            return draw;
        }
    }

    @Test
    void theLossIsTheAdversarialOneWithHalfGammaOfThePenaltyAndNoGradientOfTheGenerator() {
        Tensor a = tensor(new double[] {0.1}).requireGrad();
        Tensor fake = tensor(new double[] {1, 0, 0, 1}, 2, 2).requireGrad();
        DiscriminatorLoss<Integer> loss = new DiscriminatorLoss<>(
                new DiscriminatorLoss.Config(Adversarial.HINGE, new GradientPenalty.Exact(), 3), new Given(x(), fake));
        LossResult result = loss.loss(quadratic(a), loss.draw(new Batch(x(), null), new Rng(0), 0));
        double expected = 0;
        for (double square : new double[] {1.25, 4.0625}) {
            expected += (1 - 0.05 * square + 1 + 0.05) / 2 + 1.5 * 0.01 * square / 2;
        }
        assertEquals(expected, result.total().item(), 1e-12);
        assertNull(result.part("fake").node());
        assertTrue(Grad.of(result.total(), List.of(a)).get(0).item() != 0);
    }

    /** Real and generated samples get one level and one noise, for the discriminator's loss and for the generator's. */
    @Test
    void onADenoisersFeaturesSamplesAreSeenWithNoiseOfOneLevelAPair() {
        CriticLevels levels = new CriticLevels((rng, step, count) -> new double[] {0.5, 2});
        Batch batch = new Batch(x(), null);
        GeneratorTerm term = new GeneratorTerm(Adversarial.RELATIVISTIC, 1, 0, levels);
        CriticLevels.Draw at = term.draw(batch, new Rng(4), 6);
        double[] n = at.n().toDoubles();
        double[] x = x().toDoubles();
        double[] noised = at.noised(x()).toDoubles();
        for (int i = 0; i < n.length; i++) {
            assertEquals(x[i] + (i < 2 ? 0.5 : 2) * n[i], noised[i], 1e-15);
        }
        CriticNet sum = (y, t, cond) -> Ops.add(Ops.sum(y, 1), t);
        Tensor fake = Ops.scale(x(), 3);
        Tensor own = Tensor.full(device, DType.F64, 9, Shape.of(2));
        double[] expected = Adversarial.RELATIVISTIC
                .generator(Ops.sum(x(), 1), Ops.sum(fake, 1))
                .toDoubles();
        assertArrayEquals(expected, term.of(sum, x(), fake, at, own, Cond.NONE).toDoubles(), 1e-14, "noise cancels");
        assertArrayEquals(
                new double[] {0.5, 2},
                new GeneratorTerm(Adversarial.HINGE, 1, 0, levels)
                        .of((y, t, cond) -> Ops.neg(t), x(), fake, at, own, Cond.NONE)
                        .toDoubles(),
                "the level of the noise, not that of the samples");
        assertThrows(IllegalArgumentException.class, () -> term.of(sum, x(), fake, null, own, Cond.NONE));
        assertArrayEquals(
                Ops.slice(at.noised(x()), 0, 1, 2).toDoubles(),
                at.slice(1, 2).noised(Ops.slice(x(), 0, 1, 2)).toDoubles());
        Generated.Pairs pairs = pairs(levels.of(new Given(x(), fake)), batch);
        assertArrayEquals(
                Ops.sub(Ops.square(fake), x()).toDoubles(),
                Ops.sub(pairs.fake(), pairs.real()).toDoubles(),
                1e-14);
        assertArrayEquals(new double[] {0.5, 2}, pairs.t().toDoubles());
    }

    private static <D> Generated.Pairs pairs(Generated<D> generated, Batch batch) {
        return generated.of(generated.draw(batch, new Rng(4), 6));
    }

    @Test
    void aGeneratorsTermHasNoWeightBeforeItsStart() {
        GeneratorTerm term = new GeneratorTerm(Adversarial.HINGE, 0.4, 100);
        assertEquals(0, term.weightAt(99));
        assertEquals(0.4, term.weightAt(100));
        assertThrows(IllegalArgumentException.class, () -> new GeneratorTerm(Adversarial.HINGE, -1, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new DiscriminatorLoss.Config(Adversarial.HINGE, new GradientPenalty.Exact(), -1));
    }

    @Test
    void theMlpsPenaltyAgreesWithDifferencesOfItsLogits() {
        try (CriticMlp critic = new CriticMlp(new Init(device, DType.F64, new Rng(1)), 2, 3, 16, 2, 0.5)) {
            Cond cond = Cond.labels(device, new int[] {0, 2}, 3);
            Tensor t = tensor(new double[] {0.3, 40}, 2);
            double h = 1e-5;
            double[] expected = new double[2];
            for (int d = 0; d < 2; d++) {
                double[] up = x().toDoubles();
                double[] down = x().toDoubles();
                for (int i = 0; i < 2; i++) {
                    up[2 * i + d] += h;
                    down[2 * i + d] -= h;
                }
                double[] above = critic.logits(tensor(up, 2, 2), t, cond).toDoubles();
                double[] below = critic.logits(tensor(down, 2, 2), t, cond).toDoubles();
                for (int i = 0; i < 2; i++) {
                    expected[i] += Math.pow((above[i] - below[i]) / (2 * h), 2);
                }
            }
            double[] got =
                    new GradientPenalty.Exact().of(critic, x(), x(), t, cond).toDoubles();
            for (int i = 0; i < 2; i++) {
                assertEquals(expected[i], got[i], 1e-7 * expected[i]);
                assertTrue(expected[i] > 1e-6);
            }
        }
    }
}
