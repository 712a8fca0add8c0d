package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Tensor;

/**
 * Flow map matching without a teacher: a map to another time and back moves as the sample does, and ends where it began.
 *
 * <pre>
 * y = X_{s,t}(x_s)
 * L = E |d/ds X_{t,s}(y) - dx_s/ds|^2 + E |X_{t,s}(y) - x_s|^2      sums over coordinates, y held in d/ds
 * </pre>
 *
 * <p>The map is asked in both directions, so the law of the times should draw both s &lt; t and s &gt; t. The gradient goes
 * through everything. Its spread makes it a method for small data; with a good velocity, {@link LagrangianMatching} is the better
 * one. First term checked against isomorphicdude/flow_map_matching. Cost: one evaluation, one with recorded tangent,
 * one backward pass through both.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: Flow map matching with stochastic interpolants, 2024, arXiv:2406.07507
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class FlowMapMatching extends MapLoss<FlowMapNet> {
    public FlowMapMatching(Config config) {
        super("flow map matching", config);
    }

    @Override
    public LossResult loss(FlowMapNet net, MapDraw draw) {
        MapDraw.OnDevice on = draw.on();
        Tensor x = on.path().xt(draw.x0(), draw.eps());
        Tensor dx = on.path().velocity(draw.x0(), draw.eps());
        Tensor away = add(x, mul(on.span(), net.u(x, on.s(), on.t(), on.cond())));
        Dual u = MapDerivative.inEnd(net, away, on.t(), on.s(), on.cond());
        Tensor back = sub(away, mul(on.span(), u.value()));
        Tensor slope = sub(u.value(), mul(on.span(), Jvp.tangentOrZero(u)));

        Tensor velocity = PerSample.sumOf(square(sub(slope, dx)));
        Tensor inverse = PerSample.sumOf(square(sub(back, x)));
        Tensor perSample = add(velocity, inverse);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_s", x);
        parts.put("away", away);
        parts.put("back", back);
        parts.put("d_end", slope);
        parts.put("velocity", mean(velocity));
        parts.put("inverse", mean(inverse));
        return new LossResult(mean(perSample), perSample, parts);
    }
}
