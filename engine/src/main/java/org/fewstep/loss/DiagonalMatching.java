package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The velocity of a flow map, u(x, t, t), by flow matching with the learned weight of the pairs (t, t).
 *
 * <pre>
 * L = E [e^-w(t,t) |u(x_t, t, t) - dx_t/dt|^2 + w(t,t)]      sum over coordinates
 * </pre>
 *
 * <p>Unlike {@link FlowMatching} it sums, as the terms off the diagonal do that it stands beside. Cost: one evaluation
 * forward and backward.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: How to build a consistency model: Learning flow maps via self-distillation, 2025,
 *     arXiv:2505.18825
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class DiagonalMatching extends PathLoss<DiagonalMatching.Nets> {
    /**
     * The networks.
     *
     * @param velocity u(x, t, t)
     * @param uncertainty learned weight; null for none
     */
    public record Nets(VelocityNet velocity, @Nullable MapUncertainty uncertainty) {}

    public DiagonalMatching(Path path, FlowMatching.Config config) {
        super("diagonal matching", path, config);
    }

    @Override
    public LossResult loss(Nets nets, FlowMatching.Draw draw) {
        Tensor x = draw.at().xt(draw.x0(), draw.eps());
        Tensor dx = draw.at().velocity(draw.x0(), draw.eps());
        Tensor t = draw.at().t();
        Tensor v = nets.velocity.v(x, t, draw.cond());

        Tensor error = PerSample.sumOf(square(sub(v, dx)));
        Tensor perSample = MapUncertainty.weighted(nets.uncertainty, error, t, t);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", x);
        parts.put("target", dx);
        parts.put("v", v);
        return new LossResult(mean(perSample), mean(stopGradient(error)), perSample, parts);
    }
}
