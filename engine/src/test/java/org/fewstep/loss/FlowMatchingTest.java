package org.fewstep.loss;

import static org.fewstep.op.Ops.reshape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Sinkhorn;
import org.fewstep.path.StraightBridge;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FlowMatchingTest extends EngineTest {
    private static final VelocityNet SHRINK = (x, t, cond) -> Ops.mul(x, reshape(t, t.dim(0), 1));

    private Batch batch(int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
        }
        return new Batch(Tensor.of(device, DType.F64, rng.normal(0, 2 * count, 9), count, 2), labels);
    }

    @Test
    void lossIsTheMeanSquaredErrorOfTheVelocity() {
        FlowMatching loss = new FlowMatching(LinearPath.NOISE_AT_ONE, FlowMatching.Config.UNCONDITIONAL);
        FlowMatching.Draw draw = loss.draw(batch(4), rng, 0);
        assertNull(draw.labels());
        LossResult result = loss.loss(SHRINK, draw);
        double[] x0 = draw.x0().toDoubles();
        double[] eps = draw.eps().toDoubles();
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            double t = draw.t()[i / 2];
            sum += Math.pow(t * ((1 - t) * x0[i] + t * eps[i]) - (eps[i] - x0[i]), 2) / 8;
        }
        assertEquals(sum, result.total().item(), 1e-14);
    }

    @Test
    void exactVelocityBeatsItsNeighbours() {
        Path path = new CosinePath();
        GaussianMixture data = new GaussianMixture(new double[] {1}, new double[][] {{1, -1}}, new double[] {0.5});
        double[] n = rng.normal(0, 4000, 1);
        for (int i = 0; i < n.length; i++) {
            n[i] = (i % 2 == 0 ? 1 : -1) + 0.5 * n[i];
        }
        FlowMatching loss = new FlowMatching(path, FlowMatching.Config.UNCONDITIONAL);
        FlowMatching.Draw draw = loss.draw(new Batch(Tensor.of(device, DType.F64, n, 2000, 2), null), rng, 0);
        double exact = value(loss, draw, data, path, 0, 1);
        assertTrue(exact < value(loss, draw, data, path, 0.2, 1));
        assertTrue(exact < value(loss, draw, data, path, 0, 1.1));
        assertTrue(exact < value(loss, draw, data, path, 0, 0.9));
    }

    private static double value(
            FlowMatching loss, FlowMatching.Draw draw, GaussianMixture data, Path path, double shift, double factor) {
        VelocityNet net =
                (x, t, cond) -> Ops.scaleShift(data.v(x, PathCoefficients.of(path, t.toDoubles())), factor, shift);
        return loss.loss(net, draw).total().item();
    }

    @Test
    void droppedLabelsBecomeTheNullLabel() {
        FlowMatching loss =
                new FlowMatching(LinearPath.NOISE_AT_ONE, new FlowMatching.Config(UniformTimes.UNIT, 0.3, 3));
        FlowMatching.Draw draw = loss.draw(batch(3000), rng, 0);
        int dropped = 0;
        for (int i = 0; i < 3000; i++) {
            dropped += draw.labels()[i] == 3 ? 1 : 0;
            assertTrue(draw.labels()[i] == 3 || draw.labels()[i] == i % 3);
        }
        assertEquals(900, dropped, 90);
        Batch unlabelled = new Batch(batch(2).x0(), null);
        assertThrows(IllegalArgumentException.class, () -> loss.draw(unlabelled, rng, 0));
    }

    @Test
    void slicesMakeTheWhole() {
        FlowMatching loss =
                new FlowMatching(LinearPath.NOISE_AT_ZERO, new FlowMatching.Config(UniformTimes.UNIT, 0.3, 3));
        FlowMatching.Draw draw = loss.draw(batch(5), rng, 0);
        double[] whole = loss.loss(SHRINK, draw).perSample().toDoubles();
        double[] part = loss.loss(SHRINK, loss.slice(draw, 2, 5)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 5), part);
    }

    @Test
    void couplingMovesNoiseAndKeepsLabelsWithTheirData() {
        FlowMatching loss = new FlowMatching(
                LinearPath.NOISE_AT_ONE,
                new FlowMatching.Config(
                        UniformTimes.UNIT, new OptimalTransport(OptimalTransport.Draw.RESAMPLED), 0, 3));
        Batch batch = batch(6);
        FlowMatching.Draw draw = loss.draw(batch, rng, 0);
        double[] given = batch.x0().toDoubles();
        double[] drawn = draw.x0().toDoubles();
        for (int i = 0; i < 6; i++) {
            int from = -1;
            for (int j = 0; j < 6; j++) {
                from = given[2 * j] == drawn[2 * i] && given[2 * j + 1] == drawn[2 * i + 1] ? j : from;
            }
            assertEquals(batch.labels()[from], draw.labels()[i]);
        }
    }

    @Test
    void bridgesDrawTheirOwnSource() {
        ConditionalFlowMatching loss = new ConditionalFlowMatching(
                new ConditionalFlowMatching.Config(new StraightBridge(0.1), UniformTimes.UNIT, new Sinkhorn(0.5)));
        ConditionalFlowMatching.Draw draw = loss.draw(batch(5), rng, 0);
        assertTrue(draw.source().toDoubles()[0] != draw.eps().toDoubles()[0]);
        double[] whole = loss.loss(SHRINK, draw).perSample().toDoubles();
        double[] part = loss.loss(SHRINK, loss.slice(draw, 1, 4)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 1, 4), part);

        SchroedingerBridge bridge = new SchroedingerBridge(new SchroedingerBridge.Config(0.5));
        SchroedingerBridge.Draw pairs = bridge.draw(batch(5), rng, 0);
        SchroedingerBridge.Nets nets = new SchroedingerBridge.Nets(SHRINK, (x, t, cond) -> x);
        LossResult result = bridge.loss(nets, pairs);
        assertEquals(
                result.part("flow_loss").item() + result.part("score_loss").item(),
                result.total().item(),
                1e-14);
        // At t = 1/2 with s = sigma^2 / 2 times the conditional score the score loss is 0 up to the guard.
        SchroedingerBridge.Draw half =
                bridge.draw(pairs.source(), pairs.data(), pairs.eps(), new double[] {0.5, 0.5, 0.5, 0.5, 0.5});
        SchroedingerBridge.Nets exact =
                new SchroedingerBridge.Nets(SHRINK, (x, t, cond) -> Ops.scale(bridge.conditionalScore(half), 0.125));
        assertEquals(0, bridge.loss(exact, half).part("score_loss").item(), 1e-14);
    }
}
