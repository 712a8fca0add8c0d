package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.Tensor;

/**
 * The part v = E[a' x0 + b' x1 | x_t] of a stochastic interpolant's drift that moves the ends; t = 0 is the source.
 *
 * <pre>
 * L = E |v(x_t, t)|^2 / 2 - (a' x0 + b' x1) . v(x_t, t),  x_t = a(t) x0 + b(t) x1 + gamma(t) z
 * </pre>
 *
 * <p>With the score it gives the drift, b = v - gamma gamma' s, whose every term is finite at the ends. The loss may be below
 * 0: it is the squared error less a constant, summed over coordinates, mean over the batch. Checked against
 * malbergo/stochastic-interpolants (interflow). Cost: one evaluation forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape data (B, ...); total (), perSample (B)
 */
public final class InterpolantVelocity extends BridgeLoss<VelocityNet> {
    public InterpolantVelocity(ConditionalFlowMatching.Config config) {
        super(config);
    }

    @Override
    public LossResult loss(VelocityNet net, ConditionalFlowMatching.Draw draw) {
        Tensor xt = bridge.xt(draw.source(), draw.data(), draw.eps(), draw.at());
        Tensor target = middleSlope(draw);

        Tensor v = net.v(xt, draw.at().t(), Cond.NONE);
        Tensor perSample = PerSample.quadraticOf(v, target);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("middle_slope", target);
        parts.put("v", v);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
