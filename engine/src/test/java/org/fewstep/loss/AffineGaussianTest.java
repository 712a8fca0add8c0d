package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The losses of score distillation against their closed forms, and where these lead the spread of a student. */
class AffineGaussianTest extends EngineTest {
    private static final double MU = 0.7;
    private static final double S = 0.5;
    private static final AffineGaussian LAW = new AffineGaussian(MU, S);
    private static final double STEP = 0.05;
    private static final double[] SIGMAS = sigmas();

    /** 200 levels, even in their logarithm. */
    private static double[] sigmas() {
        double[] sigma = new double[200];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = 0.02 * Math.pow(250, i / 199.0);
        }
        return sigma;
    }

    /** d/dm and d/ds of a term's mean over all signs of z and n at each level: exact moments. */
    private double[] slope(ScoreTerm term, double m, double s, double... sigmas) {
        int n = 4 * sigmas.length;
        double[] z = new double[n];
        double[] noise = new double[n];
        double[] t = new double[n];
        for (int i = 0; i < n; i++) {
            z[i] = i % 2 == 0 ? 1 : -1;
            noise[i] = i % 4 < 2 ? 1 : -1;
            t[i] = sigmas[i / 4];
        }
        EdmSchedule edm = new EdmSchedule();
        StudentSteps steps = StudentSteps.one(edm, 1);
        ScoreDistillation loss = new ScoreDistillation(
                new ScoreDistillation.Config(edm, Prediction.X0, Prediction.X0, steps, (rng, step, count) -> t, term));
        try (Scope scope = device.scope()) {
            Tensor mean = Tensor.of(device, DType.F64, new double[] {m}, 1, 1).requireGrad();
            Tensor spread = Tensor.of(device, DType.F64, new double[] {s}, 1, 1).requireGrad();
            LossResult result = loss.loss(
                    new ScoreDistillation.Nets(
                            (x, time, cond) -> add(mul(x, spread), mean), exact(MU, S, t), exact(m, s, t), null),
                    loss.draw(
                            steps.start(Tensor.of(device, DType.F64, z, n, 1), List.of()),
                            loss.level(t, Tensor.of(device, DType.F64, noise, n, 1)),
                            null,
                            null));
            List<Tensor> gradient = Grad.of(result.total(), List.of(mean, spread));
            return new double[] {
                gradient.get(0).item(), gradient.get(1).item(), result.total().item()
            };
        }
    }

    private static PredictionNet exact(double mean, double std, double[] t) {
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{mean}}, new double[] {std});
        return (x, time, cond) -> data.x0(x, PathCoefficients.of(new EdmSchedule(), t));
    }

    private static ScoreTerm term(ScoreGradient gradient) {
        return new GradientTerm(gradient, Surrogate.PRODUCT);
    }

    private static final ScoreTerm SDS = term(new Sds(Sds.Weight.DENOISER));
    private static final ScoreTerm VSD = term(new DiffInstruct());

    private static ScoreTerm sid(double alpha) {
        return new ScoreIdentity(alpha, 1, false);
    }

    @Test
    void theLossesHaveTheirClosedForms() {
        for (double sigma : new double[] {0.07, 0.6, 3}) {
            for (double s : new double[] {0.15, 0.5, 2.5}) {
                for (double m : new double[] {-0.4, MU}) {
                    double[] sds = slope(SDS, m, s, sigma);
                    double[] vsd = slope(VSD, m, s, sigma);
                    assertEquals(LAW.ofMean(m, sigma), sds[0], 1e-12);
                    assertEquals(LAW.sds(s, sigma), sds[1], 1e-12);
                    assertEquals(LAW.ofMean(m, sigma), vsd[0], 1e-12);
                    assertEquals(LAW.vsd(s, sigma), vsd[1], 1e-12);
                }
                for (double alpha : new double[] {0.5, 1, 1.2}) {
                    double[] sid = slope(sid(alpha), MU, s, sigma);
                    assertEquals(0, sid[0], 1e-12);
                    assertEquals(LAW.sid(alpha, s, sigma), sid[1], 1e-12);
                    assertEquals(LAW.sidValue(alpha, s, sigma), sid[2], 1e-12);
                }
            }
        }
    }

    /** The spread after descent by the mean over all levels, or the first step at which it is above 1000, negated. */
    private static double descend(double s, int steps, DoubleUnaryOperator slope) {
        double at = s;
        for (int i = 1; i <= steps; i++) {
            at -= STEP * slope.applyAsDouble(at);
            if (at > 1000) {
                return -i;
            }
        }
        return at;
    }

    private interface Slope {
        double at(double s, double sigma);
    }

    private static DoubleUnaryOperator overLevels(Slope slope) {
        return s ->
                Arrays.stream(SIGMAS).map(sigma -> slope.at(s, sigma)).average().orElseThrow();
    }

    @Test
    void sdsLosesAllSpread() {
        for (double start : new double[] {0.1, 1.5, 5}) {
            assertEquals(0, descend(start, 750, overLevels(LAW::sds)), 1e-4);
        }
    }

    @Test
    void vsdAndSidFindTheSpreadOfTheData() {
        for (double start : new double[] {0.1, 1.5, 5}) {
            assertEquals(S, descend(start, 20_000, overLevels(LAW::vsd)), 1e-4);
            for (double alpha : new double[] {0.5, 1}) {
                assertEquals(S, descend(start, 20_000, overLevels((s, g) -> LAW.sid(alpha, s, g))), 1e-4);
            }
        }
    }

    @Test
    void sidBeyondOneFindsItFromWithinAndRunsAwayFromAfar() {
        for (double alpha : new double[] {1.2, 1.5}) {
            DoubleUnaryOperator slope = overLevels((s, g) -> LAW.sid(alpha, s, g));
            assertEquals(S, descend(0.1, 20_000, slope), 1e-4);
            assertEquals(S, descend(1.5, 20_000, slope), 1e-4);
        }
        assertEquals(-1176, descend(5, 20_000, overLevels((s, g) -> LAW.sid(1.2, s, g))), 1);
        assertEquals(-361, descend(5, 20_000, overLevels((s, g) -> LAW.sid(1.5, s, g))), 1);
    }

    @Test
    void theLossItselfRunsAwayAtTheSameStep() {
        double[] levels = SIGMAS;
        double s = 5;
        int steps = 0;
        while (s <= 1000 && steps < 400) {
            s -= STEP * slope(sid(1.5), MU, s, levels)[1];
            steps++;
        }
        assertEquals(361, steps, 1);
    }

    @Test
    void onlyWideStudentsAreDrivenOut() {
        assertTrue(LAW.drivenOut(1.2, 5, 0.5));
        assertTrue(LAW.sid(1.2, 5, 0.5) < 0);
        assertFalse(LAW.drivenOut(1.2, 0.6, 0.5));
        assertTrue(LAW.sid(1.2, 0.6, 0.5) > 0);
        assertFalse(LAW.drivenOut(1, 5, 0.5));
    }
}
