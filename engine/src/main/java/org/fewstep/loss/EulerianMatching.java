package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * The Eulerian equation of a flow map, in the start time: moving the start along the flow does not move the end.
 *
 * <pre>
 * X_{s,t}(x) = x + (t - s) u(x, s, t)
 * L = E |d/ds X_{s,t}(x_s) + (dX_{s,t}/dx)(x_s) b_s(x_s)|^2      sum over coordinates
 *   = E |b - u + (t - s) Du|^2,   Du = du/ds + (du/dx) b
 * </pre>
 *
 * <p>With a teacher's b this is Eulerian map distillation (EMD), with b = u(x, s, s) of the student Eulerian
 * self-distillation (ESD), beside which the velocity itself is learned ({@link SelfDistillation}). The last stop is MeanFlow
 * with a marginal velocity in place of the sample's. Checked against the flow map code of Boffi et al. as kept in
 * Keely-Ai/JAX-F2D2. Cost: one evaluation with tangent (two for {@link Stop#FULL}), one of b, one backward pass.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: Flow map matching with stochastic interpolants, 2024, arXiv:2406.07507; How to
 *     build a consistency model: Learning flow maps via self-distillation, 2025, arXiv:2505.18825
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class EulerianMatching extends MapLoss<MapStudent> {
    /** What is a constant. */
    public enum Stop {
        /** Nothing. */
        NONE,
        /** The velocity. */
        CONVEX,
        /** The velocity and the term (dX/dx) b; the gradient flows through u and du/ds. */
        FULL,
        /** All but u: the target b + (t - s) Du. No gradient goes through a derivative. */
        TARGET
    }

    private static final FlowDerivative DETACHED = new FlowDerivative.ForwardMode();

    private final Stop stop;

    public EulerianMatching(Config config, Stop stop) {
        super("eulerian matching", config);
        this.stop = stop;
    }

    @Override
    public LossResult loss(MapStudent nets, MapDraw draw) {
        MapDraw.OnDevice on = draw.on();
        Tensor x = on.path().xt(draw.x0(), draw.eps());
        Tensor b = velocity(nets, x, on);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_s", x);
        parts.put("velocity", b);
        Tensor residual =
                stop == Stop.FULL ? apart(nets.map(), x, b, on, parts) : together(nets.map(), x, b, on, parts);

        Tensor error = PerSample.sumOf(square(residual));
        Tensor perSample = MapUncertainty.weighted(nets.uncertainty(), error, on.s(), on.t());
        return new LossResult(mean(perSample), mean(stopGradient(error)), perSample, parts);
    }

    private Tensor velocity(MapStudent nets, Tensor x, MapDraw.OnDevice on) {
        if (stop == Stop.NONE) {
            return nets.velocity().v(x, on.s(), on.cond());
        }
        try (NoGrad off = NoGrad.open()) {
            return nets.velocity().v(x, on.s(), on.cond());
        }
    }

    /** The residual by one derivative along (b, 1). */
    private Tensor together(FlowMapNet net, Tensor x, Tensor b, MapDraw.OnDevice on, Map<String, Tensor> parts) {
        Dual u = stop == Stop.TARGET
                ? DETACHED.along(net, x, b, new FlowDerivative.Times(on.s(), on.t(), List.of()), on.cond())
                : MapDerivative.alongFlow(net, x, b, on.s(), on.t(), on.cond());
        Tensor target = add(b, mul(on.span(), Jvp.tangentOrZero(u)));
        parts.put("map", add(x, mul(on.span(), u.value())));
        return sub(target, u.value());
    }

    /** The residual by one derivative along s, recorded, and one along b, which is a constant. */
    private Tensor apart(FlowMapNet net, Tensor x, Tensor b, MapDraw.OnDevice on, Map<String, Tensor> parts) {
        Dual inStart = MapDerivative.inStart(net, x, on.s(), on.t(), on.cond());
        Dual inState;
        try (NoGrad off = NoGrad.open()) {
            inState = Jvp.detached(state -> net.u(state, on.s(), on.t(), on.cond()), x, b);
        }
        Tensor slope = sub(mul(on.span(), Jvp.tangentOrZero(inStart)), inStart.value());
        Tensor advection = add(b, mul(on.span(), Jvp.tangentOrZero(inState)));
        parts.put("map", add(x, mul(on.span(), inStart.value())));
        parts.put("d_start", slope);
        parts.put("advection", advection);
        return add(slope, advection);
    }
}
