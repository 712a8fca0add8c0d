package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;

/**
 * The drift b = E[dx_t/dt | x_t] of a one-sided interpolant x_t = alpha(t) x0 + sigma(t) eps between noise and data.
 *
 * <pre>
 * L = E |b(x_t, t)|^2 / 2 - (alpha' x0 + sigma' eps) . b(x_t, t)
 * </pre>
 *
 * <p>{@link FlowMatching} up to a constant and the factor D / 2. The loss may be below 0; sum over coordinates, mean over the
 * batch. Checked against malbergo/stochastic-interpolants (interflow), which has noise at 0 and calls it x0, the data x1.
 * Cost: one evaluation forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class OneSidedDrift extends PathLoss<VelocityNet> {
    public OneSidedDrift(Path path, FlowMatching.Config config) {
        super("one-sided drift", path, config);
    }

    @Override
    public LossResult loss(VelocityNet net, FlowMatching.Draw draw) {
        Tensor xt = draw.at().xt(draw.x0(), draw.eps());
        Tensor target = draw.at().velocity(draw.x0(), draw.eps());

        Tensor b = net.v(xt, draw.at().t(), draw.cond());
        Tensor perSample = PerSample.quadraticOf(b, target);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("target", target);
        parts.put("b", b);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
