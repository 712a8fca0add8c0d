package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.tanh;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Recording;
import org.fewstep.kernels.Scope;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.Dropout;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.ImmScaling;
import org.fewstep.model.Init;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.Diagonal;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.Gamma;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.MirrorInterpolant;
import org.fewstep.path.NestedUniformPairs;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Prediction;
import org.fewstep.path.Sinkhorn;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.StraightBridge;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.path.UniformPairs;
import org.fewstep.path.UniformTimes;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Every loss, recorded with its gradient: replays for other draws have the bits of the loss run anew. */
class RecordedLossTest extends EngineTest {
    private static final int BATCH = 7;
    private static final int CLASSES = 3;
    private static final LogitNormalPairs TIMES = new LogitNormalPairs(-0.4, 1, new Diagonal.Ratio(0.5));

    private Batch batch(int step) {
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            labels[i] = (i + step) % CLASSES;
        }
        return new Batch(Tensor.of(device, DType.F32, rng.normal(0, 2 * BATCH, 1000 + step), BATCH, 2), labels);
    }

    private FlowNetwork network(int times, int classes) {
        return (FlowNetwork)
                NetworkConfig.mlp(2, 16, 2, times, classes).build(new Init(device, DType.F32, rng.stream("init")));
    }

    private static <N, D> List<Tensor> work(Loss<N, D> loss, N net, D draw, List<Tensor> leaves) {
        LossResult result = loss.loss(net, draw);
        List<Tensor> all = new ArrayList<>(List.of(result.total(), result.error(), result.perSample()));
        all.addAll(Grad.of(result.total(), leaves));
        return all;
    }

    /** A loss with its gradients, recorded for the draws of a branch. */
    private record Recorded(List<Tensor> fixed, List<Tensor> results, Plan plan) {
        void replay(Device device, List<Tensor> inputs) {
            assertEquals(fixed.size(), inputs.size());
            for (int i = 0; i < inputs.size(); i++) {
                Tensor from = inputs.get(i);
                Tensor to = fixed.get(i);
                assertEquals(to.shape(), from.shape());
                device.run(Elementwise.flat(
                        Elementwise.Code.COPY, 0, 0, from.shape().count(), to.buffer(), from.buffer()));
            }
            plan.replay();
        }

        void close() {
            plan.close();
            fixed.forEach(input -> input.buffer().release());
        }
    }

    private <N, D> Recorded recorded(Loss<N, D> loss, N net, D draw, List<Tensor> leaves) {
        List<Tensor> fixed = loss.inputs(draw);
        assertFalse(fixed.isEmpty(), loss.getClass().getSimpleName());
        try (Recording recording = device.record()) {
            List<Tensor> results = work(loss, net, draw, leaves);
            results.forEach(r -> recording.keep(r.buffer()));
            Plan plan = recording.finish();
            fixed.forEach(input -> input.buffer().hold());
            return new Recorded(fixed, results, plan);
        }
    }

    private <N, D> void replays(Loss<N, D> loss, N net, List<Tensor> leaves) {
        long bytes = device.live().bytes().get();
        Map<Integer, Recorded> branches = new HashMap<>();
        int replayed = 0;
        for (int step = 0; replayed < 5; step++) {
            try (Scope scope = device.scope()) {
                D draw = loss.draw(batch(step), rng, step);
                Recorded known = branches.get(loss.branch(draw));
                if (known == null) {
                    branches.put(loss.branch(draw), recorded(loss, net, draw, leaves));
                    continue;
                }
                known.replay(device, loss.inputs(draw));
                replayed++;
                List<Tensor> anew = work(loss, net, draw, leaves);
                for (int i = 0; i < anew.size(); i++) {
                    assertArrayEquals(
                            anew.get(i).toFloats(),
                            known.results.get(i).toFloats(),
                            loss.getClass().getSimpleName() + " step " + step + " result " + i);
                }
            }
        }
        branches.values().forEach(Recorded::close);
        assertEquals(bytes, device.live().bytes().get(), "bytes after closing the plans");
    }

    @Test
    void flowMatchingOnBothSides() {
        try (FlowNetwork plain = network(1, 0);
                FlowNetwork labelled = network(1, CLASSES)) {
            replays(new FlowMatching(new CosinePath(), FlowMatching.Config.UNCONDITIONAL), plain, plain.leaves());
            FlowMatching.Config config = new FlowMatching.Config(
                    UniformTimes.UNIT, new OptimalTransport(OptimalTransport.Draw.RESAMPLED), 0.4, CLASSES);
            replays(new FlowMatching(new CosinePath(), config), labelled, labelled.leaves());
        }
    }

    @Test
    void meanFlowWithItsTangent() {
        try (FlowNetwork plain = network(2, 0);
                FlowNetwork labelled = network(2, CLASSES)) {
            replays(
                    new MeanFlow(new MeanFlow.Config(TIMES, 1, 0.01, MeanFlow.Guidance.NONE, 0, 0)),
                    plain,
                    plain.leaves());
            MeanFlow.Guidance guidance = new MeanFlow.Guidance(1.5, 0.3, 0.2, 0.8);
            replays(
                    new MeanFlow(new MeanFlow.Config(TIMES, 0.5, 0.01, guidance, 0.4, CLASSES)),
                    labelled,
                    labelled.leaves());
        }
    }

    @Test
    void successorsOfMeanFlow() {
        AlignYourFlow.Config guided = new AlignYourFlow.Config(TIMES, 1, 3, 10, 0.99, 0.4, CLASSES);
        try (FlowNetwork net = network(2, CLASSES)) {
            // The scale is an input of the loss, which this network does not take.
            FlowMapNet unscaled = (x, from, to, cond) -> net.u(x, from, to, new Cond(cond.labels(), 1, 0, 1));
            GuidedTeacher teacher = GuidedTeacher.classifierFree((x, t, cond) -> tanh(x), CLASSES);
            AlignYourFlow.Nets nets = new AlignYourFlow.Nets(unscaled, teacher);
            for (AlignYourFlowEmd.Space space : AlignYourFlowEmd.Space.values()) {
                AlignYourFlowEmd emd = new AlignYourFlowEmd(guided, AlignYourFlowEmd.NORMALISED, space);
                replays(emd, nets, net.leaves());
                replays(
                        new AdversarialAlignYourFlow(emd, new GeneratorTerm(Adversarial.RELATIVISTIC, 0.5, 2)),
                        new AdversarialAlignYourFlow.Nets(nets, (x, t, cond) -> Ops.sum(tanh(x), 1)),
                        net.leaves());
            }
            replays(new AlignYourFlowLmd(guided), nets, net.leaves());
            AlphaSchedule around = new AlphaSchedule(-50, 50);
            replays(new AlphaFlow(new AlphaFlow.Config(TIMES, around, 1e-3, 4, 0.4, CLASSES)), net, net.leaves());
            replays(
                    new SplitMeanFlow(new SplitMeanFlow.Config(TIMES, 1.5, 0.4, CLASSES)),
                    new SplitMeanFlow.Nets(net, teacher),
                    net.leaves());
            replays(
                    new ImprovedMeanFlow(
                            ImprovedMeanFlow.Config.pixel(TIMES, new PowerLawScales(1, 7), 0.4, CLASSES, 2)),
                    (x, from, to, cond, interval) -> new TwoHeadNet.Heads(
                            unscaled.u(x, from, add(to, interval.from()), cond),
                            unscaled.u(x, add(from, interval.to()), to, cond)),
                    net.leaves());
        }
    }

    @Test
    void momentMatching() {
        try (FlowNetwork net = network(2, CLASSES)) {
            replays(
                    new InductiveMomentMatching(new InductiveMomentMatching.Config(
                            ImmScaling.averageVelocity(LinearPath.NOISE_AT_ONE, 0.5),
                            new NestedUniformPairs(0.01, 0.99),
                            new EtaDecrement(0.1),
                            BATCH,
                            LaplaceKernel.DEFAULT,
                            SnrSigmoidWeight.DEFAULT,
                            0.4,
                            CLASSES)),
                    net,
                    net.leaves());
        }
    }

    @Test
    void fastGenInBothFormsAndDerivatives() {
        try (FlowNetwork labelled = network(2, CLASSES)) {
            for (FastGenMeanFlow.Form form : FastGenMeanFlow.Form.values()) {
                for (FlowDerivative derivative :
                        List.of(new FlowDerivative.ForwardMode(), new FlowDerivative.FiniteDifference(0.005, 0, 1))) {
                    replays(
                            new FastGenMeanFlow(new FastGenMeanFlow.Config(
                                    TIMES, form, 1, 0.01, 4, true, derivative, 0.4, CLASSES)),
                            labelled,
                            labelled.leaves());
                }
            }
        }
    }

    @Test
    void bridges() {
        try (FlowNetwork v = network(1, 0);
                FlowNetwork s = network(1, 0)) {
            replays(
                    new ConditionalFlowMatching(new ConditionalFlowMatching.Config(
                            new StraightBridge(0.1), UniformTimes.UNIT, new Sinkhorn(0.5))),
                    v,
                    v.leaves());
            List<Tensor> both = new ArrayList<>(v.leaves());
            both.addAll(s.leaves());
            SchroedingerBridge.Nets nets = new SchroedingerBridge.Nets(v, (x, t, cond) -> s.v(x, t, Cond.NONE));
            replays(new SchroedingerBridge(new SchroedingerBridge.Config(0.5)), nets, both);
        }
    }

    @Test
    void interpolants() {
        UniformTimes inner = new UniformTimes(0.05, 0.95);
        ConditionalFlowMatching.Config config = new ConditionalFlowMatching.Config(
                new StochasticInterpolant(InterpolantMean.TRIG, Gamma.BROWNIAN), inner, new IndependentCoupling());
        FlowMatching.Config oneSided = new FlowMatching.Config(inner, 0.4, CLASSES);
        MirrorInterpolant mirror = new MirrorInterpolant(Gamma.BROWNIAN);
        try (FlowNetwork net = network(1, 0);
                FlowNetwork labelled = network(1, CLASSES);
                InterpolantNetwork fields = new InterpolantConfig(
                                NetworkConfig.mlp(2, 16, 2, 1, 0), List.of(InterpolantField.values()))
                        .build(new Init(device, DType.F32, rng.stream("fields")))) {
            replays(new InterpolantFields(config, fields.config().fields()), fields, fields.leaves());
            replays(new InterpolantDrift(config), net, net.leaves());
            replays(new InterpolantVelocity(config), net, net.leaves());
            replays(new InterpolantScore(config), net::v, net.leaves());
            replays(new InterpolantDenoiser(config), net::v, net.leaves());
            replays(new MirrorScore(mirror, inner), net::v, net.leaves());
            replays(new OneSidedDrift(new CosinePath(), oneSided), labelled, labelled.leaves());
            replays(new OneSidedScore(new CosinePath(), oneSided), labelled::v, labelled.leaves());
            replays(new OneSidedDenoiser(new CosinePath(), oneSided), labelled::v, labelled.leaves());
        }
    }

    @Test
    void denoisersAndKnownFields() {
        try (FlowNetwork net = network(1, 0);
                FlowNetwork labelled = network(1, CLASSES)) {
            FlowMatching.Config config = new FlowMatching.Config(new UniformTimes(0.05, 0.95), 0.4, CLASSES);
            for (Prediction prediction : Prediction.values()) {
                DenoisingWeight weight = new DenoisingWeight.Edm(0.5);
                replays(
                        new DenoisingScoreMatching(new CosinePath(), prediction, weight, config),
                        labelled::v,
                        labelled.leaves());
            }
            replays(new FieldMatching(new CosinePath(), UniformTimes.UNIT, (x, t) -> x), net, net.leaves());
        }
    }

    /** ln of the level as a time, as scalings hand it to networks. */
    private static final double[] RANGE = {0.01, 40};

    private static double[] levels(org.fewstep.tensor.Rng source, int step, int count) {
        double[] t = source.uniform(0, count, step);
        for (int i = 0; i < count; i++) {
            t[i] = RANGE[0] * Math.pow(RANGE[1] / RANGE[0], t[i]);
        }
        return t;
    }

    @Test
    void consistency() {
        SigmaScaling scaling = new SigmaScaling(0.5, 0.002);
        PredictionNet teacher = (x, t, cond) -> tanh(x);
        KarrasPairs grid = new KarrasPairs(KarrasGrid.PUBLISHED, new ScaleSchedule.Fixed(18));
        RatioPairs ratios = new RatioPairs(RecordedLossTest::levels, step -> 0.5, 8, 1, 0);
        ConsistencyLoss.Config config =
                new ConsistencyLoss.Config(grid, new Distance.PseudoHuber(0.1), new PairWeight.Uniform(), 0.4, CLASSES);
        try (FlowNetwork net = network(1, CLASSES)) {
            PredictionNet f = scaling.around(net);
            for (TeacherStep step : TeacherStep.values()) {
                replays(
                        new ConsistencyDistillation(step, config),
                        new ConsistencyDistillation.Nets(f, f, teacher),
                        net.leaves());
            }
            ConsistencyLoss.Config toClean =
                    new ConsistencyLoss.Config(ratios, new Distance.Norm(), new PairWeight.InverseSpan(), 0, CLASSES);
            replays(new ConsistencyTraining(toClean), ConsistencyTraining.Nets.of(f), net.leaves());
            replays(
                    new TruncatedConsistency(new TruncatedConsistency.Config(
                            ratios, new Distance.Norm(), new PairWeight.InverseSpan(), 1, 0.25, 0.1, 0, CLASSES)),
                    new TruncatedConsistency.Nets(f, teacher),
                    net.leaves());
            for (ContinuousConsistency.Form form : ContinuousConsistency.Form.values()) {
                replays(
                        new ContinuousConsistency(
                                new ContinuousConsistency.Config(RecordedLossTest::levels, form, 0.4, CLASSES)),
                        new ContinuousConsistency.Nets(f, form == ContinuousConsistency.Form.NORM ? teacher : null),
                        net.leaves());
            }
            replays(
                    new StochasticConsistency(new StochasticConsistency.Config(
                            grid,
                            new StochasticConsistency.NoiseScale.Eta(0.5),
                            3,
                            new Distance.Norm(),
                            GeneratorTerm.NONE,
                            0,
                            CLASSES)),
                    new StochasticConsistency.Nets(f, f, teacher, null),
                    net.leaves());
            TimeSampler angles = (source, step, count) -> new UniformTimes(0.05, 0.95).sample(source, step, count);
            for (TrigFlowDerivative derivative : List.of(
                    new TrigFlowDerivative.ForwardMode(),
                    new TrigFlowDerivative.DataPathDifference(1e-2),
                    new TrigFlowDerivative.SemiContinuous(0.01),
                    new TrigFlowDerivative.Discrete(0.01))) {
                replays(
                        new TrigFlowConsistency(new TrigFlowConsistency.Config(
                                0.5,
                                angles,
                                derivative,
                                TrigFlowConsistency.WarmUp.STATE,
                                1,
                                new TrigFlowConsistency.Bound.Normalised(0.1, true),
                                true,
                                TrigFlowConsistency.Reduction.MEAN,
                                0.4,
                                CLASSES)),
                        new TrigFlowConsistency.Nets(net, null, t -> Ops.scale(t, 0.1)),
                        net.leaves());
            }
        }
    }

    @Test
    void distillation() {
        TrigFlowSchedule schedule = new TrigFlowSchedule(1);
        PredictionNet teacher = (x, t, cond) -> tanh(x);
        try (FlowNetwork net = network(1, CLASSES);
                FlowNetwork map = network(2, 0)) {
            replays(
                    new ProgressiveDistillation(new ProgressiveDistillation.Config(
                            schedule,
                            Prediction.V,
                            new PowerSpacing(1),
                            1.5,
                            0.01,
                            new ScaleSchedule.Fixed(4),
                            true,
                            new Distance.MeanSquare(),
                            new PairWeight.TruncatedSnr(),
                            0.4,
                            CLASSES,
                            new GuidanceLaw(0, 4))),
                    new ProgressiveDistillation.Nets(
                            (x, t, cond) -> net.v(x, t, new Cond(cond.labels(), 1, 0, 1)), teacher),
                    net.leaves());
            replays(
                    new SegmentConsistency(new SegmentConsistency.Config(
                            schedule, Prediction.V, 1.5, 0, 4, new ScaleSchedule.Fixed(16), 0.75, 0.4, CLASSES)),
                    new SegmentConsistency.Nets(net::v, teacher),
                    net.leaves());
            replays(
                    new GuidanceDistillation(new GuidanceDistillation.Config(
                            schedule,
                            Prediction.V,
                            Prediction.X0,
                            (source, step, count) -> new UniformTimes(0.05, 0.95).sample(source, step, count),
                            0,
                            4,
                            new PairWeight.TruncatedSnr(),
                            CLASSES)),
                    new GuidanceDistillation.Nets(
                            (x, t, cond) -> net.v(x, t, new Cond(cond.labels(), 1, 0, 1)), teacher),
                    net.leaves());
            CtmScaling scaling = new CtmScaling(CtmScaling.Outer.EULER, CtmScaling.Inner.EDM, 0.5, 0.002);
            TrajectoryDenoising denoising = new TrajectoryDenoising(scaling, RecordedLossTest::levels, 0, 0);
            replays(denoising, map, map.leaves());
            ConsistencyTrajectory trajectory = new ConsistencyTrajectory(new ConsistencyTrajectory.Config(
                    scaling, new KarrasGrid(0.002, 80, 7), 4, new Distance.MeanSquare(), 0, 0));
            replays(trajectory, new ConsistencyTrajectory.Nets(map, map, teacher), map.leaves());
            CriticNet critic = (x, t, cond) -> Ops.sum(tanh(x), 1);
            // The adversarial term comes after some branches have been recorded without it.
            replays(
                    new TrajectoryDistillation(new TrajectoryDistillation.Config(
                            trajectory,
                            denoising,
                            1,
                            new GeneratorTerm(Adversarial.HINGE, 1, 3),
                            TrajectoryDistillation.Weighting.ADAPTIVE)),
                    new TrajectoryDistillation.Nets(map, map, teacher, critic, map.lastLayer()),
                    map.leaves());
        }
    }

    /** Denoising with dropout: the mask's counter is an input. */
    private final class Noisy implements Loss<FlowNetwork, Noisy.Draw> {
        record Draw(Tensor x0, Tensor t, Tensor counter) {}

        @Override
        public Draw draw(Batch batch, org.fewstep.tensor.Rng source, int step) {
            double[] t = source.uniform(0, batch.size(), step);
            return new Draw(
                    batch.x0(), Tensor.of(device, DType.F32, t, t.length), Noise.counter(device, 10L * step, step));
        }

        @Override
        public LossResult loss(FlowNetwork net, Draw draw) {
            Tensor noise = Noise.normal(DType.F32, rng.stream("inside"), draw.counter, draw.x0.shape());
            Tensor dropped = Dropout.of(draw.x0, 0.3, rng.stream("mask"), draw.counter);
            Tensor shift = Tensor.constant(device, DType.F32, new double[] {0.5, -0.25}, 2);
            Tensor error = square(net.v(add(add(dropped, noise), shift), draw.t, Cond.NONE));
            return new LossResult(mean(error), mean(error, 1), Map.of());
        }

        @Override
        public List<Tensor> inputs(Draw draw) {
            return List.of(draw.x0, draw.t, draw.counter);
        }

        @Override
        public Coupling coupling() {
            return Coupling.NONE;
        }

        @Override
        public Draw slice(Draw draw, int from, int to) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void dropoutAndNoiseInsideTheLoss() {
        try (FlowNetwork plain = network(1, 0)) {
            replays(new Noisy(), plain, plain.leaves());
        }
        // A counter gives the numbers of (first, step).
        Tensor counter = Noise.counter(device, 5, 2);
        Shape shape = Shape.of(3, 4);
        assertArrayEquals(
                Noise.normal(device, DType.F32, rng, 5, 2, shape).toFloats(),
                Noise.normal(DType.F32, rng, counter, shape).toFloats());
        Tensor x = Tensor.full(device, DType.F32, 1, shape);
        assertArrayEquals(
                Dropout.of(x, 0.4, rng, 5, 2).toFloats(),
                Dropout.of(x, 0.4, rng, counter).toFloats());
    }

    @Test
    void flowMaps() {
        MapLoss.Config config =
                new MapLoss.Config(LinearPath.NOISE_AT_ZERO, new UniformPairs(UniformPairs.Order.BOTH), 0.3, CLASSES);
        SelfDistillation.Config self = new SelfDistillation.Config(config, UniformTimes.UNIT, 0.4);
        try (FlowNetwork net = network(2, CLASSES);
                FlowNetwork teacher = network(2, CLASSES)) {
            MapUncertainty weight = (s, t) -> Ops.sub(s, t);
            MapStudent distilled = new MapStudent(net, teacher, null);
            SelfDistillation.Nets own = new SelfDistillation.Nets(net, net, weight);
            for (LagrangianMatching.Stop stop : LagrangianMatching.Stop.values()) {
                replays(new LagrangianMatching(config, stop), distilled, net.leaves());
                replays(SelfDistillation.lagrangian(self, stop), own, net.leaves());
            }
            for (EulerianMatching.Stop stop : EulerianMatching.Stop.values()) {
                replays(new EulerianMatching(config, stop), distilled, net.leaves());
                replays(SelfDistillation.eulerian(self, stop), own, net.leaves());
            }
            for (MidTime mid : MidTime.values()) {
                replays(
                        new SemigroupMatching(config, mid, SemigroupMatching.Space.STATE),
                        new SemigroupMatching.Nets(net, teacher, null),
                        net.leaves());
                replays(SelfDistillation.progressive(self, mid), own, net.leaves());
            }
            replays(new FlowMapMatching(config), net, net.leaves());
            for (double guidance : new double[] {1, 1.5}) {
                replays(
                        new ShortcutModel(
                                new ShortcutModel.Config(LinearPath.NOISE_AT_ZERO, 4, 2, guidance, 0.3, CLASSES)),
                        new ShortcutModel.Nets(net, teacher),
                        net.leaves());
            }
        }
        try (FlowNetwork net = network(1, CLASSES)) {
            for (TwoTimePrediction.Agreement agreement : TwoTimePrediction.Agreement.values()) {
                replays(
                        new TwoTimePrediction(
                                new TwoTimePrediction.Config(UniformTimes.UNIT, 1, agreement, 0.3, CLASSES)),
                        net::v,
                        net.leaves());
            }
        }
    }

    @Test
    void aDrawsTensorThatIsNotAnInputStopsTheReplay() {
        FlowMatching loss = new FlowMatching(new CosinePath(), FlowMatching.Config.UNCONDITIONAL);
        try (FlowNetwork net = network(1, 0)) {
            Plan plan;
            try (Scope scope = device.scope()) {
                FlowMatching.Draw draw = loss.draw(batch(0), rng, 0);
                try (Recording recording = device.record()) {
                    loss.loss(net, draw);
                    plan = recording.finish();
                }
                draw.x0().buffer().hold();
                plan.replay();
                draw.x0().buffer().release();
            }
            String message =
                    assertThrows(IllegalStateException.class, plan::replay).getMessage();
            assertTrue(message.startsWith("replay: got a F32 buffer"), message);
            plan.close();
        }
    }

    @Test
    void hostNumbersInsideARecordingAreRefused() {
        try (Recording recording = device.record()) {
            assertThrows(IllegalStateException.class, () -> Tensor.of(device, DType.F32, new float[2], 2));
            assertThrows(IllegalStateException.class, () -> batch(0));
            Tensor x = Tensor.full(device, DType.F32, 1, Shape.of(2));
            assertThrows(IllegalStateException.class, x::toFloats);
            assertThrows(IllegalStateException.class, () -> mean(x).item());
            assertThrows(IllegalStateException.class, () -> Noise.normal(device, DType.F32, rng, 0, 0, Shape.of(2)));
        }
    }

    private static double[] angles(org.fewstep.tensor.Rng source, int step, int count) {
        double[] t = source.uniform(0, count, step);
        for (int i = 0; i < count; i++) {
            t[i] = 0.2 + t[i];
        }
        return t;
    }

    @Test
    void scoreDistillation() {
        UniformTimes inner = new UniformTimes(0.1, 0.9);
        StudentSteps steps = StudentSteps.one(new CosinePath(), 0.1);
        PredictionNet teacher = (x, t, cond) -> tanh(x);
        CriticNet critic = (x, t, cond) -> Ops.sum(tanh(x), 1);
        GeneratorTerm term = new GeneratorTerm(Adversarial.NON_SATURATING, 0.1, 2);
        FDistill ratios = new FDistill(Dmd.fastGen(), FDivergence.JENSEN_SHANNON, 0.1, 20, null);
        try (FlowNetwork net = network(1, CLASSES)) {
            ScoreDistillation.Nets nets = new ScoreDistillation.Nets(net::v, teacher, net::v, critic);
            for (ScoreTerm score : List.of(
                    new GradientTerm(new Vsd(), Surrogate.SQUARED_NORM),
                    new GradientTerm(ratios, Surrogate.MEAN_SQUARE),
                    new AdversarialScoreIdentity(new ScoreIdentity(1), 0.01))) {
                replays(
                        new ScoreDistillation(new ScoreDistillation.Config(
                                new CosinePath(),
                                Prediction.X0,
                                Prediction.V,
                                steps,
                                inner,
                                score,
                                term,
                                inner,
                                CLASSES)),
                        nets,
                        net.leaves());
            }
            StudentSteps onData = new StudentSteps(new CosinePath(), List.of(0.1, 0.5), true);
            ScoreDistillation decoupled = new ScoreDistillation(new ScoreDistillation.Config(
                    new CosinePath(),
                    Prediction.X0,
                    Prediction.X0,
                    onData,
                    inner,
                    new GradientTerm(Dmd.published(), Surrogate.MEAN_SQUARE),
                    null,
                    null,
                    CLASSES,
                    new ScoreDistillation.Second(
                            new TeacherRegression(2, TeacherRegression.Weight.ALPHA, new Distance.SquaredNorm()),
                            inner)));
            replays(decoupled, nets, net.leaves());
            replays(
                    new RegularisedConsistency(
                            new TrigFlowConsistency(new TrigFlowConsistency.Config(0.5, RecordedLossTest::angles)),
                            decoupled,
                            0.5),
                    new RegularisedConsistency.Nets(
                            new TrigFlowConsistency.Nets(
                                    (x, t, cond) -> net.v(x, t, Labels.none(CLASSES, x)),
                                    (x, t, cond) -> tanh(x),
                                    null),
                            nets),
                    net.leaves());
            for (boolean weighted : new boolean[] {false, true}) {
                ScoreOpponent.Config config = new ScoreOpponent.Config(
                        new CosinePath(),
                        steps,
                        new ScoreOpponent.Denoising(Prediction.V, new DenoisingWeight.Edm(0.5), inner, true, 2),
                        new ScoreOpponent.Judging(
                                Adversarial.NON_SATURATING, 0.1, weighted ? null : inner, weighted, 1, 0.1, weighted),
                        CLASSES);
                replays(
                        new ScoreOpponent(config, teacher),
                        new ScoreOpponent.Nets(net::v, (x, t, cond) -> Ops.sum(net.v(x, t, cond), 1)),
                        net.leaves());
            }
        }
    }
}
