package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.SpanPairs;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class AdversarialAlignYourFlowTest extends EngineTest {
    private static final int BATCH = 6;
    private static final double WEIGHT = 0.25;
    private static final long START = 3;

    /** u = (1 + t + 2 r) x. */
    private static final FlowMapNet STUDENT =
            (x, from, to, cond) -> add(x, mul(x, PerSampleColumn.of(add(from, add(to, to)), x)));

    private static final CriticNet CRITIC = (x, t, cond) -> sum(x, 1);

    private final AlignYourFlowEmd emd = new AlignYourFlowEmd(
            new AlignYourFlow.Config(new SpanPairs(new LogitNormalTimes(-0.8, 1)), 0, 1),
            AlignYourFlowEmd.NORMALISED,
            AlignYourFlowEmd.Space.VELOCITY);
    private final AdversarialAlignYourFlow loss =
            new AdversarialAlignYourFlow(emd, new GeneratorTerm(Adversarial.HINGE, WEIGHT, START));

    private AdversarialAlignYourFlow.Nets nets() {
        return new AdversarialAlignYourFlow.Nets(
                new AlignYourFlow.Nets(STUDENT, GuidedTeacher.plain((x, t, cond) -> x)), CRITIC);
    }

    private Batch batch() {
        return new Batch(Tensor.of(device, DType.F64, rng.normal(0, 2 * BATCH, 4), BATCH, 2), null);
    }

    /** Hinge: g = -C. */
    @Test
    void theTermIsAddedFromItsStartOn() {
        for (int step : new int[] {2, 3}) {
            AdversarialAlignYourFlow.Draw draw = loss.draw(batch(), rng, step);
            double[] distilled = emd.loss(nets().map(), draw.map()).perSample().toDoubles();
            LossResult both = loss.loss(nets(), draw);
            double[] seen = both.perSample().toDoubles();
            double[] jump = both.part("x0").toDoubles();
            double w = step < START ? 0 : WEIGHT;
            for (int i = 0; i < BATCH; i++) {
                assertEquals(distilled[i] - w * (jump[2 * i] + jump[2 * i + 1]), seen[i], 1e-12);
            }
        }
    }

    @Test
    void theDiscriminatorSeesJumpsToCleanData() {
        AdversarialAlignYourFlow.Draw draw = loss.draw(batch(), rng, 5);
        double[] t = draw.map().pair().t();
        double[] xt = draw.map().pair().xt().toDoubles();
        double[] jump = loss.loss(nets(), draw).part("x0").toDoubles();
        for (int i = 0; i < jump.length; i++) {
            assertEquals(xt[i] * (1 - t[i / 2] * (1 + t[i / 2])), jump[i], 1e-12);
        }
        assertSame(AdversarialAlignYourFlow.jumps(emd, STUDENT), draw.map(), jump);
    }

    private <D> void assertSame(Generated<D> jumps, AlignYourFlow.Draw like, double[] expected) {
        Generated.Pairs pairs = jumps.of(jumps.draw(batch(), rng, 5));
        assertArrayEquals(like.pair().x0().toDoubles(), pairs.real().toDoubles());
        assertArrayEquals(expected, pairs.fake().toDoubles(), 1e-12);
        assertTrue(Arrays.stream(pairs.t().toDoubles()).allMatch(level -> level == 1));
    }

    @Test
    void slicesMakeTheWhole() {
        AdversarialAlignYourFlow.Draw draw = loss.draw(batch(), rng, 5);
        double[] whole = loss.loss(nets(), draw).perSample().toDoubles();
        double[] part = loss.loss(nets(), loss.slice(draw, 2, 5)).perSample().toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 2, 5), part, 1e-12);
    }
}
