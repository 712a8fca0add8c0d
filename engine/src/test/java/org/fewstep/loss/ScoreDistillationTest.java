package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.CosinePath;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.path.TableTimes;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the methods of score distillation have in common: draws, gradients and where they stop, few steps, bad input. */
class ScoreDistillationTest extends EngineTest {
    private static final int BATCH = 6;
    private static final UniformTimes TIMES = new UniformTimes(0.1, 0.9);
    private static final PredictionNet STUDENT = (x, t, cond) -> Ops.tanh(x);
    private static final PredictionNet TEACHER = (x, t, cond) -> scale(x, 0.4);
    private static final PredictionNet FAKE = (x, t, cond) -> scale(Ops.sin(x), 0.7);
    private static final CriticNet CRITIC = (x, t, cond) -> Ops.sum(Ops.square(x), 1);
    private static final ScoreDistillation.Nets NETS = new ScoreDistillation.Nets(STUDENT, TEACHER, FAKE, CRITIC);

    private Batch batch() {
        return new Batch(Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, 7), BATCH, 2), null);
    }

    private static StudentSteps one() {
        return StudentSteps.one(new CosinePath(), 0.2);
    }

    private static ScoreDistillation loss(ScoreTerm term) {
        return new ScoreDistillation(
                new ScoreDistillation.Config(new CosinePath(), Prediction.X0, Prediction.X0, one(), TIMES, term));
    }

    private static ScoreTerm matching(ScoreGradient gradient) {
        return new GradientTerm(gradient, Surrogate.MEAN_SQUARE);
    }

    private static List<ScoreTerm> alone() {
        return List.of(
                matching(new Sds(Sds.Weight.VARIANCE)),
                matching(new Sjc(true)),
                matching(new Vsd()),
                new GradientTerm(new DiffInstruct(), Surrogate.PRODUCT),
                matching(Dmd.published()),
                new ScoreIdentity(1.2));
    }

    private static FDistill fDistill(RatioBins bins) {
        return new FDistill(Dmd.fastGen(), FDivergence.JENSEN_SHANNON, 0.1, 20, bins);
    }

    @Test
    void partsOfABatchAddUpWhereSamplesStandAlone() {
        for (ScoreTerm term : alone()) {
            ScoreDistillation loss = loss(term);
            ScoreDistillation.Draw draw = loss.draw(batch(), rng, 3);
            double whole = loss.loss(NETS, draw).total().item();
            double first = loss.loss(NETS, loss.slice(draw, 0, 2)).total().item();
            double rest = loss.loss(NETS, loss.slice(draw, 2, BATCH)).total().item();
            assertTrue(Double.isFinite(whole), term.toString());
            assertEquals(whole, (2 * first + 4 * rest) / BATCH, 1e-12 * Math.abs(whole) + 1e-12, term.toString());
            assertEquals(
                    whole, loss.loss(NETS, loss.draw(batch(), rng, 3)).total().item(), 0, term.toString());
        }
    }

    @Test
    void aSharedNormalisationIsNotSplit() {
        for (ScoreTerm term :
                List.of(matching(fDistill(null)), new AdversarialScoreIdentity(new ScoreIdentity(1), 0.01))) {
            ScoreDistillation loss = loss(term);
            ScoreDistillation.Draw draw = loss.draw(batch(), rng, 3);
            assertTrue(Double.isFinite(loss.loss(NETS, draw).total().item()));
            assertEquals(Coupling.BATCH, loss.coupling());
            assertThrows(IllegalArgumentException.class, () -> loss.slice(draw, 0, 2));
        }
    }

    @Test
    void regressionAddsItsShareForEachSample() {
        Tensor noise = Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, 9), BATCH, 2);
        Batch pairs = new Batch(batch().x0(), null, noise);
        ScoreDistillation score = loss(matching(Dmd.published()));
        KnowledgeDistillation regression = new KnowledgeDistillation(3, 0);
        RegressedDistillation both = new RegressedDistillation(score, regression, 0.25);
        RegressedDistillation.Draw draw = both.draw(pairs, rng, 3);
        double[] expected = score.loss(NETS, draw.score()).perSample().toDoubles();
        double[] distance = regression.loss(STUDENT, draw.pairs()).perSample().toDoubles();
        for (int i = 0; i < BATCH; i++) {
            expected[i] += 0.25 * distance[i];
        }
        LossResult result = both.loss(NETS, draw);
        assertArrayEquals(expected, result.perSample().toDoubles(), 1e-14);
        assertEquals(
                Arrays.stream(distance).average().orElseThrow(), result.error().item(), 1e-14);
        double first = both.loss(NETS, both.slice(draw, 0, 2)).total().item();
        double rest = both.loss(NETS, both.slice(draw, 2, BATCH)).total().item();
        assertEquals(result.total().item(), (2 * first + 4 * rest) / BATCH, 1e-12);
        assertThrows(IllegalArgumentException.class, () -> both.draw(batch(), rng, 3), "no pairs");
        assertThrows(IllegalArgumentException.class, () -> new RegressedDistillation(score, regression, -1));
    }

    /** A gradient term hands the student its gradient and nothing else; its surrogates differ by the coordinates. */
    @Test
    void theGradientOfSamplesIsTheMethods() {
        for (Surrogate surrogate : Surrogate.values()) {
            Tensor x = Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, 8), BATCH, 2)
                    .requireGrad();
            ScoreDistillation loss = loss(new GradientTerm(Dmd.published(), surrogate));
            LossResult result = loss.loss(
                    new ScoreDistillation.Nets((z, t, cond) -> x, TEACHER, FAKE, null), loss.draw(batch(), rng, 3));
            double share = surrogate == Surrogate.MEAN_SQUARE ? 1.0 / (2 * BATCH) : 1.0 / BATCH;
            double[] expected = scale(result.part("gradient"), share).toDoubles();
            assertArrayEquals(
                    expected, Grad.of(result.total(), List.of(x)).get(0).toDoubles(), 1e-14, surrogate.toString());
        }
    }

    @Test
    void theFormsOfDmdAndOfNoiseDifferencesAgree() {
        ScoreDistillation scores = loss(matching(new Dmd(Dmd.Form.SCORE, 0)));
        ScoreDistillation data = loss(matching(Dmd.published()));
        ScoreDistillation.Draw draw = data.draw(batch(), rng, 3);
        assertArrayEquals(
                data.loss(NETS, draw).part("gradient").toDoubles(),
                scores.loss(NETS, draw).part("gradient").toDoubles(),
                1e-12);
        // alpha sigma (D_F - D_T) = sigma^2 (eps_T - eps_F)
        Tensor ofData = loss(matching(
                        point -> mul(mul(point.at().alpha(), point.at().sigma()), new DiffInstruct().of(point))))
                .loss(NETS, draw)
                .part("gradient");
        assertArrayEquals(
                ofData.toDoubles(),
                loss(matching(new Vsd())).loss(NETS, draw).part("gradient").toDoubles(),
                1e-12);
    }

    @Test
    void predictionsOfNoiseMeanTheSameAsThatOfData() {
        PredictionNet noise = (x, t, cond) -> Ops.div(Ops.sub(x, mul(alpha(t), FAKE.of(x, t, cond))), sigma(t));
        ScoreDistillation.Config config = new ScoreDistillation.Config(
                new CosinePath(), Prediction.X0, Prediction.EPS, one(), TIMES, matching(Dmd.published()));
        ScoreDistillation asNoise = new ScoreDistillation(config);
        ScoreDistillation asData = loss(matching(Dmd.published()));
        assertEquals(
                asData.loss(NETS, asData.draw(batch(), rng, 3)).total().item(),
                asNoise.loss(new ScoreDistillation.Nets(STUDENT, TEACHER, noise, null), asNoise.draw(batch(), rng, 3))
                        .total()
                        .item(),
                1e-10);
    }

    private static Tensor alpha(Tensor t) {
        return column(t, new CosinePath()::alpha);
    }

    private static Tensor sigma(Tensor t) {
        return column(t, new CosinePath()::sigma);
    }

    private static Tensor column(Tensor t, DoubleUnaryOperator of) {
        double[] all = t.toDoubles();
        for (int i = 0; i < all.length; i++) {
            all[i] = of.applyAsDouble(all[i]);
        }
        return Tensor.of(t.device(), t.dtype(), all, all.length, 1);
    }

    /** SiD's gradient goes through the teacher, that of distribution matching does not. */
    @Test
    void onlySidReachesTheTeacher() {
        Tensor a = Tensor.full(device, DType.F64, 0.4, Shape.of()).requireGrad();
        Tensor b = Tensor.full(device, DType.F64, 0.9, Shape.of()).requireGrad();
        ScoreDistillation.Nets nets =
                new ScoreDistillation.Nets((x, t, cond) -> mul(b, x), (x, t, cond) -> mul(a, x), FAKE, null);
        ScoreDistillation dmd = loss(matching(Dmd.published()));
        ScoreDistillation sid = loss(new ScoreIdentity(1));
        assertEquals(
                0,
                Grad.of(dmd.loss(nets, dmd.draw(batch(), rng, 3)).total(), List.of(a, b))
                        .get(0)
                        .item());
        assertTrue(Math.abs(Grad.of(sid.loss(nets, sid.draw(batch(), rng, 3)).total(), List.of(a, b))
                        .get(0)
                        .item())
                > 1e-3);
    }

    @Test
    void backwardSimulationEndsAtTheLevelOfItsPlace() {
        EdmSchedule edm = new EdmSchedule();
        StudentSteps steps = new StudentSteps(edm, List.of(8.0, 2.0, 0.5));
        List<Double> asked = new ArrayList<>();
        PredictionNet student = (x, t, cond) -> {
            asked.add(t.toDoubles()[0]);
            return scale(x, 0.25);
        };
        Tensor z = Tensor.full(device, DType.F64, 8, Shape.of(3, 2));
        Tensor n0 = Tensor.full(device, DType.F64, 1, Shape.of(3, 2));
        Tensor n1 = Tensor.full(device, DType.F64, -1, Shape.of(3, 2));
        StudentSteps.Start start = steps.start(z, List.of(n0, n1));
        // 8 -> 2 + 2 = 4 -> 1 - 0.5 = 0.5
        assertEquals(0.5, steps.state(student, start, Cond.NONE).toDoubles()[0], 1e-15);
        assertEquals(List.of(8.0, 2.0), asked);
        assertEquals(0.5, start.t().toDoubles()[2], 0);
        assertThrows(IllegalArgumentException.class, () -> steps.start(z, List.of(n0, n1, n0)));
        boolean[] places = new boolean[3];
        for (int step = 0; step < 40; step++) {
            places[steps.draw(z, rng, step).place()] = true;
        }
        assertArrayEquals(new boolean[] {true, true, true}, places);
    }

    /** Without simulation a student starts from noise at its first level, and from data with noise at the others. */
    @Test
    void statesOfDataHaveTheNoiseOfTheirLevel() {
        StudentSteps steps = new StudentSteps(new EdmSchedule(), List.of(8.0, 2.0), true);
        Tensor zero = Tensor.full(device, DType.F64, 0, Shape.of(3, 2));
        Tensor data = Tensor.full(device, DType.F64, 5, Shape.of(3, 2));
        boolean[] places = new boolean[2];
        for (int step = 0; step < 20; step++) {
            StudentSteps.Start start = steps.draw(data, rng, step);
            StudentSteps.Start noise = steps.draw(zero, rng, step);
            assertEquals(0, start.place());
            boolean first = start.t().toDoubles()[0] == 8;
            places[first ? 0 : 1] = true;
            double[] of = Ops.sub(start.first(), noise.first()).toDoubles();
            assertArrayEquals(new double[] {first ? 0 : 5, first ? 0 : 5}, Arrays.copyOf(of, 2), 1e-13);
            double[] simulated = new StudentSteps(new EdmSchedule(), List.of(8.0, 2.0))
                    .draw(data, rng, step)
                    .first()
                    .toDoubles();
            assertArrayEquals(scale(noise.first(), first ? 1 : 4).toDoubles(), simulated, 1e-13, "the same noise");
        }
        assertArrayEquals(new boolean[] {true, true}, places);
        assertTrue(steps.recordable());
    }

    /** lambda c(t) |x - D_T(x_t)|^2 with c = alpha on a path that keeps variance, and no gradient through the teacher. */
    @Test
    void regressionToTheTeacherFallsWithTheNoiseAndStopsAtIt() {
        for (TeacherRegression.Weight weight : TeacherRegression.Weight.values()) {
            Tensor x = Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, 8), BATCH, 2)
                    .requireGrad();
            ScoreDistillation loss = loss(new TeacherRegression(2.5, weight, new Distance.SquaredNorm()));
            ScoreDistillation.Draw draw = loss.draw(batch(), rng, 3);
            LossResult result = loss.loss(new ScoreDistillation.Nets((z, t, cond) -> x, TEACHER, null, null), draw);
            double[] away = Ops.sub(x, result.part("teacher x0")).toDoubles();
            double[] expected = new double[2 * BATCH];
            double total = 0;
            for (int i = 0; i < expected.length; i++) {
                double t = draw.level().t()[i / 2];
                double c = 2.5 / BATCH * (weight == TeacherRegression.Weight.ALPHA ? new CosinePath().alpha(t) : 1);
                total += c * away[i] * away[i];
                expected[i] = 2 * c * away[i];
            }
            assertEquals(total, result.total().item(), 1e-12);
            assertArrayEquals(
                    expected, Grad.of(result.total(), List.of(x)).get(0).toDoubles(), 1e-13);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new TeacherRegression(-1, TeacherRegression.Weight.ALPHA, new Distance.SquaredNorm()));
    }

    /** Where h is large the pseudo-Huber distance is the square over 2 h, and where it is small it has slope y / |y|. */
    @Test
    void implicitMatchingIsTheIdentityOverTheNormOfTheDifference() {
        ScoreDistillation square = loss(new ScoreIdentity(1, 1, false));
        ScoreDistillation.Draw draw = square.draw(batch(), rng, 3);
        double[] of = square.loss(NETS, draw).perSample().toDoubles();
        double[] wide = loss(new ScoreIdentity(1, 1e6, false, 1e6))
                .loss(NETS, draw)
                .perSample()
                .toDoubles();
        assertArrayEquals(of, wide, 1e-9);
        LossResult narrow = loss(new ScoreIdentity(1, 1, false, 1e-9)).loss(NETS, draw);
        double[] y = Ops.norm(Ops.sub(narrow.part("teacher x0"), narrow.part("fake x0")), 1)
                .toDoubles();
        for (int i = 0; i < BATCH; i++) {
            assertEquals(of[i] / y[i], narrow.perSample().toDoubles()[i], 1e-9);
        }
        assertThrows(IllegalArgumentException.class, () -> new ScoreIdentity(1, 1, true, 0.1));
        assertThrows(IllegalArgumentException.class, () -> new ScoreIdentity(1, 1, false, -1));
    }

    private static final int CLASSES = 3;
    private static final PredictionNet LABELLED =
            (x, t, cond) -> Objects.requireNonNull(cond.labels()).toInts()[0] == CLASSES ? Ops.sin(x) : scale(x, 0.4);

    private Batch labelled() {
        return new Batch(batch().x0(), new int[] {0, 1, 2, 0, 1, 2});
    }

    private static ScoreDistillation withSecond(ScoreDistillation.@Nullable Second second) {
        return new ScoreDistillation(new ScoreDistillation.Config(
                new CosinePath(),
                Prediction.X0,
                Prediction.X0,
                one(),
                TIMES,
                matching(Dmd.published()),
                null,
                null,
                CLASSES,
                second));
    }

    /** At one level with one noise, guidance as a term of its own is the guided teacher's but for the denominator. */
    @Test
    void matchingAndAugmentationAddUpToTheGuidedTeacher() {
        ScoreDistillation loss = withSecond(null);
        ScoreDistillation.Draw draw = loss.draw(labelled(), rng, 3);
        ScoreDistillation.Nets nets = new ScoreDistillation.Nets(STUDENT, LABELLED, FAKE, null);
        Tensor x = batch().x0();
        ScorePoint point = new ScorePoint(nets, draw.level(), draw.cond(), x);
        Tensor sum = add(Dmd.published().of(point), new GuidanceAugmentation(2.5, CLASSES).of(point));
        ScorePoint guided = new ScorePoint(
                new ScoreDistillation.Nets(STUDENT, GuidedPrediction.of(LABELLED, CLASSES, 2.5), FAKE, null),
                draw.level(),
                draw.cond(),
                x);
        Tensor size = Ops.mean(Ops.abs(Ops.sub(x, point.teacherX0())), 1);
        Tensor expected = Ops.div(Ops.sub(guided.fakeX0(), guided.teacherX0()), Ops.reshape(size, BATCH, 1));
        assertArrayEquals(expected.toDoubles(), sum.toDoubles(), 1e-12);
        assertArrayEquals(
                new double[2 * BATCH],
                new GuidanceAugmentation(1, CLASSES).of(point).toDoubles(),
                "no guidance, no term");
        assertThrows(IllegalArgumentException.class, () -> new GuidanceAugmentation(2, 0));
    }

    @Test
    void aSecondTermHasALevelOfItsOwnAndIsAdded() {
        ScoreTerm term = matching(new GuidanceAugmentation(2, CLASSES));
        ScoreDistillation loss = withSecond(new ScoreDistillation.Second(term, new UniformTimes(0.8, 0.9)));
        ScoreDistillation.Nets nets = new ScoreDistillation.Nets(STUDENT, LABELLED, FAKE, null);
        ScoreDistillation.Draw draw = loss.draw(labelled(), rng, 3);
        for (double t : draw.second().t()) {
            assertTrue(0.8 <= t && t <= 0.9);
        }
        LossResult result = loss.loss(nets, draw);
        double alone = withSecond(null)
                .loss(nets, withSecond(null).draw(labelled(), rng, 3))
                .total()
                .item();
        Tensor g = result.part("second gradient");
        assertEquals(alone + Ops.mean(Ops.square(g)).item() / 2, result.total().item(), 1e-12);
        double first = loss.loss(nets, loss.slice(draw, 0, 2)).total().item();
        double rest = loss.loss(nets, loss.slice(draw, 2, BATCH)).total().item();
        assertEquals(result.total().item(), (2 * first + 4 * rest) / BATCH, 1e-12);
        assertThrows(
                IllegalArgumentException.class,
                () -> new ScoreDistillation.Second(matching(fDistill(null)), TIMES),
                "it couples samples");
    }

    /** What a student of a few steps makes is, for the discriminator, what it is judged by. */
    @Test
    void samplesOfStepsAreTheStudents() {
        StudentSteps steps = new StudentSteps(new EdmSchedule(), List.of(8.0, 2.0));
        StepSamples samples = new StepSamples(steps, STUDENT, 0);
        Batch batch = batch();
        for (int step = 0; step < 6; step++) {
            StepSamples.Draw draw = samples.draw(batch, rng, step);
            Generated.Pairs pairs = samples.of(draw);
            double[] expected = steps.samples(STUDENT, draw.start(), Cond.NONE).toDoubles();
            assertArrayEquals(expected, pairs.fake().toDoubles());
            assertArrayEquals(batch.x0().toDoubles(), pairs.real().toDoubles());
            assertArrayEquals(
                    Arrays.copyOfRange(expected, 2, 6),
                    samples.of(samples.slice(draw, 1, 3)).fake().toDoubles(),
                    1e-15);
        }
        assertTrue(samples.inputs(samples.draw(batch, rng, 0)).isEmpty(), "simulated steps are not recorded");
    }

    /** h = f''(r) r^2 up to a factor. */
    @Test
    void weightsOfDivergencesAreTheirSecondDerivatives() {
        Map<FDivergence, DoubleUnaryOperator> f = Map.of(
                FDivergence.REVERSE_KL, r -> -Math.log(r),
                FDivergence.FORWARD_KL, r -> r * Math.log(r),
                FDivergence.JENSEN_SHANNON, r -> r * Math.log(r) - (r + 1) * Math.log((r + 1) / 2),
                FDivergence.SOFT_REVERSE_KL, r -> (1 + r) * Math.log(1 + r) - (1 + r) * Math.log(r),
                FDivergence.NEYMAN, r -> 1 / r,
                FDivergence.HELLINGER, r -> (Math.sqrt(r) - 1) * (Math.sqrt(r) - 1),
                FDivergence.JEFFREYS, r -> (r - 1) * Math.log(r));
        double[] ratios = {0.2, 1, 3};
        f.forEach((divergence, of) -> {
            double[] h = divergence
                    .weight(Tensor.of(device, DType.F64, ratios, ratios.length))
                    .toDoubles();
            double[] curved = new double[ratios.length];
            for (int i = 0; i < ratios.length; i++) {
                double r = ratios[i];
                double e = 1e-3 * r;
                double second = (of.applyAsDouble(r + e) - 2 * of.applyAsDouble(r) + of.applyAsDouble(r - e)) / (e * e);
                curved[i] = second * r * r;
            }
            assertEquals(h[1] / h[0], curved[1] / curved[0], 1e-4, divergence.toString());
            assertEquals(h[2] / h[0], curved[2] / curved[0], 1e-3, divergence.toString());
        });
    }

    @Test
    void binsDivideByTheMeanRatioOfLikeTimes() {
        RatioBins bins = new RatioBins(0, 1, 4, 0);
        Tensor ratio = Tensor.of(device, DType.F64, new double[] {2, 4, 10}, 3);
        Tensor divided = bins.divide(ratio, bins.membership(new double[] {0.1, 0.2, 1}, ratio), bins.ones(ratio))
                .ratio();
        assertArrayEquals(new double[] {2 / 3.0, 4 / 3.0, 1}, divided.toDoubles(), 1e-5);
        assertThrows(IllegalArgumentException.class, () -> fDistill(new RatioBins(0, 1, 4, 0.5)));
    }

    @Test
    void theFakeScoreLearnsFromSamplesAndTheDiscriminatorFromBoth() {
        Tensor a = Tensor.full(device, DType.F64, 0.3, Shape.of()).requireGrad();
        Tensor b = Tensor.full(device, DType.F64, 0.9, Shape.of()).requireGrad();
        ScoreOpponent.Judging judging =
                new ScoreOpponent.Judging(Adversarial.NON_SATURATING, 0.1, null, false, 2, 0.1, false);
        ScoreOpponent loss = new ScoreOpponent(
                new ScoreOpponent.Config(
                        new CosinePath(),
                        one(),
                        new ScoreOpponent.Denoising(Prediction.X0, new DenoisingWeight.Uniform(), TIMES),
                        judging,
                        0),
                (x, t, cond) -> mul(b, x));
        ScoreOpponent.Nets nets =
                new ScoreOpponent.Nets((x, t, cond) -> mul(a, x), (x, t, cond) -> Ops.sum(mul(a, x), 1));
        ScoreOpponent.Draw draw = loss.draw(batch(), rng, 5);
        LossResult result = loss.loss(nets, draw);
        double whole = result.total().item();
        List<Tensor> gradient = Grad.of(result.total(), List.of(a, b));
        assertTrue(Math.abs(gradient.get(0).item()) > 1e-6);
        assertEquals(0, gradient.get(1).item());
        double first = loss.loss(nets, loss.slice(draw, 0, 2)).total().item();
        double rest = loss.loss(nets, loss.slice(draw, 2, BATCH)).total().item();
        assertEquals(whole, (2 * first + 4 * rest) / BATCH, 1e-12);
    }

    @Test
    void tablesHaveTheirMiddle() {
        DiscreteSchedule table = DiscreteSchedule.of(BetaTable.linear(1000, 1e-4, 0.02));
        double[] times = new double[1000];
        for (int i = 0; i < times.length; i++) {
            times[i] = table.timeOf(i);
        }
        TableTimes middle = TableTimes.middle(times);
        assertEquals(20, middle.least());
        assertEquals(980, middle.most());
        boolean end = false;
        for (double t : middle.sample(rng, 1, 20_000)) {
            assertTrue(times[20] <= t && t <= times[980]);
            end |= t == times[980];
        }
        assertTrue(end);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> loss(null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ScoreDistillation.Config(
                        new CosinePath(),
                        Prediction.X0,
                        Prediction.X0,
                        one(),
                        TIMES,
                        null,
                        new GeneratorTerm(Adversarial.RELATIVISTIC, 1, 0),
                        null,
                        0));
        ScoreDistillation dmd = loss(matching(Dmd.published()));
        ScoreDistillation.Draw draw = dmd.draw(batch(), rng, 3);
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> dmd.loss(new ScoreDistillation.Nets(STUDENT, TEACHER, null, null), draw));
        assertTrue(error.getMessage().contains("fake score network"), error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new StudentSteps(new EdmSchedule(), List.of(1.0, 2.0)));
        assertThrows(
                IllegalArgumentException.class, () -> new ScoreOpponent.Config(new CosinePath(), one(), null, null, 0));
        assertThrows(IllegalArgumentException.class, () -> new Dmd(Dmd.Form.X0, -1));
        assertThrows(IllegalArgumentException.class, () -> new ScoreIdentity(Double.NaN));
    }

    @Test
    void guidanceOfOneAsksForTheConditionAlone() {
        PredictionNet never = (x, t, cond) -> {
            throw new AssertionError("asked");
        };
        Tensor x = Tensor.full(device, DType.F64, 2, Shape.of(1, 1));
        Tensor t = Tensor.full(device, DType.F64, 1, Shape.of(1));
        assertEquals(
                0.8, new GuidedPrediction(TEACHER, never, 1).of(x, t, Cond.NONE).item(), 1e-15);
        PredictionNet shifted = (y, time, cond) -> add(y, y);
        // 4 + 3 (0.8 - 4)
        assertEquals(
                -5.6,
                new GuidedPrediction(TEACHER, shifted, 3).of(x, t, Cond.NONE).item(),
                1e-14);
    }
}
