package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParametrisationTest extends EngineTest {
    private static final double S = 0.6;
    private static final GaussianMixture MIXTURE = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2}, new double[][] {{0.7, -0.5}, {-1, 1}, {0.2, -0.8}}, new double[] {0.3, 0.1, 0
            });

    private Tensor x;

    @BeforeEach
    void drawState() {
        x = tensor(rng.normal(0, 8, 0), 4, 2);
    }

    private Tensor tensor(double[] values, int... sizes) {
        return Tensor.of(device, DType.F64, values, sizes);
    }

    /** Some network that reads its time. */
    private static Tensor net(Tensor x, Tensor t, Cond cond) {
        return Ops.sin(Ops.add(Ops.scale(x, 1.7), PerSampleColumn.of(t, x)));
    }

    private static void assertNear(Tensor expected, Tensor actual, double tolerance) {
        assertArrayEquals(expected.toDoubles(), actual.toDoubles(), tolerance);
    }

    /** One denoiser of noise levels in two coordinates. */
    @Test
    void theQuarterCircleHasTheSameCleanData() {
        Parametrisation sigma = new Parametrisation(Parametrisation.Form.SIGMA, Parametrisation.Role.CONSISTENCY, S, 0);
        double[] times = {0.01, 0.4, 1.1, 1.55};
        double[] levels = new double[4];
        for (int i = 0; i < 4; i++) {
            levels[i] = S * Math.tan(times[i]);
        }
        Tensor t = tensor(times, 4);
        Tensor cos = PerSampleColumn.of(Ops.cos(t), x);
        Tensor sin = PerSampleColumn.of(Ops.sin(t), x);
        Tensor v = sigma.trigFlow(ParametrisationTest::net).v(x, t, Cond.NONE);
        assertNear(
                sigma.around(ParametrisationTest::net).of(Ops.div(x, cos), tensor(levels, 4), Cond.NONE),
                Ops.sub(Ops.mul(cos, x), Ops.mul(sin, v)),
                1e-12);
    }

    @Test
    void trigFlowIsTheIdentityAtItsDataEnd() {
        Tensor t = tensor(new double[4], 4);
        assertNear(
                x, Parametrisation.trigFlow(S).around(ParametrisationTest::net).of(x, t, Cond.NONE), 0);
        Tensor e = tensor(new double[] {0.1, 0.1, 0.1, 0.1}, 4);
        assertNear(
                x,
                Parametrisation.consistency(S, 0.1)
                        .around(ParametrisationTest::net)
                        .of(x, e, Cond.NONE),
                1e-15);
    }

    @Test
    void schedulesBelongToTheForm() {
        assertEquals(new EdmSchedule(), Parametrisation.edm(S).schedule());
        assertEquals(new TrigFlowSchedule(S), Parametrisation.trigFlow(S).schedule());
    }

    @Test
    void aGeneratorIsADenoisersFunctionAtItsOwnLevels() {
        Parametrisation generator = Parametrisation.generator(S, List.of(80.0, 0.8));
        Tensor level = tensor(new double[] {80, 0.8, 0.8, 80}, 4);
        assertNear(
                Parametrisation.edm(S).around(ParametrisationTest::net).of(x, level, Cond.NONE),
                generator.around(ParametrisationTest::net).of(x, level, Cond.NONE),
                0);
        assertTrue(generator.jumps());
        assertEquals(2, generator.mostSteps());
        assertEquals(Integer.MAX_VALUE, Parametrisation.edm(S).mostSteps());
        for (List<Double> levels : List.of(List.<Double>of(), List.of(0.0), List.of(1.0, 1.0), List.of(1.0, 2.0))) {
            assertThrows(IllegalArgumentException.class, () -> Parametrisation.generator(S, levels));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new Parametrisation(
                        Parametrisation.Form.SIGMA, Parametrisation.Role.DENOISER, S, 0, List.of(1.0), null));
    }

    /** cos(t) x0 + sin(t) n is the state of level tan(t), times cos(t). */
    @Test
    void theCircleThatKeepsVarianceHasTheSameDenoiser() {
        double[] times = {0.01, 0.4, 1.1, 1.55};
        try (ExactDenoiser exact = new ExactDenoiser(new Init(device, DType.F64, new Rng(0)), MIXTURE)) {
            assertNear(
                    MIXTURE.x0(x, PathCoefficients.of(new TrigFlowSchedule(1), times)),
                    Parametrisation.onCircle(exact).of(x, tensor(times, 4), Cond.NONE),
                    1e-12);
        }
    }

    @Test
    void refusesWhatHasNoMeaning() {
        assertThrows(IllegalArgumentException.class, () -> Parametrisation.edm(0));
        assertThrows(IllegalArgumentException.class, () -> Parametrisation.consistency(S, -1));
        for (Parametrisation.Form form : Parametrisation.Form.values()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Parametrisation(form, Parametrisation.Role.DENOISER, S, 0.002));
        }
        Parametrisation identity = Parametrisation.consistency(S, 0.002);
        assertThrows(IllegalStateException.class, () -> identity.trigFlow(ParametrisationTest::net));
    }

    @Test
    void theExactDenoiserIsThatOfTheMixture() {
        double[] levels = {0.002, 0.3, 4, 80};
        double[] times = {0.01, 0.4, 1.1, 1.55};
        NoiseSchedule circle = new TrigFlowSchedule(S);
        try (ExactDenoiser exact = new ExactDenoiser(new Init(device, DType.F64, new Rng(0)), MIXTURE)) {
            assertNear(
                    MIXTURE.x0(x, PathCoefficients.of(new EdmSchedule(), levels)),
                    exact.of(x, tensor(levels, 4), Cond.NONE),
                    1e-12);
            assertNear(
                    MIXTURE.v(x, PathCoefficients.of(circle, times)),
                    exact.trigFlow(S).v(x, tensor(times, 4), Cond.NONE),
                    1e-12);
        }
    }
}
