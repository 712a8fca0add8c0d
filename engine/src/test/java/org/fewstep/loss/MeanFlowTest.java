package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.Diagonal;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MeanFlowTest extends EngineTest {
    private static final double MEAN = 0.6;
    private static final double STD = 0.4;
    private static final LogitNormalPairs TIMES = new LogitNormalPairs(-0.4, 1, new Diagonal.Leading(0.5));

    /** u of the exact map X = mu_r + S_r / S_t (x - mu_t) of Gaussian data, mu = (1 - t) m, S^2 = (1 - t)^2 c^2 + t^2. */
    private static final FlowMapNet EXACT = (x, from, to, cond) -> {
        Tensor t = reshape(from, from.dim(0), 1);
        Tensor r = reshape(to, to.dim(0), 1);
        Tensor there = add(mean(r), mul(div(deviation(r), deviation(t)), sub(x, mean(t))));
        return div(sub(there, x), sub(r, t));
    };

    private static Tensor mean(Tensor t) {
        return scaleShift(t, -MEAN, MEAN);
    }

    private static Tensor deviation(Tensor t) {
        return sqrt(add(scale(square(scaleShift(t, -1, 1)), STD * STD), square(t)));
    }

    private Tensor random(int rows, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, step), rows, 2);
    }

    private static MeanFlow.Config config(MeanFlow.Guidance guidance, double labelDrop, int classes) {
        return new MeanFlow.Config(TIMES, 1, 0.01, guidance, labelDrop, classes);
    }

    @Test
    void residualVanishesAtTheExactMap() {
        double[] t = {0.9, 0.5, 0.31, 1};
        double[] r = {0.1, 0.2, 0.3, 0};
        Tensor z = random(4, 0);
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{MEAN, MEAN}}, new double[] {STD});
        PathCoefficients at = PathCoefficients.of(MeanFlow.PATH, t);
        // The pair whose line through z has the marginal velocity.
        MeanFlow loss = new MeanFlow(MeanFlow.Config.UNCONDITIONAL);
        MeanFlow.Draw draw = loss.draw(data.x0(z, at), data.eps(z, at), new TimePairs(t, r), null, new boolean[4]);
        LossResult result = loss.loss(EXACT, draw);
        assertArrayEquals(z.toDoubles(), result.part("z").toDoubles(), 1e-14);
        assertArrayEquals(result.part("u").toDoubles(), result.part("u_target").toDoubles(), 1e-12);
        assertEquals(0, result.total().item(), 1e-20);
    }

    @Test
    void targetIsAConstant() {
        Tensor w = Tensor.of(device, DType.F64, new double[] {0.4}, 1).requireGrad();
        FlowMapNet net = (x, from, to, cond) -> mul(mul(x, w), reshape(sub(from, to), from.dim(0), 1));
        MeanFlow loss = new MeanFlow(new MeanFlow.Config(TIMES, 0, 1, MeanFlow.Guidance.NONE, 0, 0));
        TimePairs times = new TimePairs(new double[] {0.8, 0.6}, new double[] {0.2, 0.6});
        LossResult result = loss.loss(net, loss.draw(random(2, 0), random(2, 1), times, null, new boolean[2]));
        double[] u = result.part("u").toDoubles();
        double[] target = result.part("u_target").toDoubles();
        double wanted = 0;
        for (int i = 0; i < u.length; i++) {
            wanted += 2 * (u[i] - target[i]) * u[i] / 0.4 / 2; // du/dw = u / w, mean over 2 samples
        }
        assertEquals(wanted, Grad.of(result.total(), List.of(w)).get(0).item(), 1e-12);
        // z (t - r) differentiates to v (t - r) + z.
        double[] z = result.part("z").toDoubles();
        double[] v = result.part("v").toDoubles();
        assertEquals(0.4 * (v[0] * 0.6 + z[0]), result.part("dudt").toDoubles()[0], 1e-14);
    }

    @Test
    void dropoutTakesTheFirstSamplesAndTheirGuidance() {
        MeanFlow loss = new MeanFlow(config(new MeanFlow.Guidance(2, 0.5, 0, 0.7), 0.4, 3));
        Batch batch = new Batch(random(5, 0), new int[] {0, 1, 2, 0, 1});
        MeanFlow.Draw draw =
                loss.draw(batch, random(5, 1), TIMES.pairs(new double[5], new double[5], new double[5]), new double[] {
                    0.9, 0.1, 0.39, 0.8, 0.4
                });
        assertArrayEquals(new boolean[] {true, true, false, false, false}, draw.dropped());
        assertArrayEquals(new int[] {3, 3, 2, 0, 1}, draw.labels());

        // A network that answers its label: guided = 2 v + (1 - 2 - 0.5) 3 + 0.5 label for t in the interval.
        FlowMapNet net = (x, from, to, cond) -> {
            int[] labels = cond.labels().toInts();
            double[] column = Arrays.stream(labels).asDoubleStream().toArray();
            return add(scale(x, 0), Tensor.of(device, DType.F64, column, column.length, 1));
        };
        double[] t = {0.3, 0.3, 0.3, 0.71, 0.7};
        MeanFlow.Draw fixed =
                loss.draw(draw.x0(), draw.eps(), new TimePairs(t, new double[5]), draw.labels(), draw.dropped());
        LossResult result = loss.loss(net, fixed);
        double[] v = result.part("v").toDoubles();
        double[] guided = result.part("v_guided").toDoubles();
        assertEquals(v[0], guided[0], 1e-15);
        assertEquals(v[3], guided[3], 1e-15);
        assertEquals(2 * v[4] - 4.5 + 1, guided[4], 1e-14);
        assertEquals(v[6], guided[6], 1e-15);
        assertEquals(2 * v[8] - 4.5 + 0.5, guided[8], 1e-14);
    }

    @Test
    void eachSampleMayDrawItsGuidance() {
        MeanFlow loss = new MeanFlow(config(new MeanFlow.Guidance(1, 4, 0, 0, 0.7), 0, 3));
        MeanFlow.Draw draw = loss.draw(
                random(4, 0),
                random(4, 1),
                new TimePairs(new double[] {0.3, 0.3, 0.71, 0.3}, new double[4]),
                new int[] {0, 3, 2, 2},
                new boolean[] {false, true, false, false},
                new double[] {0.5, 0.5, 0.5, 0});
        // Log-uniform between 1 and 4; none where the label was dropped or the time lies outside the interval.
        assertArrayEquals(new double[] {2, 1, 1, 1}, draw.on().cond().scales().toDoubles(), 1e-15);
        assertTrue(loss.inputs(draw).contains(draw.on().cond().scales()));
        List<double[]> seen = new ArrayList<>();
        FlowMapNet net = (x, from, to, cond) -> {
            seen.add(
                    cond.scales() == null
                            ? new double[] {cond.guidance()}
                            : cond.scales().toDoubles());
            return scale(x, 0.5);
        };
        LossResult result = loss.loss(net, draw);
        assertArrayEquals(new double[] {1}, seen.get(0)); // the unguided null velocity
        assertArrayEquals(new double[] {2, 1, 1, 1}, seen.get(1), 1e-15);
        double[] v = result.part("v").toDoubles();
        double[] z = result.part("z").toDoubles();
        double[] guided = result.part("v_guided").toDoubles();
        assertEquals(2 * v[0] - 0.5 * z[0], guided[0], 1e-14);
        assertEquals(v[2], guided[2], 1e-15);
        assertArrayEquals(new double[] {0.5}, loss.slice(draw, 2, 3).u());
        double[] half = loss.loss(net, loss.slice(draw, 0, 2)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOf(result.perSample().toDoubles(), 2), half, 1e-15);
        assertThrows(IllegalArgumentException.class, () -> new MeanFlow.Guidance(2, 1, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new MeanFlow.Guidance(1, 2, 0.1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new MeanFlow.Guidance(0, 2, 0, 0, 1));
        MeanFlow fixed = new MeanFlow(config(new MeanFlow.Guidance(2, 0, 0, 1), 0, 3));
        assertThrows(
                IllegalArgumentException.class,
                () -> fixed.draw(
                        draw.x0(),
                        draw.eps(),
                        new TimePairs(draw.t(), draw.r()),
                        draw.labels(),
                        draw.dropped(),
                        draw.u()));
        MeanFlow.Draw random = loss.draw(new Batch(random(64, 0), new int[64]), rng, 3);
        double[] scales = random.on().cond().scales().toDoubles();
        assertTrue(Arrays.stream(scales).max().orElseThrow() > 2);
        assertTrue(Arrays.stream(scales).allMatch(w -> 1 <= w && w < 4));
    }

    @Test
    void slicesMakeTheWhole() {
        MeanFlow loss = new MeanFlow(config(new MeanFlow.Guidance(1.5, 0.2, 0, 1), 0.3, 4));
        Batch batch = new Batch(random(6, 0), new int[] {0, 1, 2, 3, 0, 1});
        MeanFlow.Draw draw = loss.draw(batch, rng, 7);
        FlowMapNet net = (x, from, to, cond) -> {
            assertNotNull(cond.labels());
            return mul(x, reshape(sub(from, scale(to, 0.5)), from.dim(0), 1));
        };
        double[] whole = loss.loss(net, draw).perSample().toDoubles();
        double[] first = loss.loss(net, loss.slice(draw, 0, 4)).perSample().toDoubles();
        double[] rest = loss.loss(net, loss.slice(draw, 4, 6)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOf(whole, 4), first, 1e-15);
        assertArrayEquals(Arrays.copyOfRange(whole, 4, 6), rest, 1e-15);
        assertEquals(
                Arrays.stream(whole).average().orElseThrow(),
                loss.loss(net, draw).total().item(),
                1e-14);
        assertEquals(Coupling.NONE, loss.coupling());
        // The draw is a function of seed and step.
        assertArrayEquals(draw.eps().toDoubles(), loss.draw(batch, rng, 7).eps().toDoubles());
        assertTrue(draw.t()[0] != loss.draw(batch, rng, 8).t()[0]);
    }

    @Test
    void finiteDifferenceIsTheDerivative() {
        FlowMapNet net =
                (x, from, to, cond) -> mul(square(x), reshape(mul(from, scaleShift(to, 1, 1)), from.dim(0), 1));
        double[] t = {0.9999, 0.5, 0.3, 0.0005};
        double[] r = {0.1, 0.2, 0.2995, 0};
        Tensor z = random(4, 0);
        Tensor v = random(4, 1);
        double[] exact = new FlowDerivative.ForwardMode()
                .along(net, z, v, t, r, Cond.NONE)
                .tangent()
                .toDoubles();
        double[] near = new FlowDerivative.FiniteDifference(1e-3, 0, 1)
                .along(net, z, v, t, r, Cond.NONE)
                .tangent()
                .toDoubles();
        assertArrayEquals(exact, near, 0.02);
        assertEquals(exact[2], near[2], 1e-5, "central");
        assertTrue(Math.abs(exact[0] - near[0]) > 1e-5, "one-sided");
    }

    @Test
    void normalisedTangentHasTheErrorsGradient() {
        Tensor w = Tensor.of(device, DType.F64, new double[] {0.4, -0.3}, 2).requireGrad();
        FlowMapNet net = (x, from, to, cond) -> mul(x, w);
        TimePairs times = new TimePairs(new double[] {0.8}, new double[] {0.2});
        double[][] g = new double[2][];
        for (FastGenMeanFlow.Form form : FastGenMeanFlow.Form.values()) {
            FastGenMeanFlow loss = new FastGenMeanFlow(new FastGenMeanFlow.Config(
                    TIMES, form, 1, 0.1, 100, false, new FlowDerivative.ForwardMode(), 0, 0));
            g[form.ordinal()] = Grad.of(
                            loss.loss(net, loss.draw(random(1, 0), random(1, 1), times, null, 0.5))
                                    .total(),
                            List.of(w))
                    .get(0)
                    .toDoubles();
        }
        assertEquals(g[0][0] / g[0][1], g[1][0] / g[1][1], 1e-10);
        assertEquals(0.3, FastGenMeanFlow.Config.UNCONDITIONAL.warmup(3) * 0.3);
    }

    @Test
    void badChoicesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> config(new MeanFlow.Guidance(2, 0, 0, 1), 0, 0));
        assertThrows(IllegalArgumentException.class, () -> config(MeanFlow.Guidance.NONE, 1.5, 3));
        assertThrows(
                IllegalArgumentException.class,
                () -> new MeanFlow.Config(TIMES, -1, 0.1, MeanFlow.Guidance.NONE, 0, 0));
        MeanFlow labelled = new MeanFlow(config(MeanFlow.Guidance.NONE, 0, 3));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> labelled.draw(new Batch(random(2, 0), null), rng, 0))
                .getMessage();
        assertTrue(message.startsWith("mean flow: got no labels"), message);
    }
}
