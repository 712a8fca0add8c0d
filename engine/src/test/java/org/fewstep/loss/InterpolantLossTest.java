package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.Init;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.Bridge;
import org.fewstep.path.CosinePath;
import org.fewstep.path.Gamma;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.MirrorInterpolant;
import org.fewstep.path.MixtureDraws;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Interpolant losses: their minimisers are the exact fields, and their draws behave. */
class InterpolantLossTest extends EngineTest {
    private static final int COUNT = 10000;
    private static final UniformTimes INNER = new UniformTimes(0.05, 0.95);
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {0.4, 0.6}, new double[][] {{1, -1}, {-1, 0.5}}, new double[] {0.5, 0.3});

    /** A network's value at states and times. */
    private interface Exact {
        Tensor at(Tensor x, double[] t);
    }

    private Batch batch() {
        return new Batch(Tensor.of(device, DType.F64, MixtureDraws.of(DATA, rng, COUNT), COUNT, 2), null);
    }

    private static PredictionNet net(Exact field, double factor, double shift) {
        return (x, t, cond) -> Ops.scaleShift(field.at(x, t.toDoubles()), factor, shift);
    }

    /** The derivatives of the loss along a scaling and a shift of the exact field are 0 in expectation. */
    private <D> void minimises(Loss<PredictionNet, D> loss, Exact field) {
        D draw = loss.draw(batch(), rng, 0);
        String what = loss.getClass().getSimpleName() + " ";
        double scaling = deviations(loss, draw, net(field, 1.01, 0), net(field, 0.99, 0));
        assertTrue(Math.abs(scaling) < 3, what + scaling);
        double shift = deviations(loss, draw, net(field, 1, 0.01), net(field, 1, -0.01));
        assertTrue(Math.abs(shift) < 3, what + shift);
        double wrong = deviations(loss, draw, net(field, 1.2, 0), net(field, 1.1, 0));
        assertTrue(wrong > 5, what + wrong);
    }

    private static <D> double deviations(Loss<PredictionNet, D> loss, D draw, PredictionNet up, PredictionNet down) {
        double[] above = loss.loss(up, draw).perSample().toDoubles();
        double[] below = loss.loss(down, draw).perSample().toDoubles();
        double[] difference = new double[above.length];
        Arrays.setAll(difference, i -> above[i] - below[i]);
        return Statistics.deviations(difference);
    }

    /** A loss of a narrower kind of network as one of any network. */
    private static <D> Loss<PredictionNet, D> open(Loss<?, D> loss, BiFunction<PredictionNet, D, LossResult> call) {
        return new Loss<>() {
            @Override
            public D draw(Batch batch, Rng source, int step) {
                return loss.draw(batch, source, step);
            }

            @Override
            public LossResult loss(PredictionNet net, D draw) {
                return call.apply(net, draw);
            }

            @Override
            public Coupling coupling() {
                return loss.coupling();
            }

            @Override
            public D slice(D draw, int from, int to) {
                return loss.slice(draw, from, to);
            }
        };
    }

    private static ConditionalFlowMatching.Config config(Bridge bridge) {
        return new ConditionalFlowMatching.Config(bridge, INNER, new IndependentCoupling());
    }

    /** The loss of all fields is the sum of the single ones, on the source that the batch brings. */
    @Test
    void fieldsAddUp() {
        ConditionalFlowMatching.Config config =
                config(new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN));
        List<InterpolantField> all = List.of(InterpolantField.values());
        InterpolantConfig structure = new InterpolantConfig(NetworkConfig.mlp(2, 8, 2, 1, 0), all);
        Tensor data = batch().x0();
        Tensor source = Ops.scaleShift(data, -0.5, 3);
        Batch batch = new Batch(data, null, source);
        try (InterpolantNetwork net = structure.build(new Init(device, DType.F64, rng.stream("net")))) {
            InterpolantFields loss = new InterpolantFields(config, all);
            ConditionalFlowMatching.Draw draw = loss.draw(batch, rng, 0);
            assertSame(source, draw.source());
            double b = new InterpolantDrift(config)
                    .loss((x, t, cond) -> net.of(InterpolantField.B, x, t), draw)
                    .total()
                    .item();
            double s = new InterpolantScore(config)
                    .loss((x, t, cond) -> net.of(InterpolantField.S, x, t), draw)
                    .total()
                    .item();
            double eta = new InterpolantDenoiser(config)
                    .loss((x, t, cond) -> net.of(InterpolantField.ETA, x, t), draw)
                    .total()
                    .item();
            LossResult whole = loss.loss(net, draw);
            assertEquals(b + s + eta, whole.total().item(), 1e-12 * Math.abs(b) + 1e-12);
            assertEquals(whole.total().item(), Ops.mean(whole.perSample()).item(), 1e-9);
            InterpolantFields alone = new InterpolantFields(config, List.of(InterpolantField.B));
            assertEquals(b, alone.loss(net, draw).total().item(), 0);
            double[] ends = new double[draw.t().length]; // t = 0, where neither gamma' nor 1 / gamma is finite
            assertThrows(IllegalArgumentException.class, () -> loss.draw(source, data, draw.eps(), ends));
        }
        assertThrows(
                IllegalArgumentException.class, () -> new InterpolantFields(config, List.of(InterpolantField.ETA)));
    }

    @Test
    void twoSidedLossesHaveTheExactFields() {
        for (StochasticInterpolant bridge : List.of(
                new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN),
                new StochasticInterpolant(InterpolantMean.TRIG, Gamma.SQRT_2),
                new StochasticInterpolant(InterpolantMean.ENCODING_DECODING, Gamma.SINE_SQUARED))) {
            TwoSidedMixture exact = new TwoSidedMixture(GaussianMixture.standardNormal(2), DATA, bridge);
            InterpolantDrift drift = new InterpolantDrift(config(bridge));
            minimises(open(drift, (net, draw) -> drift.loss(net::of, draw)), exact::drift);
            InterpolantScore score = new InterpolantScore(config(bridge));
            minimises(open(score, (net, draw) -> score.loss(net::of, draw)), exact::score);
            InterpolantVelocity velocity = new InterpolantVelocity(config(bridge));
            minimises(open(velocity, (net, draw) -> velocity.loss(net::of, draw)), exact::velocity);
            minimises(new InterpolantDenoiser(config(bridge)), (x, t) -> Ops.neg(exact.eta(x, t)));
        }
    }

    @Test
    void oneSidedLossesHaveTheExactFields() {
        FlowMatching.Config config = new FlowMatching.Config(INNER, 0, 0);
        for (Path path : List.of(LinearPath.NOISE_AT_ZERO, LinearPath.NOISE_AT_ONE, new CosinePath())) {
            OneSidedDrift drift = new OneSidedDrift(path, config);
            minimises(
                    open(drift, (net, draw) -> drift.loss(net::of, draw)),
                    (x, t) -> DATA.v(x, PathCoefficients.of(path, t)));
            OneSidedScore score = new OneSidedScore(path, config);
            minimises(
                    open(score, (net, draw) -> score.loss(net::of, draw)),
                    (x, t) -> DATA.score(x, PathCoefficients.of(path, t)));
            minimises(new OneSidedDenoiser(path, config), (x, t) -> Ops.neg(DATA.eps(x, PathCoefficients.of(path, t))));
        }
    }

    @Test
    void mirrorLossHasTheExactScore() {
        MirrorInterpolant mirror = new MirrorInterpolant(Gamma.BROWNIAN);
        TwoSidedMixture exact = new TwoSidedMixture(GaussianMixture.standardNormal(2), DATA, mirror);
        MirrorScore loss = new MirrorScore(mirror, INNER);
        minimises(open(loss, (net, draw) -> loss.loss(net::of, draw)), exact::score);
    }

    @Test
    void oneSidedDriftIsFlowMatchingButForAConstant() {
        FlowMatching.Config config = new FlowMatching.Config(INNER, 0, 0);
        Path path = new CosinePath();
        FlowMatching matching = new FlowMatching(path, config);
        FlowMatching.Draw draw = matching.draw(batch(), rng, 0);
        LossResult squared = matching.loss((x, t, cond) -> Ops.tanh(x), draw);
        LossResult form = new OneSidedDrift(path, config).loss((x, t, cond) -> Ops.tanh(x), draw);
        double constant = Ops.mean(Ops.square(squared.part("target"))).item();
        assertEquals(squared.total().item() - constant, form.total().item(), 1e-12);
    }

    @Test
    void slicesMakeTheWhole() {
        StochasticInterpolant bridge = new StochasticInterpolant(InterpolantMean.TRIG, Gamma.BROWNIAN);
        InterpolantDrift two = new InterpolantDrift(config(bridge));
        ConditionalFlowMatching.Draw pair = two.draw(batch(), rng, 0);
        double[] whole = two.loss((x, t, cond) -> Ops.tanh(x), pair).perSample().toDoubles();
        double[] part = two.loss((x, t, cond) -> Ops.tanh(x), two.slice(pair, 2, 5))
                .perSample()
                .toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 5), part);
        OneSidedScore one = new OneSidedScore(new CosinePath(), new FlowMatching.Config(INNER, 0, 0));
        FlowMatching.Draw draw = one.draw(batch(), rng, 0);
        whole = one.loss((x, t, cond) -> Ops.tanh(x), draw).perSample().toDoubles();
        part = one.loss((x, t, cond) -> Ops.tanh(x), one.slice(draw, 2, 5))
                .perSample()
                .toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 5), part);
    }

    @Test
    void timesAtWhichALossDividesByZeroAreRefused() {
        Tensor x = Tensor.of(device, DType.F64, new double[] {1, 2}, 1, 2);
        StochasticInterpolant brownian = new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.BROWNIAN);
        StochasticInterpolant plain = new StochasticInterpolant(InterpolantMean.LINEAR, Gamma.ZERO);
        for (double[] end : new double[][] {{0}, {1}}) {
            refused("interpolant drift", () -> new InterpolantDrift(config(brownian)).draw(x, x, x, end));
            refused("interpolant score", () -> new InterpolantScore(config(brownian)).draw(x, x, x, end));
            refused(
                    "mirror score",
                    () -> new MirrorScore(new MirrorInterpolant(Gamma.SINE_SQUARED), INNER)
                            .draw(x, x, x, new double[] {0}));
        }
        refused("interpolant score", () -> new InterpolantScore(config(plain)).draw(x, x, x, new double[] {0.5}));
        FlowMatching.Config config = FlowMatching.Config.UNCONDITIONAL;
        refused(
                "one-sided score",
                () -> new OneSidedScore(new CosinePath(), config).draw(x, x, new double[] {1}, null));
        // Without latent noise the drift's loss is there, ends included.
        InterpolantDrift drift = new InterpolantDrift(config(plain));
        assertTrue(Double.isFinite(drift.loss((y, t, cond) -> y, drift.draw(x, x, x, new double[] {0}))
                .total()
                .item()));
    }

    private static void refused(String who, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith(who + ": got "), message);
    }
}
