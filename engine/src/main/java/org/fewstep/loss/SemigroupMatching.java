package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The semigroup of a flow map: one step from s to t ends where two steps over u end.
 *
 * <pre>
 * u = h s + (1 - h) t,   X_{s,u}(x) = x + (u - s) v_{s,u}(x)
 * L = E |v_{s,t}(x_s) - sg[(1 - h) v_{s,u}(x_s) + h v_{u,t}(X_{s,u}(x_s))]|^2      sum over coordinates
 * </pre>
 *
 * <p>The two short steps are the teacher's: the student itself makes this progressive self-distillation (PSD; with the
 * middle, shortcut models in continuous time), a frozen earlier map progressive flow map matching, whose error is in the state,
 * (t - s)^2 times the one above. No derivative of the network is needed. Checked against the flow map code of Boffi et al. as
 * kept in Keely-Ai/JAX-F2D2 and isomorphicdude/flow_map_matching. Cost: one evaluation forward and backward, two forward.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: Flow map matching with stochastic interpolants, 2024, arXiv:2406.07507; How to
 *     build a consistency model: Learning flow maps via self-distillation, 2025, arXiv:2505.18825
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class SemigroupMatching extends MapLoss<SemigroupMatching.Nets> {
    /** In what the two ways are compared. */
    public enum Space {
        /** Average velocities. */
        VELOCITY,
        /** End points. */
        STATE
    }

    /**
     * The networks.
     *
     * @param map the student
     * @param teacher of the two short steps
     * @param uncertainty learned weight; null for none
     */
    public record Nets(
            FlowMapNet map, FlowMapNet teacher, @Nullable MapUncertainty uncertainty) {}

    private final MidTime mid;
    private final Space space;

    public SemigroupMatching(Config config, MidTime mid, Space space) {
        super("semigroup matching", config);
        this.mid = mid;
        this.space = space;
    }

    @Override
    double[] middle(Rng rng, int step, int count) {
        return mid.of(rng, step, count);
    }

    @Override
    public LossResult loss(Nets nets, MapDraw draw) {
        MapDraw.OnDevice on = draw.on();
        Tensor x = on.path().xt(draw.x0(), draw.eps());
        Tensor v = nets.map.u(x, on.s(), on.t(), on.cond());
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Tensor firstShare = scaleShift(on.h(), -1, 1);
            Tensor first = nets.teacher.u(x, on.s(), on.u(), on.cond());
            Tensor between = add(x, mul(mul(firstShare, on.span()), first));
            Tensor second = nets.teacher.u(between, on.u(), on.t(), on.cond());
            target = add(mul(firstShare, first), mul(on.h(), second));
        }

        Tensor residual = sub(v, target);
        Tensor error = PerSample.sumOf(square(space == Space.STATE ? mul(on.span(), residual) : residual));
        Tensor perSample = MapUncertainty.weighted(nets.uncertainty, error, on.s(), on.t());
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_s", x);
        parts.put("u", on.u());
        parts.put("v", v);
        parts.put("target", target);
        return new LossResult(mean(perSample), mean(stopGradient(error)), perSample, parts);
    }
}
