package org.fewstep.loss;

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
