package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.slice;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.fewstep.model.ImmScaling;
import org.fewstep.path.CosinePath;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NestedUniformPairs;
import org.fewstep.path.Path;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InductiveMomentMatchingTest extends EngineTest {
    private static final Path LINE = LinearPath.NOISE_AT_ONE;
    private static final ImmScaling SCALING = ImmScaling.averageVelocity(LINE, 1);
    private static final double STD = 0.5;

    /** The average velocity of the exact map of Gaussian data N(0, STD^2). */
    private static final FlowMapNet EXACT = (x, from, to, cond) -> {
        Tensor t = reshape(from, from.dim(0), 1);
        Tensor s = reshape(to, to.dim(0), 1);
        return div(mul(x, scaleShift(div(deviation(s), deviation(t)), 1, -1)), sub(s, t));
    };

    private static Tensor deviation(Tensor t) {
        return sqrt(add(scale(square(scaleShift(t, -1, 1)), STD * STD), square(t)));
    }

    private Tensor random(int rows, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, step), rows, 2);
    }

    private static InductiveMomentMatching loss(int particles, double decrement, int classes, double labelDrop) {
        return new InductiveMomentMatching(new InductiveMomentMatching.Config(
                SCALING,
                new NestedUniformPairs(0.01, 0.99),
                new EtaDecrement(decrement),
                particles,
                LaplaceKernel.DEFAULT,
                SnrSigmoidWeight.DEFAULT,
                labelDrop,
                classes));
    }

    @Test
    void aGroupIsAtNoDistanceFromItself() {
        // At r = t both samples are the same.
        InductiveMomentMatching loss = loss(4, 1e-300, 0, 0);
        Tensor w = Tensor.of(device, DType.F64, new double[] {0.4, -0.3}, 2).requireGrad();
        TimePairs times = new TimePairs(new double[] {0.5, 0.5}, new double[] {0.1, 0.2});
        InductiveMomentMatching.Draw draw = loss.draw(random(8, 0), random(8, 1), times, null, new boolean[8]);
        assertArrayEquals(draw.t(), draw.r());
        LossResult result = loss.loss((x, from, to, cond) -> mul(x, w), draw);
        assertArrayEquals(new double[2], result.part("mmd2").toDoubles());
        assertEquals(0, result.total().item());
        for (double g : Grad.of(result.total(), List.of(w)).get(0).toDoubles()) {
            assertEquals(0, g, 1e-12);
        }
    }

    @Test
    void oneParticleHasTwiceOneLessTheKernel() {
        InductiveMomentMatching loss = loss(1, 0.3, 0, 0);
        TimePairs times = new TimePairs(new double[] {0.8, 0.5, 0.3}, new double[] {0.1, 0.2, 0});
        InductiveMomentMatching.Draw draw = loss.draw(random(3, 0), random(3, 1), times, null, new boolean[3]);
        LossResult result = loss.loss((x, from, to, cond) -> scale(x, 0.7), draw);
        double[] p = result.part("f_st").toDoubles();
        double[] q = result.part("f_sr").toDoubles();
        double[] got = result.perSample().toDoubles();
        for (int i = 0; i < 3; i++) {
            double t = draw.t()[i];
            double distance = Math.hypot(p[2 * i] - q[2 * i], p[2 * i + 1] - q[2 * i + 1]);
            double kernel = Math.exp(-distance / (2 * (t - draw.s()[i])));
            // lambda = 2 ln((1 - t) / t), -dlambda/dt = 2 / (t (1 - t)), a = 1, b = 5.
            double lambda = 2 * Math.log((1 - t) / t);
            double weight =
                    0.5 / (1 + Math.exp(lambda - 5)) * 2 / (t * (1 - t)) * (1 - t) / ((1 - t) * (1 - t) + t * t);
            assertEquals(2 * weight * (1 - kernel), got[i], 1e-6);
        }
        assertEquals(Coupling.NONE, loss.coupling());
    }

    @Test
    void coincidingParticlesHaveNoGradientBetweenThem() {
        Tensor one = random(1, 0);
        Tensor weight = Tensor.full(device, DType.F64, 3, org.fewstep.tensor.Shape.of(1, 1, 1));
        for (LaplaceKernel.Floor floor : LaplaceKernel.Floor.values()) {
            Tensor same =
                    reshape(concat(0, one, one, one), 1, 3, 2).stopGradient().requireGrad();
            Tensor k = new LaplaceKernel(floor, 1e-8).of(same, same, weight);
            double diagonal = Math.exp(-3 * (floor == LaplaceKernel.Floor.DISTANCE ? 1e-8 : 1e-4) / 2);
            for (double value : k.toDoubles()) {
                assertEquals(diagonal, value, 1e-15);
            }
            assertArrayEquals(
                    new double[6], Grad.of(sum(k), List.of(same)).get(0).toDoubles());
        }
    }

    @Test
    void kernelIsTheLaplaceKernel() {
        Tensor a = reshape(random(4, 3), 2, 2, 2);
        Tensor b = reshape(random(4, 4), 2, 2, 2);
        Tensor weight = Tensor.of(device, DType.F64, new double[] {0.7, 2}, 2, 1, 1);
        double[] k = LaplaceKernel.DEFAULT.of(a, b, weight).toDoubles();
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        for (int g = 0; g < 2; g++) {
            for (int j = 0; j < 2; j++) {
                for (int l = 0; l < 2; l++) {
                    int p = 2 * (2 * g + j);
                    int q = 2 * (2 * g + l);
                    double distance = Math.hypot(x[p] - y[q], x[p + 1] - y[q + 1]);
                    assertEquals(Math.exp(-(g == 0 ? 0.7 : 2) * distance / 2), k[4 * g + 2 * j + l], 1e-14);
                }
            }
        }
    }

    @Test
    void distributionsOfTheExactMapAgree() {
        int particles = 400;
        InductiveMomentMatching loss = loss(particles, 2, 0, 0);
        TimePairs times = new TimePairs(new double[] {0.7}, new double[] {0.1});
        InductiveMomentMatching.Draw draw =
                loss.draw(scale(random(particles, 0), STD), random(particles, 1), times, null, new boolean[particles]);
        double right = loss.loss(EXACT, draw).error().item();
        double wrong =
                loss.loss((x, from, to, cond) -> scale(x, 0), draw).error().item();
        assertTrue(draw.r()[0] < 0.3, "r " + draw.r()[0]);
        assertTrue(right < 0.1 * wrong, right + " against " + wrong);
    }

    @Test
    void nearerStartLiesBetween() {
        EtaDecrement published = EtaDecrement.ofRange(0, 160, 12);
        assertEquals(160.0 / 4096, published.decrement());
        for (Path path : List.of(LINE, new CosinePath().reversed())) {
            for (double t : new double[] {0.02, 0.3, 0.7, 0.98}) {
                double r = published.between(path, t, 0);
                assertTrue(0 <= r && r < t, path.name() + " " + r);
                assertEquals(
                        Math.max(path.at(t).rho() - published.decrement(), 0),
                        path.at(r).rho(),
                        1e-10);
                assertEquals(0.9 * t, new EtaDecrement(1e3).between(path, t, 0.9 * t));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new EtaDecrement(0));
        assertThrows(IllegalArgumentException.class, () -> EtaDecrement.ofRange(1, 1, 2));
    }

    @Test
    void allFormsStayAtTheirStart() {
        Tensor x = random(3, 0);
        double[] t = {0.2, 0.5, 0.9};
        FlowMapNet net = (state, from, to, cond) -> scale(state, 3);
        for (ImmScaling.Form form : ImmScaling.Form.values()) {
            for (Path path : List.of(LINE, new CosinePath().reversed())) {
                boolean line = path == LINE;
                if (!line && form.ordinal() >= ImmScaling.Form.EULER.ordinal()) {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new ImmScaling(path, form, ImmScaling.SecondTime.END, 0.5, 1));
                    continue;
                }
                ImmScaling scaling = new ImmScaling(path, form, ImmScaling.SecondTime.STRIDE, 0.5, 1000);
                Tensor same = scaling.map(net, x, scaling.at(t, t, x), Cond.NONE);
                assertArrayEquals(x.toDoubles(), same.toDoubles(), 1e-13, form + " on " + path.name());
                // The clean start stays too.
                assertArrayEquals(
                        x.toDoubles(),
                        scaling.map(net, x, scaling.at(0, 0, x), Cond.NONE).toDoubles(),
                        1e-13);
            }
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new ImmScaling(new CosinePath(), ImmScaling.Form.IDENTITY, ImmScaling.SecondTime.END, 1, 1));
    }

    @Test
    void labelsAreDroppedForTheStudentAlone() {
        InductiveMomentMatching loss = loss(2, 0.1, 3, 0);
        List<int[]> seen = new ArrayList<>();
        FlowMapNet net = (x, from, to, cond) -> {
            seen.add(cond.labels().toInts());
            return x;
        };
        TimePairs times = new TimePairs(new double[] {0.5}, new double[] {0.1});
        loss.loss(net, loss.draw(random(2, 0), random(2, 1), times, new int[] {2, 1}, new boolean[] {true, false}));
        assertArrayEquals(new int[] {3, 1}, seen.get(0));
        assertArrayEquals(new int[] {2, 1}, seen.get(1));
    }

    @Test
    void groupsMakeTheWhole() {
        InductiveMomentMatching loss = loss(2, 0.1, 0, 0);
        FlowMapNet net = (x, from, to, cond) -> mul(x, reshape(add(from, to), from.dim(0), 1));
        Batch batch = new Batch(random(6, 0), null);
        InductiveMomentMatching.Draw draw = loss.draw(batch, rng, 3);
        double[] whole = loss.loss(net, draw).perSample().toDoubles();
        double[] rest = loss.loss(net, loss.slice(draw, 2, 6)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 6), rest, 1e-14);
        assertEquals(whole[0], whole[1]);
        assertEquals(
                Arrays.stream(whole).average().orElseThrow(),
                loss.loss(net, draw).total().item(),
                1e-14);
        assertEquals(Coupling.GROUP, loss.coupling());
        for (int i = 0; i < 3; i++) {
            assertTrue(0.01 <= draw.s()[i] && draw.s()[i] <= draw.r()[i] && draw.r()[i] < draw.t()[i]);
        }
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> loss.draw(new Batch(slice(batch.x0(), 0, 0, 5), null), rng, 3))
                .getMessage();
        assertTrue(message.contains("batch of 5 for groups of 2"), message);
        assertThrows(IllegalArgumentException.class, () -> loss.slice(draw, 1, 3));
        TimePairs backwards = new TimePairs(new double[] {0.5, 0.5, 0.5}, new double[] {0.1, 0.5, 0.1});
        assertThrows(
                IllegalArgumentException.class,
                () -> loss.draw(draw.x0(), draw.eps(), backwards, null, new boolean[6]));
        assertThrows(IllegalArgumentException.class, () -> loss(0, 0.1, 0, 0));
    }
}
