package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fewstep.EngineTest;
import org.fewstep.io.Settings;
import org.fewstep.kernels.DType;
import org.fewstep.loss.DiffInstruct;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.loss.Sds;
import org.fewstep.loss.Surrogate;
import org.fewstep.loss.Vsd;
import org.fewstep.model.ExactDenoiser;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.model.Parameter;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.op.Ops;
import org.fewstep.path.GaussianMixture;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Score distillation of particles and of other things with a gradient, against the score of a Gaussian. */
class ScoreDescentTest extends EngineTest {
    private static final int N = 64;
    private static final double MU = 0.3;
    private static final double S = 0.5;

    private final Init init = new Init(device, DType.F32, new Rng(5));

    /** Numbers that are optimised. */
    private static final class Theta extends Module {
        private final Parameter values;

        Theta(Init init, Shape shape, double... values) {
            this.values = parameter(init, "values", shape, values);
        }

        double[] toDoubles() {
            return values.leaf().toDoubles();
        }
    }

    private static OptimizerSettings adam(double lr) {
        return Settings.bind(OptimizerSettings.class, Map.of("lr", lr, "betas", List.of(0.0, 0.99)));
    }

    private ExactDenoiser gaussian() {
        return new ExactDenoiser(init, new GaussianMixture(new double[] {1}, new double[][] {{MU, MU}}, new double[] {S
        }));
    }

    private FlowNetwork network() {
        return new ResidualMlpConfig(2, 16, 1, 1, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 2, 0, 16).build(init);
    }

    private static ScoreDescent.Config config(ScoreTerm term, boolean circle, int steps) {
        return new ScoreDescent.Config(term, circle, new LevelTable(0.02, 5), adam(0.01), steps, 3);
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).average().orElseThrow();
    }

    private static double std(double[] x) {
        double mean = mean(x);
        return Math.sqrt(
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }

    private double[] particles(ScoreTerm term, boolean circle, boolean followed, int steps) {
        double[] start = rng.stream("start").normal(0, 2 * N, 0);
        try (Theta theta = new Theta(init, Shape.of(N, 2), start);
                ExactDenoiser teacher = gaussian();
                FlowNetwork net = network();
                ScoreDescent descent = new ScoreDescent(
                        theta,
                        () -> theta.values.tensor(),
                        teacher,
                        followed ? new ScoreDescent.Fake(net, S, adam(0.01), 2) : null,
                        config(term, circle, steps))) {
            for (int i = 0; i < steps; i++) {
                descent.step();
            }
            assertEquals(steps, descent.steps());
            return theta.toDoubles();
        }
    }

    @Test
    void particlesOfSdsFallTogether() {
        for (boolean circle : new boolean[] {true, false}) {
            double[] x = particles(
                    new GradientTerm(new Sds(Sds.Weight.DENOISER), Surrogate.SQUARED_NORM), circle, false, 500);
            assertEquals(MU, mean(x), 0.05);
            assertTrue(std(x) < 0.2 * S, "spread " + std(x));
        }
    }

    @Test
    void particlesThatShareAFakeScoreKeepTheirSpread() {
        double[] x = particles(new GradientTerm(new DiffInstruct(), Surrogate.SQUARED_NORM), false, true, 500);
        assertEquals(MU, mean(x), 0.1);
        assertEquals(S, std(x), 0.15);
        double[] onCircle = particles(new GradientTerm(new Vsd(), Surrogate.SQUARED_NORM), true, true, 500);
        assertEquals(MU, mean(onCircle), 0.1);
        assertEquals(S, std(onCircle), 0.15);
    }

    /** An affine map of fixed numbers: the closed form says that s goes to 0 by SDS, to S with a fake score. */
    @Test
    void mapsFollowTheTermsThroughTheirOwnGradient() {
        double[] z = rng.stream("z").normal(0, 2 * N, 0);
        Tensor fixed = Tensor.of(device, DType.F32, z, N, 2);
        for (boolean followed : new boolean[] {false, true}) {
            ScoreTerm term = new GradientTerm(
                    followed ? new DiffInstruct() : new Sds(Sds.Weight.DENOISER), Surrogate.SQUARED_NORM);
            try (Theta theta = new Theta(init, Shape.of(2), -0.5, 1);
                    ExactDenoiser teacher = gaussian();
                    FlowNetwork net = network();
                    ScoreDescent descent = new ScoreDescent(
                            theta,
                            affine(theta, fixed),
                            teacher,
                            followed ? new ScoreDescent.Fake(net, S, adam(0.01), 2) : null,
                            config(term, false, 500))) {
                for (int i = 0; i < 500; i++) {
                    descent.step();
                }
                double[] found = theta.toDoubles();
                assertEquals(MU, found[0], 0.1);
                assertEquals(followed ? S : 0, Math.abs(found[1]), 0.12);
            }
        }
    }

    private static Supplier<Tensor> affine(Theta theta, Tensor z) {
        return () -> {
            Tensor m = Ops.slice(theta.values.tensor(), 0, 0, 1);
            Tensor s = Ops.slice(theta.values.tensor(), 0, 1, 2);
            return Ops.add(Ops.mul(z, Ops.reshape(s, 1, 1)), Ops.reshape(m, 1, 1));
        };
    }

    @Test
    void theSameSeedLeadsToTheSameParticles() {
        ScoreTerm term = new GradientTerm(new Vsd(), Surrogate.SQUARED_NORM);
        assertArrayEquals(particles(term, true, true, 20), particles(term, true, true, 20));
    }

    @Test
    void whatHasNoMeaningIsRefused() {
        ScoreTerm term = new GradientTerm(new Vsd(), Surrogate.SQUARED_NORM);
        assertThrows(IllegalArgumentException.class, () -> config(term, true, 0));
        assertThrows(IllegalArgumentException.class, () -> particles(term, true, false, 1), "VSD without a fake score");
        try (FlowNetwork net = network()) {
            assertThrows(IllegalArgumentException.class, () -> new ScoreDescent.Fake(net, S, adam(0.01), 0));
        }
    }
}
