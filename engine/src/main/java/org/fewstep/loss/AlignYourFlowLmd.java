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
 * Align Your Flow, Lagrangian distillation: as its end moves, the flow map must move with the teacher's velocity there.
 *
 * <pre>
 * df/ds = F + (s - t) dF/ds            along (0, 0, 1), a constant
 * g     = df/ds - v(f, s)              v the guided teacher's velocity
 * L     = |F - sg[F - g]|^2, sum over coordinates
 * </pre>
 *
 * <p>The weight 1 / |t - s| is inside, and the derivative of f in F has the sign that makes g the gradient. Good on points;
 * reported to blur images, where {@link AlignYourFlowEmd} does not. There is no warm-up, so the configured one is not read. No official code is public: checked against own F64
 * numbers. Cost: one evaluation with tangent, one backward pass, and one evaluation of the teacher, two where it is guided.
 *
 * @paper Sabour, Fidler, Kreis: Align Your Flow: Scaling Continuous-Time Flow Map Distillation, 2025, arXiv:2506.14603
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class AlignYourFlowLmd extends AlignYourFlow {
    public AlignYourFlowLmd(Config config) {
        super("align your flow lmd", config);
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        PairDraw pair = draw.pair();
        Tensor xt = pair.xt();
        Tensor t = pair.times().t();
        Tensor s = pair.times().r();

        Tensor ones = Tensor.full(xt.device(), xt.dtype(), 1, s.shape());
        Dual dual = Jvp.detached(end -> nets.student().u(xt, t, end, draw.cond()), s, ones);
        Tensor u = dual.value();
        Tensor f;
        Tensor dfds;
        Tensor v;
        try (NoGrad off = NoGrad.open()) {
            f = sub(xt, mul(pair.span(), u));
            dfds = sub(u, mul(pair.span(), Jvp.tangentOrZero(dual)));
            v = nets.teacher().v(f, s, draw.scaleColumn(), pair.cond());
        }
        Tensor g = stopGradient(sub(dfds, v));
        Tensor perSample = PerSample.sumOf(square(add(sub(u, stopGradient(u)), g)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("F", u);
        parts.put("f", f);
        parts.put("df_ds", dfds);
        parts.put("v_at_f", v);
        parts.put("g", g);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
