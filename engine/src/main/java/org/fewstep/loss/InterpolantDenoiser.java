package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.neg;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.Tensor;

/**
 * The latent noise of a stochastic interpolant with its sign turned, eta = -E[z | x_t] = gamma times the score; t = 0 is the
 * source.
 *
 * <pre>
 * L = E |eta(x_t, t)|^2 / 2 + z . eta(x_t, t),  x_t = a(t) x0 + b(t) x1 + gamma(t) z
 * </pre>
 *
 * <p>The sign is the one of the published code; the paper's denoiser is -eta. No number of it grows at the ends, where
 * the score does. The loss may be below 0: it is the squared error less a constant, summed over coordinates, mean over the
 * batch. Checked against malbergo/stochastic-interpolants (interflow). Cost: one evaluation forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape data (B, ...); total (), perSample (B)
 */
public final class InterpolantDenoiser extends BridgeLoss<PredictionNet> {
    public InterpolantDenoiser(ConditionalFlowMatching.Config config) {
        super(config);
    }

    @Override
    public LossResult loss(PredictionNet net, ConditionalFlowMatching.Draw draw) {
        Tensor xt = bridge.xt(draw.source(), draw.data(), draw.eps(), draw.at());

        Tensor eta = net.of(xt, draw.at().t(), Cond.NONE);
        Tensor perSample = PerSample.quadraticOf(eta, neg(draw.eps()));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("eta", eta);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
