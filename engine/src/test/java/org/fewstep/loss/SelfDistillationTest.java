package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.path.LinearPath;
import org.fewstep.path.UniformPairs;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SelfDistillationTest extends EngineTest {
    private static final FlowMapNet NET =
            (x, from, to, cond) -> add(scale(square(x), 0.1), mul(x, PerSampleColumn.of(add(from, square(to)), x)));
    private static final SelfDistillation.Nets NETS = new SelfDistillation.Nets(NET, NET, (s, t) -> sub(t, s));

    private static SelfDistillation.Config config(double diagonal) {
        MapLoss.Config pairs =
                new MapLoss.Config(LinearPath.NOISE_AT_ONE, new UniformPairs(UniformPairs.Order.FALLING), 0, 0);
        return new SelfDistillation.Config(pairs, UniformTimes.UNIT, diagonal);
    }

    private Batch batch(int rows) {
        return new Batch(Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, 9), rows, 2), null);
    }

    private static List<SelfDistillation> all(double diagonal) {
        return List.of(
                SelfDistillation.lagrangian(config(diagonal), LagrangianMatching.Stop.CONVEX),
                SelfDistillation.eulerian(config(diagonal), EulerianMatching.Stop.FULL),
                SelfDistillation.progressive(config(diagonal), MidTime.UNIFORM));
    }

    @Test
    void partsAreWeighedByTheirSize() {
        for (SelfDistillation loss : all(0.75)) {
            SelfDistillation.Draw draw = loss.draw(batch(8), rng, 1);
            LossResult result = loss.loss(NETS, draw);
            assertEquals(6, draw.diagonal().t().length);
            assertEquals(2, draw.pairs().t().length);
            double wanted = 0;
            for (double one : result.perSample().toDoubles()) {
                wanted += one / 8;
            }
            assertEquals(wanted, result.total().item(), 1e-12);
            double error = (6 * result.part("diagonal").item()
                            + 2 * result.part("pairs").item())
                    / 8;
            assertEquals(error, result.error().item(), 1e-12);
        }
    }

    @Test
    void slicesAddUpToTheBatch() {
        for (SelfDistillation loss : all(0.5)) {
            SelfDistillation.Draw draw = loss.draw(batch(8), rng, 1);
            double[] whole = loss.loss(NETS, draw).perSample().toDoubles();
            for (int[] part : new int[][] {{0, 3}, {3, 6}, {4, 8}, {0, 4}}) {
                double[] some = loss.loss(NETS, loss.slice(draw, part[0], part[1]))
                        .perSample()
                        .toDoubles();
                assertArrayEquals(Arrays.copyOfRange(whole, part[0], part[1]), some, 1e-12);
            }
        }
    }

    @Test
    void eitherPartMayBeEmpty() {
        SelfDistillation off = all(0).get(0);
        assertNull(off.draw(batch(4), rng, 0).diagonal());
        SelfDistillation on = all(1).get(0);
        SelfDistillation.Draw draw = on.draw(batch(4), rng, 0);
        assertNull(draw.pairs());
        assertNotNull(draw.diagonal());
        assertEquals(4, on.loss(NETS, draw).perSample().dim(0));
        assertThrows(IllegalArgumentException.class, () -> config(1.1));
    }

    /** The same gradient by differences of the loss, for a loss without a stopped part. */
    @Test
    void gradientsThroughTheDerivativesAreThoseOfTheLoss() {
        MapLoss.Config config = config(0).pairs();
        for (MapLoss<MapStudent> loss : List.of(
                new LagrangianMatching(config, LagrangianMatching.Stop.NONE),
                new EulerianMatching(config, EulerianMatching.Stop.NONE))) {
            MapDraw draw = loss.draw(batch(4), rng, 2);
            Tensor w = Tensor.of(device, DType.F64, new double[] {0.7}, 1).requireGrad();
            double gradient = Grad.of(
                            loss.loss(MapStudent.self(scaled(w)), draw).total(), List.of(w))
                    .get(0)
                    .item();
            double h = 1e-5;
            double up = at(loss, draw, 0.7 + h);
            double down = at(loss, draw, 0.7 - h);
            assertEquals((up - down) / (2 * h), gradient, 1e-6 * Math.abs(gradient));
        }
    }

    private double at(MapLoss<MapStudent> loss, MapDraw draw, double w) {
        Tensor leaf = Tensor.of(device, DType.F64, new double[] {w}, 1);
        return loss.loss(MapStudent.self(scaled(leaf)), draw).total().item();
    }

    private static FlowMapNet scaled(Tensor w) {
        return (x, from, to, cond) -> mul(NET.u(mul(x, w), from, to, cond), w);
    }
}
