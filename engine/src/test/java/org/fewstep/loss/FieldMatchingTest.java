package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.Gamma;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.MixtureDraws;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Retimed;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Flow matching with the conditional velocity and with the exact one have the same expected gradient. */
class FieldMatchingTest extends EngineTest {
    private static final UniformTimes INNER = new UniformTimes(0.02, 0.98);
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {0.4, 0.6}, new double[][] {{1, -1}, {-1, 0.5}}, new double[] {0.5, 0.3});
    /** The largest of twelve normal numbers is above it as rarely as one is above 3. */
    private static final double BOUND = 3.7;

    private static final int BATCHES = 300;
    private static final int BATCH = 256;

    private static Retimed.Velocity exact(Path path) {
        return (x, t) -> DATA.v(x, PathCoefficients.of(path, t));
    }

    private Batch batch(int step) {
        double[] x = MixtureDraws.of(DATA, rng.stream("data " + step), BATCH);
        return new Batch(Tensor.of(device, DType.F64, x, BATCH, 2), null);
    }

    /** v = tanh(x w) a + b t + c, of 12 numbers. */
    private List<Tensor> leaves() {
        return List.of(
                Tensor.of(device, DType.F64, new double[] {0.7, -0.3, 0.2, 0.9}, 2, 2)
                        .requireGrad(),
                Tensor.of(device, DType.F64, new double[] {-0.5, 0.4, 0.8, 0.1}, 2, 2)
                        .requireGrad(),
                Tensor.of(device, DType.F64, new double[] {0.3, -0.6}, 1, 2).requireGrad(),
                Tensor.of(device, DType.F64, new double[] {0.1, 0.2}, 1, 2).requireGrad());
    }

    private static VelocityNet net(List<Tensor> leaves) {
        return (x, t, cond) -> {
            Tensor h = Ops.matmul(Ops.tanh(Ops.matmul(x, leaves.get(0))), leaves.get(1));
            Tensor moved = Ops.mul(Ops.reshape(t, t.dim(0), 1), leaves.get(2));
            return Ops.add(Ops.add(h, moved), leaves.get(3));
        };
    }

    /** Differences of the two losses' gradients, in standard errors over many batches, one a parameter. */
    private <D, E> double[] deviations(Loss<VelocityNet, D> one, double factor, Loss<VelocityNet, E> other) {
        List<double[]> differences = new ArrayList<>();
        for (int step = 0; step < BATCHES; step++) {
            try (Scope scope = device.scope()) {
                // The same states for both, so that only what the laws leave open differs.
                double[] a = gradient(one, batch(step), step);
                double[] b = gradient(other, batch(step), step);
                double[] difference = new double[a.length];
                Arrays.setAll(difference, i -> factor * a[i] - b[i]);
                differences.add(difference);
            }
        }
        double[] result = new double[differences.get(0).length];
        for (int i = 0; i < result.length; i++) {
            int place = i;
            result[i] = Statistics.deviations(
                    differences.stream().mapToDouble(d -> d[place]).toArray());
        }
        return result;
    }

    private <D> double[] gradient(Loss<VelocityNet, D> loss, Batch batch, int step) {
        List<Tensor> leaves = leaves();
        Tensor total = loss.loss(net(leaves), loss.draw(batch, rng, step)).total();
        return Grad.of(total, leaves).stream()
                .flatMapToDouble(g -> Arrays.stream(g.toDoubles()))
                .toArray();
    }

    private static double largest(double[] deviations) {
        return Arrays.stream(deviations).map(Math::abs).max().orElseThrow();
    }

    @Test
    void expectedGradientIsThatOfConditionalFlowMatching() {
        for (Path path : List.of(LinearPath.NOISE_AT_ONE, new CosinePath())) {
            FlowMatching conditional = new FlowMatching(path, new FlowMatching.Config(INNER, 0, 0));
            double[] deviations = deviations(conditional, 1, new FieldMatching(path, INNER, exact(path)));
            assertEquals(12, deviations.length);
            assertTrue(largest(deviations) < BOUND, path + " " + Arrays.toString(deviations));
            FieldMatching wrong = new FieldMatching(
                    path, INNER, (x, t) -> Ops.scale(exact(path).at(x, t), 1.1));
            assertTrue(largest(deviations(conditional, 1, wrong)) > 5, path + " with a wrong field");
        }
    }

    @Test
    void expectedGradientIsThatOfTheInterpolantsDrift() {
        StochasticInterpolant bridge = new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN);
        TwoSidedMixture exact = new TwoSidedMixture(GaussianMixture.standardNormal(2), DATA, bridge);
        InterpolantDrift conditional =
                new InterpolantDrift(new ConditionalFlowMatching.Config(bridge, INNER, new IndependentCoupling()));
        // Two halves of half a squared error, summed over two coordinates: twice the mean.
        double[] deviations = deviations(conditional, 0.5, new FieldMatching(bridge, INNER, exact::drift));
        assertTrue(largest(deviations) < BOUND, Arrays.toString(deviations));
        FieldMatching wrong = new FieldMatching(bridge, INNER, (x, t) -> Ops.scale(exact.drift(x, t), 1.1));
        assertTrue(largest(deviations(conditional, 0.5, wrong)) > 5, "with a wrong field");
    }

    @Test
    void exactFieldHasNoLoss() {
        Path path = new CosinePath();
        FieldMatching loss = new FieldMatching(path, INNER, exact(path));
        FieldMatching.Draw draw = loss.draw(batch(0), rng, 0);
        assertEquals(
                0,
                loss.loss((x, t, cond) -> exact(path).at(x, t.toDoubles()), draw)
                        .total()
                        .item());
        LossResult off = loss.loss((x, t, cond) -> Ops.scaleShift(exact(path).at(x, t.toDoubles()), 1, 0.5), draw);
        assertEquals(0.25, off.total().item(), 1e-12);
    }

    @Test
    void knownFieldGetsNoGradient() {
        Tensor scale = Tensor.of(device, DType.F64, new double[] {2}, 1).requireGrad();
        FieldMatching loss = new FieldMatching(LinearPath.NOISE_AT_ZERO, INNER, (x, t) -> Ops.mul(x, scale));
        assertTrue(!loss.draw(batch(0), rng, 0).target().needsGrad());
    }

    @Test
    void slicesMakeTheWhole() {
        Path path = new CosinePath();
        FieldMatching loss = new FieldMatching(path, INNER, exact(path));
        FieldMatching.Draw draw = loss.draw(batch(0), rng, 0);
        VelocityNet net = (x, t, cond) -> Ops.mul(x, Ops.reshape(t, t.dim(0), 1));
        double[] whole = loss.loss(net, draw).perSample().toDoubles();
        double[] part = loss.loss(net, loss.slice(draw, 3, 7)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 3, 7), part);
    }
}
