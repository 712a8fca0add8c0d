package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.ScoreNet;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The score s of a one-sided interpolant between noise and data, from antithetic pairs.
 *
 * <pre>
 * x+-  = alpha(t) x0 +- sigma(t) eps
 * L    = E sum over +- of |s(x+-, t)|^2 / 2 +- (1 / sigma) eps . s(x+-, t)
 * </pre>
 *
 * <p>The minimiser is the gradient of the log density. sigma must be above 0 at every time drawn. The loss may be below 0: it
 * is the squared error less a constant, summed over the pair and over coordinates, mean over the batch. Checked against
 * malbergo/stochastic-interpolants (interflow), which has noise at 0 and calls it x0, the data x1. Cost: two evaluations
 * forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class OneSidedScore extends PathLoss<ScoreNet> {
    private final Path path;

    public OneSidedScore(Path path, FlowMatching.Config config) {
        super("one-sided score", path, config);
        this.path = path;
    }

    @Override
    public FlowMatching.Draw draw(Tensor x0, Tensor eps, double[] t, int @Nullable [] labels) {
        BridgeLoss.requireFinite("one-sided score", "1 / sigma", time -> 1 / path.sigma(time), t);
        return super.draw(x0, eps, t, labels);
    }

    @Override
    public LossResult loss(ScoreNet net, FlowMatching.Draw draw) {
        Tensor mean = mul(draw.x0(), draw.at().alpha());
        Tensor spread = mul(draw.eps(), draw.at().sigma());
        Tensor target = div(draw.eps(), draw.at().sigma());
        Tensor t = draw.at().t();

        Tensor above = net.score(add(mean, spread), t, draw.cond());
        Tensor below = net.score(sub(mean, spread), t, draw.cond());
        Tensor perSample = add(PerSample.quadraticOf(above, neg(target)), PerSample.quadraticOf(below, target));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("s_above", above);
        parts.put("s_below", below);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
