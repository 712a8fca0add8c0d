package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.linear;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.tanh;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.DataHeads;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Diagonal;
import org.fewstep.path.GapPairs;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.SpanPairs;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What holds of the targets of Align Your Flow, alpha-Flow, SplitMeanFlow, improved MeanFlow and terminal velocity matching, whatever the network. */
class TwoTimeLawsTest extends EngineTest {
    private static final LogitNormalPairs TIMES = new LogitNormalPairs(-0.4, 1, new Diagonal.Ratio(0.5));
    private static final double[] T = {0.9, 0.5, 0.31, 0.99};
    private static final double[] R = {0.2, 0.15, 0.3, 0.1};
    private static final PowerLawScales SCALES = new PowerLawScales(1, 7);

    private final MixtureFlow exact = new MixtureFlow();

    private Tensor random(int rows, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, step), rows, 2);
    }

    private static TimePairs times() {
        return new TimePairs(T.clone(), R.clone());
    }

    /** Data and noise whose line through z at t has the exact velocity, so that a sample's velocity is the flow's. */
    private Tensor[] onTheFlow(double[] t) {
        Tensor z = random(t.length, 0);
        Tensor at = Tensor.of(device, DType.F64, t, t.length);
        Tensor v = exact.v(z, at, Cond.NONE);
        Tensor column = reshape(at, t.length, 1);
        Tensor x0 = sub(z, mul(column, v));
        return new Tensor[] {x0, add(x0, v)};
    }

    /** A smooth network of two times with weights of its own. */
    private FlowMapNet smooth() {
        Tensor w = Tensor.of(device, DType.F64, rng.normal(0, 32, 50), 4, 8);
        Tensor b = Tensor.of(device, DType.F64, rng.normal(0, 8, 51), 8);
        Tensor out = Tensor.of(device, DType.F64, rng.normal(0, 16, 52), 8, 2);
        Tensor zero = Tensor.of(device, DType.F64, new double[2], 2);
        return (x, from, to, cond) -> linear(
                tanh(linear(concat(1, x, reshape(from, from.dim(0), 1), reshape(to, to.dim(0), 1)), w, b)), out, zero);
    }

    private static double largest(Tensor x) {
        return Arrays.stream(x.toDoubles()).map(Math::abs).max().orElseThrow();
    }

    private static AlignYourFlow.Config plain() {
        return new AlignYourFlow.Config(new SpanPairs(new LogitNormalTimes(-0.6, 1.6)), 0, 1);
    }

    private AlignYourFlowEmd emd(AlignYourFlow.Config config) {
        return new AlignYourFlowEmd(config, AlignYourFlowEmd.NORMALISED, AlignYourFlowEmd.Space.VELOCITY);
    }

    @Test
    void eulerianResidualVanishesAtTheExactMap() {
        AlignYourFlowEmd loss = emd(plain());
        AlignYourFlow.Draw draw = loss.draw(random(4, 1), random(4, 2), times(), null, 1, null);
        LossResult right = loss.loss(new AlignYourFlow.Nets(exact, GuidedTeacher.plain(exact)), draw);
        assertEquals(0, largest(right.part("g")), 1e-6);
        VelocityNet other = (x, t, cond) -> scale(exact.v(x, t, cond), 1.1);
        LossResult wrong = loss.loss(new AlignYourFlow.Nets(exact, GuidedTeacher.plain(other)), draw);
        assertTrue(largest(wrong.part("g")) > 1e-2);
    }

    @Test
    void lagrangianResidualVanishesAtTheExactMap() {
        AlignYourFlowLmd loss = new AlignYourFlowLmd(plain());
        AlignYourFlow.Draw draw = loss.draw(random(4, 1), random(4, 2), times(), null, 1, null);
        LossResult right = loss.loss(new AlignYourFlow.Nets(exact, GuidedTeacher.plain(exact)), draw);
        assertEquals(0, largest(right.part("g")), 1e-6);
        VelocityNet other = (x, t, cond) -> scale(exact.v(x, t, cond), 1.1);
        LossResult wrong = loss.loss(new AlignYourFlow.Nets(exact, GuidedTeacher.plain(other)), draw);
        assertTrue(largest(wrong.part("g")) > 1e-2);
    }

    @Test
    void splitsOfTheExactMapAddUp() {
        SplitMeanFlow loss = new SplitMeanFlow(new SplitMeanFlow.Config(TIMES, 1, 0, 0));
        TimePairs times = new TimePairs(T.clone(), new double[] {0.2, 0.15, 0.31, 0.1});
        SplitMeanFlow.Draw draw = loss.draw(random(4, 1), random(4, 2), times, new double[] {0.3, 0.5, 0.4, 0.9}, null);
        VelocityNet two = (x, t, cond) -> Tensor.full(device, DType.F64, 2, x.shape());
        LossResult result = loss.loss(new SplitMeanFlow.Nets(exact, GuidedTeacher.plain(two)), draw);
        double[] u = result.part("u").toDoubles();
        double[] target = result.part("target").toDoubles();
        for (int i = 0; i < u.length; i++) {
            // The third sample is on the diagonal, where the teacher's velocity stands.
            assertEquals(i / 2 == 2 ? 2 : u[i], target[i], 1e-6);
        }
        double[] own =
                loss.loss(SplitMeanFlow.Nets.of(smooth()), draw).part("target").toDoubles();
        Tensor v = sub(draw.pair().eps(), draw.pair().x0());
        assertArrayEquals(Arrays.copyOfRange(v.toDoubles(), 4, 6), Arrays.copyOfRange(own, 4, 6), 1e-14);
    }

    private static TerminalVelocity terminal(double omega, int classes) {
        LogitNormalTimes times = new LogitNormalTimes(-0.4, 1);
        return new TerminalVelocity(new TerminalVelocity.Config(
                new GapPairs(new LogitNormalTimes(-0.8, 1), times), times, omega, 0, classes));
    }

    @Test
    void endsOfTheExactMapMoveAsTheVelocity() {
        double[] s = {0.4, 0.7, 0.2, 0.9};
        Tensor[] pair = onTheFlow(s);
        TerminalVelocity loss = terminal(1, 0);
        TerminalVelocity.Draw draw = loss.draw(pair[0], pair[1], times(), s, null);
        LossResult right = loss.loss(new TerminalVelocity.Nets(exact, exact), draw);
        assertEquals(0, largest(right.part("loss_end")), 1e-11);
        assertEquals(0, largest(right.part("loss_flow")), 1e-13);
        FlowMapNet other = (x, from, to, cond) -> scale(exact.v(x, from, cond), 1.1);
        assertTrue(
                largest(loss.loss(new TerminalVelocity.Nets(exact, other), draw).part("loss_end")) > 1e-4);
        assertTrue(
                largest(loss.loss(new TerminalVelocity.Nets(other, exact), draw).part("loss_flow")) > 1e-4);
    }

    @Test
    void terminalVelocitiesAreThoseOfPlainNumbers() {
        Tensor x0 = random(4, 1);
        Tensor eps = random(4, 2);
        double[] s = {0.4, 0.7, 0.2, 0.9};
        int[] labels = {0, 1, 3, 2};
        // u = a(class) x + r: d/dr of x - (t - r) u is u - (t - r).
        FlowMapNet student = (x, from, to, cond) -> add(mul(x, factor(x, cond, 0.5)), reshape(to, to.dim(0), 1));
        FlowMapNet average = (x, from, to, cond) -> mul(x, factor(x, cond, -0.25));
        TerminalVelocity loss = terminal(1.5, 3);
        LossResult result =
                loss.loss(new TerminalVelocity.Nets(student, average), loss.draw(x0, eps, times(), s, labels));
        double[] a = x0.toDoubles();
        double[] e = eps.toDoubles();
        double[] actual = result.perSample().toDoubles();
        for (int i = 0; i < 4; i++) {
            double w = labels[i] == 3 ? 1 : 1.5;
            double sum = 0;
            for (int j = 2 * i; j < 2 * i + 2; j++) {
                double xt = (1 - T[i]) * a[j] + T[i] * e[j];
                double u = (0.5 + labels[i]) * xt + R[i];
                double landed = (labels[i] - 0.25) * (xt - (T[i] - R[i]) * u);
                double xs = (1 - s[i]) * a[j] + s[i] * e[j];
                double target = w * (e[j] - a[j]) + (1 - w) * (3 - 0.25) * xs;
                double v = (0.5 + labels[i]) * xs + s[i];
                sum += Math.pow(u - (T[i] - R[i]) - landed, 2) + Math.pow(v - target, 2);
            }
            assertEquals(sum / 2 / (w * w), actual[i], 1e-12);
        }
    }

    /** The class and a number, a sample (B, 1). */
    private Tensor factor(Tensor x, Cond cond, double plus) {
        int[] labels = cond.labels().toInts();
        double[] factor = new double[labels.length];
        for (int i = 0; i < factor.length; i++) {
            factor[i] = labels[i] + plus;
        }
        return Tensor.of(device, DType.F64, factor, factor.length, 1);
    }

    @Test
    void gapsAndEndsHaveTheirLaws() {
        GapPairs law = new GapPairs(new LogitNormalTimes(0, 1), new LogitNormalTimes(0, 1));
        TimePairs pairs = law.pairs(new double[] {0, 0, -50}, new double[] {1, 0.5, 0.25});
        // Half of the law is below 1/2; a quarter of it below the logit -0.67448975.
        double quarter = 1 / (1 + Math.exp(0.6744897501960817));
        assertArrayEquals(new double[] {0.5, quarter, quarter}, pairs.r(), 1e-14);
        assertArrayEquals(new double[] {1, quarter + 0.5, quarter}, pairs.t(), 1e-14);
        GapPairs published = new GapPairs(new LogitNormalTimes(-0.8, 1), new LogitNormalTimes(-0.4, 1));
        TimePairs random = published.sample(rng, 3, 4000);
        for (int i = 0; i < 4000; i++) {
            assertTrue(0 < random.r()[i] && random.r()[i] < random.t()[i] && random.t()[i] <= 1);
        }
        // By rejection instead of by the quantile: pairs of the two laws whose t is at most 1.
        double[] gap = new LogitNormalTimes(-0.8, 1).times(rng.stream("gap").normal(0, 4000, 3));
        double[] end = new LogitNormalTimes(-0.4, 1).times(rng.stream("end").normal(0, 4000, 3));
        double below = 0;
        double ofBoth = 0;
        double mine = 0;
        double mineBoth = 0;
        for (int i = 0; i < 4000; i++) {
            if (0.3 < gap[i] && gap[i] < 0.4 && gap[i] + end[i] < 1) {
                ofBoth++;
                below += end[i] < 0.3 ? 1 : 0;
            }
            double own = random.t()[i] - random.r()[i];
            if (0.3 < own && own < 0.4) {
                mineBoth++;
                mine += random.r()[i] < 0.3 ? 1 : 0;
            }
        }
        assertEquals(below / ofBoth, mine / mineBoth, 0.07);
        LogitNormalTimes one = new LogitNormalTimes(0, 0);
        assertThrows(IllegalArgumentException.class, () -> new GapPairs(one, one));
    }

    @Test
    void improvedMeanFlowVanishesAtTheExactMapAndVelocity() {
        Tensor[] pair = onTheFlow(T);
        ImprovedMeanFlow loss = new ImprovedMeanFlow(ImprovedMeanFlow.Config.latent(TIMES, SCALES, 0, 0));
        ImprovedMeanFlow.Guided guided =
                loss.guided(times(), new double[4], new double[4], new double[4], new double[4]);
        ImprovedMeanFlow.Draw draw = loss.draw(new Batch(pair[0], null), pair[1], times(), guided);
        LossResult result = loss.loss(TwoHeadNet.ofDiagonal(exact), draw);
        assertEquals(0, largest(result.part("loss_u_per_sample")), 1e-11);
        assertEquals(0, largest(result.part("loss_v_per_sample")), 1e-20);

        // Heads of data at t above the least time are heads of velocities.
        TwoHeadNet data = (x, from, to, cond, interval) -> {
            Tensor t = reshape(from, from.dim(0), 1);
            return new TwoHeadNet.Heads(
                    sub(x, mul(t, exact.u(x, from, to, cond))), sub(x, mul(t, exact.v(x, from, cond))));
        };
        ImprovedMeanFlow pixel = new ImprovedMeanFlow(ImprovedMeanFlow.Config.pixel(TIMES, SCALES, 0, 0, 2));
        ImprovedMeanFlow.Draw half = pixel.draw(new Batch(pair[0], null), scale(pair[1], 0.5), times(), guided);
        assertEquals(0, largest(pixel.loss(new DataHeads(data, 0.05), half).part("loss_u_per_sample")), 1e-11);
    }

    @Test
    void belowTheLeastTimeTheVelocityShrinks() {
        ImprovedMeanFlow pixel = new ImprovedMeanFlow(ImprovedMeanFlow.Config.pixel(TIMES, SCALES, 0, 0, 1));
        TimePairs times = new TimePairs(new double[] {0.01, 0.5}, new double[2]);
        ImprovedMeanFlow.Guided guided =
                pixel.guided(times, new double[2], new double[2], new double[2], new double[2]);
        ImprovedMeanFlow.Draw draw = pixel.draw(new Batch(random(2, 0), null), random(2, 1), times, guided);
        double[] v =
                pixel.loss(TwoHeadNet.ofDiagonal(smooth()), draw).part("v_t").toDoubles();
        double[] plain = sub(draw.pair().eps(), draw.pair().x0()).toDoubles();
        assertEquals(0.2 * plain[0], v[0], 1e-14);
        assertEquals(plain[2], v[2], 1e-14);
    }

    @Test
    void improvedMeanFlowIsGuidedInsideTheInterval() {
        ImprovedMeanFlow loss = new ImprovedMeanFlow(ImprovedMeanFlow.Config.latent(TIMES, SCALES, 0.5, 3));
        TimePairs times = new TimePairs(new double[] {0.4, 0.6, 0.9, 0.5}, new double[] {0.4, 0.1, 0.1, 0.1});
        double[] u = new double[4];
        Arrays.fill(u, 1.0 / 3); // of a range 7 in the logarithm: w = 2
        ImprovedMeanFlow.Guided guided = loss.guided(
                times, new double[] {0.4, 0.6, 0.6, 0.6}, u, new double[] {0.45, 0.2, 0.2, 0.2}, new double[] {
                    0.8, 0.8, 0.8, 0.8
                });
        assertArrayEquals(new boolean[] {true, false, false, false}, guided.dropped());
        assertArrayEquals(new double[] {0, 0.2, 0.2, 0.2}, guided.from());
        assertArrayEquals(new double[] {1, 0.8, 0.8, 0.8}, guided.to());
        assertArrayEquals(new double[] {2, 2, 2, 2}, guided.scale(), 1e-14);

        Batch batch = new Batch(random(4, 0), new int[] {0, 1, 2, 0});
        ImprovedMeanFlow.Draw draw = loss.draw(batch, random(4, 1), times, guided);
        // Heads that answer label plus scale: w' + label, and null label plus 1 without.
        TwoHeadNet net = (x, from, to, cond, interval) -> {
            double[] scales = cond.scales().toDoubles();
            int[] labels = cond.labels().toInts();
            double[] answer = new double[4];
            for (int i = 0; i < 4; i++) {
                answer[i] = scales[i] + labels[i];
            }
            Tensor out = add(scale(x, 0), Tensor.of(device, DType.F64, answer, 4, 1));
            return new TwoHeadNet.Heads(out, out);
        };
        LossResult result = loss.loss(net, draw);
        double[] v = result.part("v_t").toDoubles();
        double[] vg = result.part("v_guided").toDoubles();
        assertEquals(v[0], vg[0], 1e-14, "dropped");
        assertEquals(v[2] + 0.5 * (2 + 1 - 4), vg[2], 1e-14, "inside");
        assertEquals(v[4], vg[4], 1e-14, "outside");
        assertEquals(v[6] + 0.5 * (2 + 0 - 4), vg[6], 1e-14, "inside");
        assertEquals(2 + 3, result.part("u").toDoubles()[0], 1e-14, "the network is told the null label and w");
        double[] whole = result.perSample().toDoubles();
        ImprovedMeanFlow.Draw part = loss.slice(draw, 0, 4);
        assertArrayEquals(whole, loss.loss(net, part).perSample().toDoubles(), 1e-15);
        assertEquals(0, loss.slice(draw, 1, 2).labels()[0] - 1);
    }

    @Test
    void scalesFollowTheirPowerLaw() {
        for (double beta : new double[] {0, 1, 2.5}) {
            PowerLawScales law = new PowerLawScales(beta, 7);
            assertEquals(1, law.scale(0), 1e-12);
            assertEquals(8, law.scale(1), 1e-12);
            // The density is the inverse of dw/du.
            double h = 1e-6;
            double slow = (law.scale(0.2 + h) - law.scale(0.2 - h)) / (2 * h);
            double fast = (law.scale(0.7 + h) - law.scale(0.7 - h)) / (2 * h);
            assertEquals(Math.pow(law.scale(0.7) / law.scale(0.2), beta), fast / slow, 1e-7);
        }
        assertThrows(IllegalArgumentException.class, () -> new PowerLawScales(1, 0));
    }

    private AlphaFlow alphaFlow(double most) {
        return new AlphaFlow(new AlphaFlow.Config(TIMES, new AlphaSchedule(100, 300), 1e-3, most, 0, 0));
    }

    @Test
    void alphaFlowLeadsFromFlowMatchingToMeanFlow() {
        AlphaFlow loss = alphaFlow(Double.POSITIVE_INFINITY);
        FlowMapNet net = smooth();
        Tensor x0 = random(4, 1);
        Tensor eps = random(4, 2);
        Tensor v = sub(eps, x0);
        LossResult one = loss.loss(net, loss.draw(x0, eps, times(), 1, null));
        assertArrayEquals(v.toDoubles(), one.part("target").toDoubles(), 1e-14);

        MeanFlow mean = new MeanFlow(new MeanFlow.Config(TIMES, 0, 1, MeanFlow.Guidance.NONE, 0, 0));
        LossResult wanted = mean.loss(net, mean.draw(x0, eps, times(), null, new boolean[4]));
        double[] direction = sub(wanted.part("u"), wanted.part("u_target")).toDoubles();
        double alpha = 1e-4;
        LossResult near = loss.loss(net, loss.draw(x0, eps, times(), alpha, null));
        double[] got =
                scale(sub(near.part("pred"), near.part("target")), 1 / alpha).toDoubles();
        assertArrayEquals(direction, got, 1e-3);
        LossResult zero = loss.loss(net, loss.draw(x0, eps, times(), 0, null));
        assertArrayEquals(
                wanted.part("u_target").toDoubles(), zero.part("target").toDoubles(), 1e-14);
        // Weight alpha / (l + c), without alpha at 0.
        double l = zero.part("loss_per_sample").toDoubles()[1];
        assertEquals(1 / (l + 1e-3), zero.part("weight").toDoubles()[1], 1e-9);
        l = near.part("loss_per_sample").toDoubles()[1];
        assertEquals(alpha / (l + 1e-3), near.part("weight").toDoubles()[1], 1e-12);
    }

    @Test
    void alphaFlowKeepsTheDiagonalAndItsClip() {
        AlphaFlow loss = alphaFlow(0.5);
        TimePairs times = new TimePairs(new double[] {0.5, 0.8}, new double[] {0.5, 0.2});
        AlphaFlow.Draw draw = loss.draw(random(2, 1), random(2, 2), times, 0.25, null);
        LossResult result = loss.loss(smooth(), draw);
        double[] v = sub(draw.pair().eps(), draw.pair().x0()).toDoubles();
        assertEquals(v[0], result.part("target").toDoubles()[0], 1e-14);
        double l = result.part("loss_per_sample").toDoubles()[0];
        assertEquals(1 / (l + 1e-3), result.part("weight").toDoubles()[0], 1e-9, "not times alpha");
        assertTrue(largest(result.part("target")) > 0.5);
        assertEquals(0.5, largest(result.part("target_clipped")), 0);
        assertEquals(0.65, draw.s()[1], 1e-15);
        int discrete = loss.inputs(draw).size();
        assertTrue(loss.inputs(loss.draw(random(2, 1), random(2, 2), times, 0, null))
                        .size()
                < discrete);
        assertThrows(IllegalArgumentException.class, () -> loss.draw(random(2, 1), random(2, 2), times, 1.1, null));
    }

    @Test
    void alphaFallsFromOneToNothing() {
        AlphaSchedule schedule = new AlphaSchedule(100, 300);
        assertEquals(1, schedule.at(0));
        assertEquals(0.5, schedule.at(200), 1e-15);
        assertEquals(1 / (1 + Math.exp(25 * 0.1)), schedule.at(220), 1e-15);
        assertEquals(0, schedule.at(250));
        assertEquals(1, schedule.at(150));
        AlphaSchedule jump = new AlphaSchedule(10, 10);
        assertEquals(1, jump.at(9));
        assertEquals(0, jump.at(10));
        assertThrows(IllegalArgumentException.class, () -> new AlphaSchedule(2, 1));
    }

    @Test
    void alignYourFlowWithoutDerivativeIsFlowMatching() {
        AlignYourFlowEmd loss = emd(plain());
        FlowMapNet net = smooth();
        AlignYourFlow.Draw draw = loss.draw(random(4, 1), random(4, 2), times(), null, 0, null);
        LossResult result = loss.loss(new AlignYourFlow.Nets(net, GuidedTeacher.plain(exact)), draw);
        Tensor xt = result.part("x_t");
        Tensor v = exact.v(xt, draw.pair().times().t(), Cond.NONE);
        assertArrayEquals(sub(result.part("F"), v).toDoubles(), result.part("g").toDoubles(), 1e-13);
        AlignYourFlow.Config warm = new AlignYourFlow.Config(TIMES, 100, 0.99);
        assertEquals(0, warm.warmup(0));
        assertEquals(0.5, warm.warmup(50));
        assertEquals(0.99, warm.warmup(100_000));
        // The normalised tangent is shorter than 1, and so is the loss.
        assertTrue(result.total().item() < 1);
        assertTrue(result.error().item() > 0);
    }

    @Test
    void bothSpacesHaveOneGradientDirection() {
        Tensor w = Tensor.of(device, DType.F64, new double[] {0.4, -0.3}, 2).requireGrad();
        FlowMapNet net = (x, from, to, cond) -> mul(x, w);
        double[][] g = new double[2][];
        for (AlignYourFlowEmd.Space space : AlignYourFlowEmd.Space.values()) {
            AlignYourFlowEmd loss = new AlignYourFlowEmd(plain(), AlignYourFlowEmd.NORMALISED, space);
            TimePairs one = new TimePairs(new double[] {0.8}, new double[] {0.2});
            AlignYourFlow.Draw draw = loss.draw(random(1, 1), random(1, 2), one, null, 0.7, null);
            g[space.ordinal()] = Grad.of(
                            loss.loss(new AlignYourFlow.Nets(net, GuidedTeacher.plain(exact)), draw)
                                    .total(),
                            List.of(w))
                    .get(0)
                    .toDoubles();
        }
        // The map has (t - s) / D of the gradient in F.
        assertEquals(g[0][0] * 0.6 / 2, g[1][0], 1e-12);
        assertEquals(g[0][1] * 0.6 / 2, g[1][1], 1e-12);
    }

    @Test
    void teachersAreGuidedByEachSamplesScale() {
        AlignYourFlow.Config config = new AlignYourFlow.Config(TIMES, 1, 3, 0, 1, 0, 3);
        AlignYourFlowEmd loss = emd(config);
        double[] scales = {2, 1, 3, 1.5};
        AlignYourFlow.Draw draw = loss.draw(random(4, 1), random(4, 2), times(), scales, 1, new int[] {0, 1, 2, 0});
        assertArrayEquals(scales, draw.cond().scales().toDoubles());
        assertNull(draw.pair().cond().scales());
        assertTrue(loss.inputs(draw).contains(draw.cond().scales()));
        // A teacher that answers its label.
        VelocityNet answer = (x, t, cond) -> {
            assertNull(cond.scales());
            double[] labels =
                    Arrays.stream(cond.labels().toInts()).asDoubleStream().toArray();
            return add(scale(x, 0), Tensor.of(device, DType.F64, labels, labels.length, 1));
        };
        GuidedTeacher teacher = GuidedTeacher.classifierFree(answer, 3);
        double[] v = loss.loss(new AlignYourFlow.Nets(smooth(), teacher), draw)
                .part("v_guided")
                .toDoubles();
        assertArrayEquals(
                new double[] {3 + 2 * (0 - 3), 3 + (1 - 3), 3 + 3 * (2 - 3), 3 + 1.5 * (0 - 3)},
                new double[] {v[0], v[2], v[4], v[6]},
                1e-13);
        AlignYourFlowEmd fixed = emd(new AlignYourFlow.Config(TIMES, 2, 2, 0, 1, 0, 3));
        AlignYourFlow.Draw same = fixed.draw(new Batch(random(4, 1), new int[4]), rng, 0);
        assertArrayEquals(new double[] {2, 2, 2, 2}, same.scales());
        assertNull(same.cond().scales(), "one scale for all is no input");
        assertThrows(
                IllegalArgumentException.class,
                () -> loss.draw(random(4, 1), random(4, 2), times(), null, 1, new int[4]));
        assertThrows(
                IllegalArgumentException.class,
                () -> loss.loss(new AlignYourFlow.Nets(smooth(), GuidedTeacher.plain(answer)), draw));
        double[] random = loss.draw(new Batch(random(4, 1), new int[4]), rng, 5).scales();
        assertNotNull(random);
        assertTrue(Arrays.stream(random).allMatch(w -> 1 <= w && w < 3));
    }

    @Test
    void slicesMakeTheWhole() {
        FlowMapNet net = smooth();
        Batch batch = new Batch(random(6, 1), null);
        AlignYourFlow.Nets nets = new AlignYourFlow.Nets(net, GuidedTeacher.plain(exact));
        sliced(emd(plain()), nets, batch);
        sliced(new AlignYourFlowLmd(plain()), nets, batch);
        sliced(alphaFlow(4), net, batch);
        sliced(
                new SplitMeanFlow(new SplitMeanFlow.Config(TIMES, 1, 0, 0)),
                new SplitMeanFlow.Nets(net, GuidedTeacher.plain(exact)),
                batch);
        sliced(terminal(1, 0), new TerminalVelocity.Nets(net, net), batch);
        sliced(
                new ImprovedMeanFlow(ImprovedMeanFlow.Config.pixel(TIMES, SCALES, 0, 0, 2)),
                TwoHeadNet.ofDiagonal(net),
                batch);
    }

    private <N, D> void sliced(Loss<N, D> loss, N nets, Batch batch) {
        D draw = loss.draw(batch, rng, 200);
        double[] whole = loss.loss(nets, draw).perSample().toDoubles();
        double[] first = loss.loss(nets, loss.slice(draw, 0, 4)).perSample().toDoubles();
        double[] rest = loss.loss(nets, loss.slice(draw, 4, 6)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOf(whole, 4), first, 1e-13);
        assertArrayEquals(Arrays.copyOfRange(whole, 4, 6), rest, 1e-13);
        assertEquals(
                Arrays.stream(whole).average().orElseThrow(),
                loss.loss(nets, draw).total().item(),
                1e-13);
        assertEquals(Coupling.NONE, loss.coupling());
    }

    @Test
    void spansHaveTheirLaw() {
        SpanPairs law = new SpanPairs(new LogitNormalTimes(0, 1));
        TimePairs pairs = law.pairs(new double[] {0, 1}, new double[] {0.5, 0});
        assertArrayEquals(new double[] {0.25, 0}, pairs.r(), 1e-15);
        assertArrayEquals(new double[] {0.75, 1 / (1 + Math.exp(-1))}, pairs.t(), 1e-15);
        TimePairs random = law.sample(rng, 3, 500);
        for (int i = 0; i < 500; i++) {
            assertTrue(0 <= random.r()[i] && random.r()[i] < random.t()[i] && random.t()[i] < 1);
        }
        assertFalse(Arrays.equals(random.t(), law.sample(rng, 4, 500).t()));
    }

    @Test
    void badChoicesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AlignYourFlow.Config(TIMES, -1, 0.9));
        assertThrows(IllegalArgumentException.class, () -> new AlignYourFlow.Config(TIMES, 0, 1.1));
        assertThrows(IllegalArgumentException.class, () -> new AlignYourFlow.Config(TIMES, 3, 1, 0, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> alphaFlow(0));
        assertThrows(IllegalArgumentException.class, () -> terminal(2, 0));
        assertThrows(IllegalArgumentException.class, () -> terminal(0.5, 3));
        assertThrows(
                IllegalArgumentException.class, () -> new SplitMeanFlow(new SplitMeanFlow.Config(TIMES, 1, 1.5, 0)));
        assertThrows(IllegalArgumentException.class, () -> ImprovedMeanFlow.Config.pixel(TIMES, SCALES, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new DataHeads((x, from, to, cond, i) -> null, 0));
        SplitMeanFlow split = new SplitMeanFlow(new SplitMeanFlow.Config(TIMES, 1, 0, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> split.draw(random(4, 1), random(4, 2), times(), new double[] {0.5, 2, 0.5, 0.5}, null));
        TimePairs backwards = new TimePairs(new double[] {0.2}, new double[] {0.3});
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> split.draw(random(1, 1), random(1, 2), backwards, new double[1], null))
                .getMessage();
        assertTrue(message.startsWith("split mean flow: got end time 0.3"), message);
    }
}
