package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.log;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.ExactDenoiser;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.Init;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.CosinePath;
import org.fewstep.path.Diagonal;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.TimePairs;
import org.fewstep.path.UniformPairs;
import org.fewstep.solver.ExactFlowMap;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The target of every loss on flow maps is met by the exact flow map of a mixture, and by no other. */
class FlowMapLawsTest extends EngineTest {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ZERO;
    private static final GaussianMixture DATA = new GaussianMixture(
            new double[] {0.3, 0.5, 0.2},
            new double[][] {{0.8, -0.4}, {-0.7, 0.3}, {0.1, 0.9}},
            new double[] {0.4, 0.3, 0.5});
    private static final double[] START = {0.05, 0.4, 0.7, 0.9};
    private static final double[] END = {0.95, 0.6, 0.3, 0.2};

    private ExactDenoiser teacher;
    private FlowMapNet exact;

    @BeforeEach
    void integrate() {
        teacher = new ExactDenoiser(new Init(device, DType.F64, rng.stream("none")), DATA);
        exact = new IntegratedMap(teacher.velocity(PATH), 200);
    }

    @AfterEach
    void close() {
        teacher.close();
    }

    private Tensor random(int rows, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, step), rows, 2);
    }

    private Tensor times(double... t) {
        return Tensor.of(device, DType.F64, t, t.length);
    }

    @Test
    void exactMapsCompose() {
        for (NoiseSchedule path : List.of(PATH, new CosinePath())) {
            ExactFlowMap flow = new ExactFlowMap(DATA, path);
            Tensor x = random(4, 0);
            Tensor whole = flow.map(x, 0.1, 0.9);
            assertArrayEquals(
                    whole.toDoubles(), flow.map(flow.map(x, 0.1, 0.4), 0.4, 0.9).toDoubles(), 1e-8);
            assertArrayEquals(x.toDoubles(), flow.map(whole, 0.9, 0.1).toDoubles(), 1e-8);
        }
    }

    @Test
    void derivativesOfTheExactMapAreItsDifferences() {
        ExactFlowMap flow = new ExactFlowMap(DATA, PATH);
        Tensor x = random(4, 0);
        double h = 1e-4;
        ExactFlowMap.Transport at = flow.transport(x, 0.2, 0.7);
        double[] later = flow.transport(x, 0.2, 0.7 + h).average().toDoubles();
        double[] earlier = flow.transport(x, 0.2, 0.7 - h).average().toDoubles();
        double[] slope = at.averageInEnd().toDoubles();
        double[] start = flow.transport(x, 0.2, 0.2 + h).average().toDoubles();
        for (int i = 0; i < slope.length; i++) {
            assertEquals((later[i] - earlier[i]) / (2 * h), slope[i], 1e-6);
            assertEquals(start[i], at.startVelocity().toDoubles()[i], 1e-3); // first order in h
        }
    }

    @Test
    void theIntegratedMapIsTheExactOne() {
        ExactFlowMap flow = new ExactFlowMap(DATA, PATH);
        Tensor x = random(4, 0);
        double[] u = exact.u(x, times(START), times(END), Cond.NONE).toDoubles();
        for (int i = 0; i < START.length; i++) {
            double[] each = flow.transport(x, START[i], END[i]).average().toDoubles();
            assertArrayEquals(new double[] {each[2 * i], each[2 * i + 1]}, new double[] {u[2 * i], u[2 * i + 1]}, 1e-8);
        }
    }

    /** Each loss off the diagonal as a function of the map that it is asked about. */
    private Map<String, Function<FlowMapNet, LossResult>> losses() {
        MapLoss.Config config = new MapLoss.Config(PATH, new UniformPairs(UniformPairs.Order.BOTH), 0, 0);
        VelocityNet b = teacher.velocity(PATH);
        Map<String, Function<FlowMapNet, LossResult>> all = new LinkedHashMap<>();
        for (LagrangianMatching.Stop stop : LagrangianMatching.Stop.values()) {
            LagrangianMatching loss = new LagrangianMatching(config, stop);
            all.put("LSD " + stop, net -> loss.loss(MapStudent.self(net), draw(loss)));
            all.put("LMD " + stop, net -> loss.loss(new MapStudent(net, b, null), draw(loss)));
        }
        for (EulerianMatching.Stop stop : EulerianMatching.Stop.values()) {
            EulerianMatching loss = new EulerianMatching(config, stop);
            all.put("ESD " + stop, net -> loss.loss(MapStudent.self(net), draw(loss)));
            all.put("EMD " + stop, net -> loss.loss(new MapStudent(net, b, null), draw(loss)));
        }
        for (MidTime mid : MidTime.values()) {
            SemigroupMatching loss = new SemigroupMatching(config, mid, SemigroupMatching.Space.VELOCITY);
            all.put("PSD " + mid, net -> loss.loss(new SemigroupMatching.Nets(net, net, null), draw(loss)));
        }
        SemigroupMatching progressive = new SemigroupMatching(config, MidTime.MIDPOINT, SemigroupMatching.Space.STATE);
        all.put("PFMM", net -> progressive.loss(new SemigroupMatching.Nets(net, exact, null), draw(progressive)));
        FlowMapMatching direct = new FlowMapMatching(config);
        all.put("FMM", net -> direct.loss(net, draw(direct)));
        ShortcutModel shortcut = new ShortcutModel(new ShortcutModel.Config(PATH, 8, 1, 1, 0, 0));
        all.put("shortcut", net -> shortcut.loss(new ShortcutModel.Nets(net, net), dyadic(shortcut)));
        return all;
    }

    /** The pairs whose lines through random states have the marginal velocity, so that a sample's velocity is b. */
    private MapDraw draw(MapLoss<?> loss) {
        Tensor x = random(4, 0);
        PathCoefficients at = PathCoefficients.of(PATH, START);
        double[] h = loss instanceof SemigroupMatching s ? s.middle(rng, 0, 4) : MidTime.halves(4);
        return loss.draw(DATA.x0(x, at), DATA.eps(x, at), new TimePairs(START, END), h, null);
    }

    private ShortcutModel.Draw dyadic(ShortcutModel loss) {
        int[] level = loss.levels(4);
        double[] t = {loss.time(1, level[0]), loss.time(1, level[1]), 0, 0};
        return loss.draw(random(4, 0), random(4, 1), t, level, 4, null);
    }

    @Test
    void residualsVanishAtTheExactMap() {
        losses().forEach((name, loss) ->
                assertEquals(0, loss.apply(exact).total().item(), 1e-16, name));
    }

    @Test
    void residualsDoNotVanishAtAnotherMap() {
        FlowMapNet bent = new Bent(exact);
        losses().forEach((name, loss) -> assertTrue(loss.apply(bent).total().item() > 1e-7, name));
    }

    /** A map whose average velocities are a hundredth of x^2 off, but for the velocity itself. */
    private record Bent(FlowMapNet map) implements FlowMapNet {
        @Override
        public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
            return add(map.u(x, from, to, cond), scale(mul(x, x), 0.01));
        }

        @Override
        public Tensor v(Tensor x, Tensor t, Cond cond) {
            return map.v(x, t, cond);
        }
    }

    @Test
    void meanFlowVanishesAtTheExactMapOfAMixture() {
        FlowMapNet map = new IntegratedMap(teacher.velocity(MeanFlow.PATH), 200);
        double[] t = {0.9, 0.5, 0.31, 0.8};
        double[] r = {0.1, 0.2, 0.05, 0.7};
        Tensor z = random(4, 0);
        PathCoefficients at = PathCoefficients.of(MeanFlow.PATH, t);
        MeanFlow loss = new MeanFlow(new MeanFlow.Config(
                new LogitNormalPairs(-0.4, 1, new Diagonal.Ratio(1)), 0, 1, MeanFlow.Guidance.NONE, 0, 0));
        MeanFlow.Draw draw = loss.draw(DATA.x0(z, at), DATA.eps(z, at), new TimePairs(t, r), null, new boolean[4]);
        assertEquals(0, loss.loss(map, draw).total().item(), 1e-16);
    }

    @Test
    void theDiagonalVanishesAtTheVelocityOfTheSamplesLines() {
        DiagonalMatching loss = new DiagonalMatching(PATH, FlowMatching.Config.UNCONDITIONAL);
        Tensor x = random(4, 0);
        PathCoefficients at = PathCoefficients.of(PATH, START);
        LossResult result = loss.loss(
                new DiagonalMatching.Nets(exact, null), loss.draw(DATA.x0(x, at), DATA.eps(x, at), START, null));
        assertEquals(0, result.total().item(), 1e-20);
    }

    @Test
    void aLearnedWeightIsLeastWhereItIsTheLogarithmOfTheError() {
        Tensor error = times(0.5, 2, 7);
        Tensor s = times(START[0], START[1], START[2]);
        double least = total(error, s, 0);
        for (double off : new double[] {-0.1, 0.1}) {
            assertTrue(total(error, s, off) > least);
        }
        assertEquals(3 + Math.log(0.5) + Math.log(2) + Math.log(7), least, 1e-12);
    }

    private static double total(Tensor error, Tensor s, double off) {
        MapUncertainty weight = (from, to) -> scaleShift(log(error), 1, off);
        return sum(MapUncertainty.weighted(weight, error, s, s)).item();
    }

    @Test
    void uniformPairsKeepTheirOrder() {
        double[] first = {0.1, 0.9};
        double[] second = {0.7, 0.3};
        TimePairs falling = new UniformPairs(UniformPairs.Order.FALLING).pairs(first, second);
        assertArrayEquals(new double[] {0.7, 0.9}, falling.t());
        assertArrayEquals(new double[] {0.1, 0.3}, falling.r());
        TimePairs rising = new UniformPairs(UniformPairs.Order.RISING).pairs(first, second);
        assertArrayEquals(falling.r(), rising.t());
        assertArrayEquals(falling.t(), rising.r());
        TimePairs both = new UniformPairs(UniformPairs.Order.BOTH).pairs(first, second);
        assertArrayEquals(first, both.t());
        assertArrayEquals(second, both.r());
        TimePairs drawn = new UniformPairs(UniformPairs.Order.RISING).sample(rng, 3, 100);
        for (int i = 0; i < 100; i++) {
            assertTrue(drawn.t()[i] <= drawn.r()[i]);
        }
    }
}
