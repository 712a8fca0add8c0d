package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.Tensor;

/**
 * The drift b = E[dx_t/dt | x_t] of a stochastic interpolant, from antithetic pairs; t = 0 is the source.
 *
 * <pre>
 * x+-  = I +- gamma z,  I = a(t) x0 + b(t) x1
 * L    = E sum over +- of |b(x+-, t)|^2 / 2 - (I' +- gamma' z) . b(x+-, t)
 * </pre>
 *
 * <p>gamma' grows without bound at the ends of the Brownian gamma; in the pair its part nearly cancels, so that the
 * gradient keeps a finite variance. The loss may be below 0: it is the squared error less a constant, summed over the pair
 * and over coordinates, mean over the batch. Checked against malbergo/stochastic-interpolants (interflow). Cost: two
 * evaluations forward and backward a step.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape data (B, ...); total (), perSample (B)
 */
public final class InterpolantDrift extends BridgeLoss<VelocityNet> {
    public InterpolantDrift(ConditionalFlowMatching.Config config) {
        super(config);
    }

    @Override
    public ConditionalFlowMatching.Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        requireFinite("interpolant drift", "gamma'", bridge::dNoise, t);
        return super.draw(source, data, eps, t);
    }

    @Override
    public LossResult loss(VelocityNet net, ConditionalFlowMatching.Draw draw) {
        Tensor middle = middle(draw);
        Tensor slope = middleSlope(draw);
        Tensor spread = mul(draw.eps(), draw.at().noise());
        Tensor spreadSlope = mul(draw.eps(), draw.at().dNoise());
        Tensor t = draw.at().t();

        Tensor above = net.v(add(middle, spread), t, Cond.NONE);
        Tensor below = net.v(sub(middle, spread), t, Cond.NONE);
        Tensor perSample = add(
                PerSample.quadraticOf(above, add(slope, spreadSlope)),
                PerSample.quadraticOf(below, sub(slope, spreadSlope)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("middle", middle);
        parts.put("middle_slope", slope);
        parts.put("b_above", above);
        parts.put("b_below", below);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
