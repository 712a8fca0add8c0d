package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.neg;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;

/**
 * The noise of a one-sided interpolant with its sign turned, eta = -E[eps | x_t] = sigma times the score.
 *
 * <pre>
 * L = E |eta(x_t, t)|^2 / 2 + eps . eta(x_t, t),  x_t = alpha(t) x0 + sigma(t) eps
 * </pre>
 *
 * <p>The sign is the one of the published code; {@link DenoisingScoreMatching} learns eps itself. The loss may be below 0: it
 * is the squared error less a constant, summed over coordinates, mean over the batch. Checked against
 * malbergo/stochastic-interpolants (interflow), which has noise at 0 and calls it x0, the data x1. Cost: one evaluation
 * forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class OneSidedDenoiser extends PathLoss<PredictionNet> {
    public OneSidedDenoiser(Path path, FlowMatching.Config config) {
        super("one-sided denoiser", path, config);
    }

    @Override
    public LossResult loss(PredictionNet net, FlowMatching.Draw draw) {
        Tensor xt = draw.at().xt(draw.x0(), draw.eps());

        Tensor eta = net.of(xt, draw.at().t(), draw.cond());
        Tensor perSample = PerSample.quadraticOf(eta, neg(draw.eps()));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("eta", eta);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
