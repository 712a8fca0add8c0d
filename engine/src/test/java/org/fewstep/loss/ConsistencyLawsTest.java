package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.cos;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sin;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianFlow;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimePairs;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What consistency functions and their losses obey exactly, on data whose maps are known. */
class ConsistencyLawsTest extends EngineTest {
    private static final double STD = 0.4;
    private static final double[] MEAN = {0.3, -0.2};
    private static final int BATCH = 4;
    private static final double[] LEVELS = {0.05, 0.7, 4, 40};
    private static final double[] ANGLES = {0.05, 0.6, 1.1, 1.5};
    private static final KarrasGrid GRID = KarrasGrid.PUBLISHED;

    private final GaussianFlow flow = new GaussianFlow(MEAN, STD);

    private Tensor normal(int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, step), BATCH, 2);
    }

    private Tensor data(int step) {
        return scale(normal(step), STD);
    }

    private Tensor numbers(double... values) {
        return Tensor.of(device, DType.F64, values, values.length);
    }

    /** Any network. */
    private static Tensor some(Tensor x, Tensor t) {
        return Ops.tanh(Ops.add(scale(x, 1.7), Ops.sin(PerSampleColumn.of(t, x))));
    }

    /** The exact map of the flow from each sample's level to one end. */
    private PredictionNet exact(double end) {
        return (x, t, cond) -> rows(x, t, (row, level) -> flow.map(row, level, end));
    }

    private PredictionNet denoiser() {
        GaussianMixture mixture = new GaussianMixture(new double[] {1}, new double[][] {MEAN}, new double[] {STD});
        return (x, t, cond) -> mixture.x0(x, PathCoefficients.of(new EdmSchedule(), t.toDoubles()));
    }

    private interface Row {
        Tensor of(Tensor row, double level);
    }

    private static Tensor rows(Tensor x, Tensor t, Row f) {
        double[] levels = t.toDoubles();
        Tensor[] parts = new Tensor[levels.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = f.of(Ops.slice(x, 0, i, i + 1), levels[i]);
        }
        return Ops.concat(0, parts);
    }

    private static ConsistencyLoss.Config plain() {
        return new ConsistencyLoss.Config(
                new KarrasPairs(GRID, new ScaleSchedule.Fixed(18)),
                new Distance.MeanSquare(),
                new PairWeight.Uniform());
    }

    private static void assertClose(Tensor expected, Tensor actual, double bound) {
        assertArrayEquals(expected.toDoubles(), actual.toDoubles(), bound);
    }

    @Test
    void theScaledNetworkIsTheIdentityAtTheLeastLevel() {
        Tensor x = normal(0);
        double[] least = new double[BATCH];
        Arrays.fill(least, GRID.sigmaMin());
        VelocityNet net = (state, t, cond) -> some(state, t);
        assertClose(x, new SigmaScaling(0.5, GRID.sigmaMin()).of(net, x, numbers(least), Cond.NONE), 1e-12);
        for (CtmScaling.Outer outer : CtmScaling.Outer.values()) {
            for (CtmScaling.Inner inner : CtmScaling.Inner.values()) {
                FlowMapNet map = (state, t, s, cond) -> some(state, s);
                CtmScaling scaling = new CtmScaling(outer, inner, 0.5, GRID.sigmaMin());
                Tensor t = numbers(LEVELS);
                assertClose(x, scaling.map(map, x, t, t, Cond.NONE), 1e-12);
            }
        }
    }

    @Test
    void aConstantMinimisesTheLossWithoutTheBoundaryAndNotWithIt() {
        ConsistencyTraining loss = new ConsistencyTraining(plain());
        ConsistencyTraining.Draw draw = loss.draw(new Batch(data(1), null), rng, 3);
        PredictionNet constant = (x, t, cond) -> Tensor.full(x.device(), x.dtype(), 0.25, x.shape());
        Tensor leaf =
                Tensor.of(device, DType.F64, new double[] {0.25, 0.25}, 1, 2).requireGrad();
        PredictionNet learned = (x, t, cond) -> Ops.broadcastTo(leaf, x.shape());
        assertEquals(
                0,
                loss.loss(ConsistencyTraining.Nets.of(constant), draw).total().item());
        LossResult flat = loss.loss(ConsistencyTraining.Nets.of(learned), draw);
        assertArrayEquals(
                new double[2], Grad.of(flat.total(), List.of(leaf)).get(0).toDoubles());

        VelocityNet inside = (x, t, cond) -> Ops.broadcastTo(leaf, x.shape());
        PredictionNet bounded = new SigmaScaling(0.5, GRID.sigmaMin()).around(inside);
        LossResult pinned = loss.loss(ConsistencyTraining.Nets.of(bounded), draw);
        assertTrue(pinned.total().item() > 1e-6);
        double[] slope = Grad.of(pinned.total(), List.of(leaf)).get(0).toDoubles();
        assertTrue(Math.hypot(slope[0], slope[1]) > 1e-6, Arrays.toString(slope));
    }

    /** E |f(x_t, t) - f(x_s, s)|^2 over random pairs s < t of one trajectory of the flow, with the least level as s in one. */
    private Tensor plainObjective(PredictionNet f) {
        double[] u = rng.stream("levels").uniform(0, 2 * BATCH, 0);
        double[] t = new double[BATCH];
        double[] s = new double[BATCH];
        for (int i = 0; i < BATCH; i++) {
            t[i] = GRID.level(Math.min(u[2 * i], u[2 * i + 1]));
            s[i] = i == 0 ? GRID.sigmaMin() : GRID.level(Math.max(u[2 * i], u[2 * i + 1]));
        }
        Tensor higher = Ops.mulAdd(Tensor.perSample(t, data(1)), normal(2), data(1));
        Tensor lower = Ops.concat(
                0,
                IntStream.range(0, BATCH)
                        .mapToObj(i -> flow.map(Ops.slice(higher, 0, i, i + 1), t[i], s[i]))
                        .toArray(Tensor[]::new));
        Tensor ends = f.of(lower, numbers(s), Cond.NONE);
        return Ops.mean(new Distance.MeanSquare().of(f.of(higher, numbers(t), Cond.NONE), ends));
    }

    @Test
    void thePlainObjectiveHasAConstantAsItsMinimumAndWithTheBoundaryTheConsistencyFunctionAlone() {
        PredictionNet constant = (x, t, cond) -> Tensor.full(x.device(), x.dtype(), 0.25, x.shape());
        assertEquals(0, plainObjective(constant).item());

        SigmaScaling scaling = new SigmaScaling(0.5, GRID.sigmaMin());
        PredictionNet pinned = scaling.around((x, t, cond) -> constant.of(x, t, cond));
        assertTrue(plainObjective(pinned).item() > 1e-3);

        // The network F that the scalings make the flow's own map of.
        VelocityNet inside = (x, noise, cond) -> rows(x, noise, (row, at) -> {
            double level = Math.exp(4 * at);
            Tensor state = scale(row, 1 / scaling.in(level));
            double out = scaling.out(level);
            Tensor end = flow.map(state, level, GRID.sigmaMin());
            Tensor rest = Ops.sub(end, scale(state, scaling.skip(level)));
            return Math.abs(out) < 1e-12 ? scale(rest, 0) : scale(rest, 1 / out); // any F is right at the least level
        });
        assertEquals(0, plainObjective(scaling.around(inside)).item(), 1e-20);
    }

    /** Heun's step is off by O(h^3), so the loss of the exact map is O(h^6). */
    @Test
    void theExactMapHasTheLossOfTheTeachersStepAlone() {
        ConsistencyDistillation loss = new ConsistencyDistillation(TeacherStep.HEUN, plain());
        double[] losses = new double[3];
        for (int k = 0; k < losses.length; k++) {
            double h = 0.05 / (1 << k);
            double[] r = Arrays.stream(LEVELS).map(t -> t * (1 - h)).toArray();
            ConsistencyDistillation.Draw draw = loss.draw(data(1), normal(2), new TimePairs(LEVELS, r), null);
            PredictionNet map = exact(GRID.sigmaMin());
            losses[k] = loss.loss(new ConsistencyDistillation.Nets(map, map, denoiser()), draw)
                    .total()
                    .item();
        }
        assertEquals(6, Math.log(losses[0] / losses[1]) / Math.log(2), 0.5, Arrays.toString(losses));
        assertEquals(6, Math.log(losses[1] / losses[2]) / Math.log(2), 0.5, Arrays.toString(losses));
    }

    @Test
    void trainingsStepIsTheSameNoiseAtTheLowerLevel() {
        ConsistencyTraining loss = new ConsistencyTraining(plain());
        ConsistencyTraining.Draw draw = loss.draw(new Batch(data(1), null), rng, 9);
        LossResult result = loss.loss(ConsistencyTraining.Nets.of(exact(0.002)), draw);
        Tensor back =
                Ops.mulAdd(Tensor.perSample(difference(draw.r(), draw.t()), draw.x0()), draw.z(), result.part("x_t"));
        assertClose(back, result.part("x_r"), 1e-12);
    }

    private static double[] difference(double[] a, double[] b) {
        double[] d = new double[a.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = a[i] - b[i];
        }
        return d;
    }

    @Test
    void oneStepWithoutNoiseOfStochasticConsistencyIsDistillationByEuler() {
        double[] r = Arrays.stream(LEVELS).map(t -> t * 0.8).toArray();
        TimePairs pairs = new TimePairs(LEVELS, r);
        ConsistencyDistillation euler = new ConsistencyDistillation(TeacherStep.EULER, plain());
        PredictionNet map = exact(0.01);
        LossResult expected = euler.loss(
                new ConsistencyDistillation.Nets(map, map, denoiser()), euler.draw(data(1), normal(2), pairs, null));
        StochasticConsistency scott = new StochasticConsistency(new StochasticConsistency.Config(
                (source, step, n) -> pairs,
                new StochasticConsistency.NoiseScale.Eta(0),
                1,
                new Distance.MeanSquare(),
                GeneratorTerm.NONE,
                0,
                0));
        LossResult actual = scott.loss(
                new StochasticConsistency.Nets(map, map, denoiser(), null),
                scott.draw(data(1), normal(2), pairs, List.of(normal(7)), null));
        assertClose(expected.part("x_r"), actual.part("z_r"), 1e-12);
        assertEquals(expected.total().item(), actual.total().item(), 1e-15);
    }

    /** The mean over the teacher's noise of the fixed point at the lower level is the fixed point at the higher one. */
    @Test
    void theMeanOfTheSdeIsTheFixedPointOfStochasticConsistency() {
        double[] t = {0.8};
        double[] r = {0.5};
        for (double eta : new double[] {0, 0.5, 1}) {
            int count = 4000;
            Tensor x = Tensor.of(device, DType.F64, new double[] {1.1, -0.7}, 1, 2);
            double[] sum = new double[2];
            int steps = 20;
            double[] at = x.toDoubles();
            double[] noise = rng.stream("sde").normal(0, 2 * count * steps, 0);
            PredictionNet teacher = denoiser();
            StochasticConsistency.NoiseScale scale = new StochasticConsistency.NoiseScale.Eta(eta);
            Tensor z = Ops.broadcastTo(x, Shape.of(count, 2));
            for (int j = 0; j < steps; j++) {
                double a = t[0] + (r[0] - t[0]) * j / steps;
                double b = t[0] + (r[0] - t[0]) * (j + 1) / steps;
                double keep = scale.keep(a, b);
                double[] level = new double[count];
                Arrays.fill(level, a);
                Tensor own = Tensor.of(
                        device, DType.F64, Arrays.copyOfRange(noise, 2 * count * j, 2 * count * (j + 1)), count, 2);
                z = Ops.weightedSum(
                        new double[] {keep, 1 - keep, Math.sqrt(scale.variance(a, b))},
                        z,
                        teacher.of(z, numbers(level), Cond.NONE),
                        own);
            }
            double[] ends = flow.meanOfSde(z, r[0], 0, eta).toDoubles();
            for (int i = 0; i < ends.length; i++) {
                sum[i % 2] += ends[i] / count;
            }
            double[] expected = flow.meanOfSde(x, t[0], 0, eta).toDoubles();
            assertArrayEquals(
                    expected, sum, 0.02 + (eta == 0 ? 0 : 0.01), "eta " + eta + " from " + Arrays.toString(at));
        }
    }

    /** v = s F with the exact F = -tan(t / 2) x / s of data N(0, s^2 I). */
    private static VelocityNet exactTrigFlow() {
        return (x, t, cond) -> {
            Tensor half = scale(t, 0.5);
            return neg(mul(PerSampleColumn.of(div(sin(half), cos(half)), x), x));
        };
    }

    private TrigFlowConsistency trigFlow(TrigFlowDerivative derivative) {
        return trigFlow(derivative, TrigFlowConsistency.WarmUp.WHOLE);
    }

    private TrigFlowConsistency trigFlow(TrigFlowDerivative derivative, TrigFlowConsistency.WarmUp warmup) {
        return new TrigFlowConsistency(new TrigFlowConsistency.Config(
                STD,
                (source, step, n) -> ANGLES,
                derivative,
                warmup,
                1,
                new TrigFlowConsistency.Bound.Clipped(),
                false,
                TrigFlowConsistency.Reduction.MEAN,
                0,
                0));
    }

    @Test
    void theExactTrigFlowNetworkOfAGaussianHasNoTangent() {
        // The flow of N(0, s^2 I) in these coordinates stands still.
        VelocityNet teacher = (x, t, cond) -> scale(x, 0);
        TrigFlowConsistency loss = trigFlow(new TrigFlowDerivative.ForwardMode());
        TrigFlowConsistency.Draw draw = loss.draw(data(1), data(2), ANGLES, 1, null);
        LossResult result = loss.loss(new TrigFlowConsistency.Nets(exactTrigFlow(), teacher, null), draw);
        assertClose(scale(data(1), 0), result.part("g"), 1e-12);
        Tensor exact = new GaussianFlow(new double[2], STD).trigFlow(result.part("x_t"), ANGLES);
        assertClose(exact, result.part("F"), 1e-12);

        double[] error = new double[2];
        for (int k = 0; k < 2; k++) {
            TrigFlowConsistency semi = trigFlow(new TrigFlowDerivative.SemiContinuous(0.02 / (1 << k)));
            double[] g = semi.loss(
                            new TrigFlowConsistency.Nets(exactTrigFlow(), teacher, null),
                            semi.draw(data(1), data(2), ANGLES, 1, null))
                    .part("g")
                    .toDoubles();
            error[k] = Arrays.stream(g).map(Math::abs).max().orElseThrow();
        }
        assertEquals(2, error[0] / error[1], 0.3, Arrays.toString(error));
    }

    /** What a student with a teacher, neither of them exact, gives at r. */
    private LossResult tangent(TrigFlowConsistency loss, double r) {
        VelocityNet student = (x, t, cond) -> some(x, t);
        VelocityNet teacher = (x, t, cond) -> Ops.sin(Ops.add(scale(x, 0.8), PerSampleColumn.of(t, x)));
        return loss.loss(
                new TrigFlowConsistency.Nets(student, teacher, null), loss.draw(data(1), data(2), ANGLES, r, null));
    }

    private static double farthest(Tensor a, Tensor b) {
        double[] difference = Ops.sub(a, b).toDoubles();
        return Arrays.stream(difference).map(Math::abs).max().orElseThrow();
    }

    /** g = cos(t) (f(x, t) - f(x', t')) / sin(t - t'), x' the end of the teacher's step. */
    @Test
    void theDiscreteTangentIsTheDifferenceOfThePairAndTendsToTheExactOne() {
        Tensor exact =
                tangent(trigFlow(new TrigFlowDerivative.ForwardMode()), 1).part("g");
        double[] error = new double[2];
        for (int k = 0; k < 2; k++) {
            double h = 0.004 / (1 << k);
            LossResult result = tangent(trigFlow(new TrigFlowDerivative.Discrete(h)), 1);
            error[k] = farthest(exact, result.part("g"));
            double[] before = Arrays.stream(ANGLES).map(t -> t - h).toArray();
            PredictionNet f = Parametrisation.clean((x, t, cond) -> some(x, t));
            Tensor xt = result.part("x_t");
            Tensor x = Ops.sub(scale(xt, Math.cos(h)), scale(result.part("dx_dt"), Math.sin(h)));
            Tensor difference = Ops.sub(f.of(xt, numbers(ANGLES), Cond.NONE), f.of(x, numbers(before), Cond.NONE));
            Tensor cos = PerSampleColumn.of(cos(numbers(ANGLES)), xt);
            assertClose(mul(cos, scale(difference, 1 / Math.sin(h))), result.part("g"), 1e-11);
        }
        assertEquals(2, error[0] / error[1], 0.1, Arrays.toString(error));
    }

    @Test
    void withoutATeacherTheDiscreteStepEndsOnTheSamplesOwnPath() {
        double h = 0.04;
        double[] before = Arrays.stream(ANGLES).map(t -> t - h).toArray();
        Tensor[] seen = new Tensor[2];
        VelocityNet student = (x, t, cond) -> {
            seen[0] = seen[1];
            seen[1] = x;
            return some(x, t);
        };
        TrigFlowConsistency loss = trigFlow(new TrigFlowDerivative.Discrete(h));
        loss.loss(new TrigFlowConsistency.Nets(student, null, null), loss.draw(data(1), data(2), ANGLES, 1, null));
        Tensor at = numbers(before);
        Tensor path = Ops.add(
                mul(PerSampleColumn.of(cos(at), data(1)), data(1)), mul(PerSampleColumn.of(sin(at), data(1)), data(2)));
        assertClose(path, seen[1], 1e-14);
    }

    @Test
    void bothPlacesOfTheWarmUpEndInTheSameTangent() {
        for (TrigFlowDerivative derivative :
                List.of(new TrigFlowDerivative.ForwardMode(), new TrigFlowDerivative.Discrete(0.01))) {
            TrigFlowConsistency whole = trigFlow(derivative);
            TrigFlowConsistency state = trigFlow(derivative, TrigFlowConsistency.WarmUp.STATE);
            assertClose(tangent(whole, 1).part("g"), tangent(state, 1).part("g"), 1e-13);
        }
        LossResult start = tangent(trigFlow(new TrigFlowDerivative.ForwardMode(), TrigFlowConsistency.WarmUp.STATE), 0);
        Tensor cos = PerSampleColumn.of(cos(numbers(ANGLES)), start.part("x_t"));
        Tensor toFlow = mul(cos, Ops.sub(scale(start.part("F"), STD), start.part("dx_dt")));
        Tensor expected = neg(Ops.add(toFlow, scale(start.part("F_jvp_times_cos_sin"), STD)));
        assertClose(expected, start.part("g"), 1e-14);
    }

    @Test
    void theGradientOfTheSquareIsMinusTwiceTheBoundedTangent() {
        TrigFlowConsistency loss = trigFlow(new TrigFlowDerivative.ForwardMode());
        Tensor weight = Tensor.of(device, DType.F64, new double[] {0.3}, 1).requireGrad();
        VelocityNet student = (x, t, cond) -> mul(weight, some(x, t));
        TrigFlowConsistency.Draw draw = loss.draw(data(1), data(2), ANGLES, 1, null);
        LossResult result = loss.loss(new TrigFlowConsistency.Nets(student, null, null), draw);
        double[] bounded = result.part("g_bounded").toDoubles();
        double[] shape = some(result.part("x_t"), numbers(ANGLES)).toDoubles();
        double expected = 0;
        for (int i = 0; i < bounded.length; i++) {
            expected -= 2 * bounded[i] * shape[i] / STD / bounded.length;
        }
        assertEquals(
                expected, Grad.of(result.total(), List.of(weight)).get(0).item(), 1e-12 * Math.abs(expected) + 1e-15);
    }

    @Test
    void aStudentOnTheTargetEndsWhereTheTeachersTwoStepsEnd() {
        TrigFlowSchedule schedule = new TrigFlowSchedule(1);
        ProgressiveDistillation loss = new ProgressiveDistillation(new ProgressiveDistillation.Config(
                schedule,
                Prediction.V,
                new PowerSpacing(1),
                1.5,
                0.05,
                new ScaleSchedule.Fixed(4),
                false,
                new Distance.MeanSquare(),
                new PairWeight.Uniform(),
                0,
                0,
                null));
        ProgressiveDistillation.Steps steps = loss.steps(new int[] {0, 1, 2, 3}, 4);
        LossResult result = loss.loss(
                new ProgressiveDistillation.Nets((x, t, c) -> some(x, t), (x, t, c) -> some(x, t)),
                loss.draw(data(1), normal(2), steps, null, null));
        DdimColumns whole = DdimColumns.of(
                PathCoefficients.of(schedule, steps.t()), PathCoefficients.of(schedule, steps.s()), data(1));
        assertClose(result.part("z_s"), whole.step(result.part("z_t"), result.part("target")), 1e-12);
    }

    /** A network whose x0 is the guidance scale: its DDIM steps keep x0, so that the target is 1 + w. */
    @Test
    void bothNetworksOfASecondStageGetTheScale() {
        ProgressiveDistillation loss = new ProgressiveDistillation(new ProgressiveDistillation.Config(
                new TrigFlowSchedule(1),
                Prediction.X0,
                new PowerSpacing(1),
                1.5,
                0.05,
                new ScaleSchedule.Fixed(4),
                false,
                new Distance.MeanSquare(),
                new PairWeight.Uniform(),
                0,
                0,
                new GuidanceLaw(0, 4)));
        PredictionNet scale = (x, t, cond) -> add(scale(x, 0), PerSampleColumn.of(cond.scales(x), x));
        PredictionNet unguided = (x, t, cond) -> scaleShift(x, 0, 1);
        ProgressiveDistillation.Steps steps = loss.steps(new int[] {0, 1, 2, 3}, 4);
        double[] w = {0, 0.5, 2, 4};
        ProgressiveDistillation.Draw draw = loss.draw(data(1), normal(2), steps, null, w);
        double[] same = loss.loss(new ProgressiveDistillation.Nets(scale, scale), draw)
                .perSample()
                .toDoubles();
        double[] apart = loss.loss(new ProgressiveDistillation.Nets(unguided, scale), draw)
                .perSample()
                .toDoubles();
        for (int i = 0; i < w.length; i++) {
            assertEquals(0, same[i], 1e-20, "sample " + i);
            assertEquals(w[i] * w[i], apart[i], 1e-10, "sample " + i);
        }
        double[] drawn = loss.draw(new Batch(data(1), null), rng, 5).w();
        assertTrue(Arrays.stream(drawn).allMatch(each -> each >= 0 && each <= 4), Arrays.toString(drawn));
        assertTrue(Arrays.stream(drawn).distinct().count() > 1, Arrays.toString(drawn));
    }

    /** With one teacher's step a segment, training is denoising: the target is the sample itself. */
    @Test
    void multistepTrainingWithOneStepASegmentIsDenoising() {
        SegmentConsistency loss = new SegmentConsistency(new SegmentConsistency.Config(
                new TrigFlowSchedule(1), Prediction.V, Math.PI / 2, 0, 4, new ScaleSchedule.Fixed(64), 0, 0, 0));
        SegmentConsistency.Steps steps = loss.steps(new int[] {0, 1, 2, 3}, new int[] {1, 1, 1, 1}, 16);
        LossResult result = loss.loss(
                new SegmentConsistency.Nets((x, t, c) -> some(x, t), null), loss.draw(data(1), normal(2), steps, null));
        assertClose(data(1), result.part("target"), 1e-11);
    }

    @Test
    void adversarialLossesAreTheirFormulas() {
        Tensor real = numbers(2, -0.5);
        Tensor fake = numbers(-3, 0.25);
        assertArrayEquals(
                new double[] {softplus(-2) + softplus(-3), softplus(0.5) + softplus(0.25)},
                Adversarial.NON_SATURATING.discriminator(real, fake).toDoubles(),
                1e-12);
        assertArrayEquals(
                new double[] {softplus(3), softplus(-0.25)},
                Adversarial.NON_SATURATING.generator(real, fake).toDoubles(),
                1e-12);
        assertArrayEquals(
                new double[] {0, 1.5 + 1.25},
                Adversarial.HINGE.discriminator(real, fake).toDoubles(),
                1e-12);
        assertArrayEquals(
                new double[] {3, -0.25}, Adversarial.HINGE.generator(real, fake).toDoubles(), 1e-12);
        assertArrayEquals(
                new double[] {softplus(-5), softplus(0.75)},
                Adversarial.RELATIVISTIC.discriminator(real, fake).toDoubles(),
                1e-12);
        assertArrayEquals(
                new double[] {softplus(5), softplus(-0.75)},
                Adversarial.RELATIVISTIC.generator(real, fake).toDoubles(),
                1e-12);
    }

    private static double softplus(double x) {
        return Math.log1p(Math.exp(x));
    }

    private static void refused(String expected, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void badNumbersAreNamed() {
        refused("got 1; expected at least 2", () -> new ScaleSchedule.Fixed(1));
        refused("1 <= s0 <= s1", () -> new ScaleSchedule.Progressive(10, 2, 100));
        refused("powers of two", () -> new ScaleSchedule.Halving(6, 10));
        refused("powers of two", () -> new ScaleSchedule.Halving(8, 10, 3));
        refused("powers of two", () -> new ScaleSchedule.Halving(8, 10, 16));
        refused("0 < sigma_min < sigma_max", () -> new KarrasGrid(2, 1, 7));
        refused("c 0.0", () -> new Distance.PseudoHuber(0));
        refused("eta -0.1", () -> new StochasticConsistency.NoiseScale.Eta(-0.1));
        refused(
                "expected 0 <= r < t",
                () -> new ConsistencyTraining(plain()).draw(data(1), normal(2), new TimePairs(LEVELS, LEVELS), null));
        refused(
                "inside (0, pi/2)",
                () -> trigFlow(new TrigFlowDerivative.ForwardMode())
                        .draw(data(1), data(2), new double[] {0, 1, 1, 1}, 1, null));
        refused(
                "t above h",
                () -> trigFlow(new TrigFlowDerivative.SemiContinuous(0.1)).draw(data(1), data(2), ANGLES, 1, null));
        refused("sigma_data 0.0", () -> SigmaScaling.edm(0));
        refused(
                "at least 3",
                () -> new ConsistencyTrajectory.Config(
                        new CtmScaling(CtmScaling.Outer.EULER, CtmScaling.Inner.EDM, 0.5, 0.002),
                        GRID,
                        2,
                        new Distance.MeanSquare(),
                        0,
                        0));
        refused("without source", () -> new KnowledgeDistillation(80, 0).draw(new Batch(data(1), null), rng, 0));
        refused("q above 1", () -> new RatioPairs.Stages(1, 10, 0.999));
        refused("pair 17 of 18", () -> new KarrasPairs(GRID, new ScaleSchedule.Fixed(18)).pairs(new int[] {17}, 18));
        assertThrows(IllegalStateException.class, () -> new SigmaScaling(0.5, 0.002).trigFlow((x, t, c) -> x));
    }
}
