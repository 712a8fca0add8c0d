package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.ScoreNet;
import org.fewstep.tensor.Tensor;

/**
 * The score s of a stochastic interpolant, from antithetic pairs; t = 0 is the source.
 *
 * <pre>
 * x+-  = I +- gamma z,  I = a(t) x0 + b(t) x1
 * L    = E sum over +- of |s(x+-, t)|^2 / 2 +- (1 / gamma) z . s(x+-, t)
 * </pre>
 *
 * <p>By Stein's identity the minimiser is the gradient of the log density. gamma must be above 0 at every time drawn; where
 * it is small, {@link InterpolantDenoiser} has the smaller spread. The loss may be below 0: it is the squared error less a
 * constant, summed over the pair and over coordinates, mean over the batch. Checked against
 * malbergo/stochastic-interpolants (interflow). Cost: two evaluations forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape data (B, ...); total (), perSample (B)
 */
public final class InterpolantScore extends BridgeLoss<ScoreNet> {
    public InterpolantScore(ConditionalFlowMatching.Config config) {
        super(config);
    }

    @Override
    public ConditionalFlowMatching.Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        requireFinite("interpolant score", "1 / gamma", time -> 1 / bridge.noise(time), t);
        return super.draw(source, data, eps, t);
    }

    @Override
    public LossResult loss(ScoreNet net, ConditionalFlowMatching.Draw draw) {
        Tensor middle = middle(draw);
        Tensor spread = mul(draw.eps(), draw.at().noise());
        Tensor target = div(draw.eps(), draw.at().noise());
        Tensor t = draw.at().t();

        Tensor above = net.score(add(middle, spread), t, Cond.NONE);
        Tensor below = net.score(sub(middle, spread), t, Cond.NONE);
        Tensor perSample = add(PerSample.quadraticOf(above, neg(target)), PerSample.quadraticOf(below, target));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("middle", middle);
        parts.put("s_above", above);
        parts.put("s_below", below);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
