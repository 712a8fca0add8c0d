package org.fewstep.loss;

import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.neg;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.ScoreNet;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.MirrorInterpolant;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Tensor;

/**
 * The score of a mirror interpolant x_t = x + gamma(t) z, which leads from the data to the data.
 *
 * <pre>
 * L = E |s(x_t, t)|^2 / 2 + (1 / gamma) z . s(x_t, t)
 * </pre>
 *
 * <p>The minimiser is the gradient of the log density; the drift is -gamma gamma' s. The loss may be below 0: it is the
 * squared error less a constant, summed over coordinates, mean over the batch. Checked against
 * malbergo/stochastic-interpolants (interflow), which calls the noise x0 here. Cost: one evaluation forward and backward a
 * step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape data (B, ...); total (), perSample (B)
 */
public final class MirrorScore extends BridgeLoss<ScoreNet> {
    /**
     * The loss.
     *
     * @param times law of t; gamma must be above 0 at each
     */
    public MirrorScore(MirrorInterpolant mirror, TimeSampler times) {
        super(new ConditionalFlowMatching.Config(mirror, times, new IndependentCoupling()));
    }

    @Override
    public ConditionalFlowMatching.Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        requireFinite("mirror score", "1 / gamma", time -> 1 / bridge.noise(time), t);
        return super.draw(source, data, eps, t);
    }

    @Override
    public LossResult loss(ScoreNet net, ConditionalFlowMatching.Draw draw) {
        Tensor xt = bridge.xt(draw.source(), draw.data(), draw.eps(), draw.at());

        Tensor s = net.score(xt, draw.at().t(), Cond.NONE);
        Tensor perSample =
                PerSample.quadraticOf(s, neg(div(draw.eps(), draw.at().noise())));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("s", s);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
