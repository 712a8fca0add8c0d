package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * The Lagrangian equation of a flow map, in the end time: the map moves as the velocity where it has landed.
 *
 * <pre>
 * X_{s,t}(x) = x + (t - s) u(x, s, t)
 * L = E |d/dt X_{s,t}(x_s) - b_t(X_{s,t}(x_s))|^2      sum over coordinates
 * </pre>
 *
 * <p>With a teacher's b this is Lagrangian map distillation (LMD), with b = u(x, t, t) of the student Lagrangian
 * self-distillation (LSD), beside which the velocity itself is learned ({@link SelfDistillation}). The gradient goes through
 * the derivative (reverse over forward). Checked against the flow map code of Boffi et al. as kept in Keely-Ai/JAX-F2D2 and
 * isomorphicdude/flow_map_matching. Cost: one evaluation with recorded tangent, one of b, one backward pass through both.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: Flow map matching with stochastic interpolants, 2024, arXiv:2406.07507; How to
 *     build a consistency model: Learning flow maps via self-distillation, 2025, arXiv:2505.18825
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class LagrangianMatching extends MapLoss<MapStudent> {
    /** What is a constant in the velocity where the map has landed. */
    public enum Stop {
        /** Nothing: the gradient flows through b and through the point at which it is asked. */
        NONE,
        /** Both, so that a large network does not bend its velocity to its map. */
        CONVEX
    }

    private final Stop stop;

    public LagrangianMatching(Config config, Stop stop) {
        super("lagrangian matching", config);
        this.stop = stop;
    }

    @Override
    public LossResult loss(MapStudent nets, MapDraw draw) {
        MapDraw.OnDevice on = draw.on();
        Tensor x = on.path().xt(draw.x0(), draw.eps());
        Dual u = MapDerivative.inEnd(nets.map(), x, on.s(), on.t(), on.cond());
        Tensor map = add(x, mul(on.span(), u.value()));
        Tensor slope = add(u.value(), mul(on.span(), Jvp.tangentOrZero(u)));
        Tensor b = velocity(nets, map, on);

        Tensor error = PerSample.sumOf(square(sub(slope, b)));
        Tensor perSample = MapUncertainty.weighted(nets.uncertainty(), error, on.s(), on.t());
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_s", x);
        parts.put("map", map);
        parts.put("d_end", slope);
        parts.put("velocity", b);
        return new LossResult(mean(perSample), mean(stopGradient(error)), perSample, parts);
    }

    private Tensor velocity(MapStudent nets, Tensor map, MapDraw.OnDevice on) {
        if (stop == Stop.NONE) {
            return nets.velocity().v(map, on.t(), on.cond());
        }
        try (NoGrad off = NoGrad.open()) {
            return nets.velocity().v(map.stopGradient(), on.t(), on.cond());
        }
    }
}
