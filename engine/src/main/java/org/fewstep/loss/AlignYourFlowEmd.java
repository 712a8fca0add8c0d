package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
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
 * Align Your Flow, Eulerian distillation: where the flow map ends must not change as its start moves along the teacher's flow.
 *
 * <pre>
 * v     = guided teacher's velocity at x_t
 * df/dt = (v - F) + r (s - t) dF/dt        dF/dt along (v, 1, 0), a constant; r the warm-up
 * g     = -df/dt,   g = g / (|g| + c)
 * L     = |F - sg[F - g]|^2, sum over coordinates                    VELOCITY
 * L     = |f - sg[f + g]|^2, mean over coordinates                   MAP
 * </pre>
 *
 * <p>VELOCITY is the paper's gradient with the weight 1 / |t - s| inside, so that s = t is flow matching to v; MAP has no such
 * weight, as in one public code. r = 0 regresses F to v, which pulls lines straight; the published r stops at 0.99. The value
 * is that of the normalised g, so the error to watch is |g|^2 before it. No official code is public: checked against own F64
 * numbers, MAP also against revsic/torch-flow-models. Cost: one evaluation with tangent, one backward pass, and one evaluation
 * of the teacher, two where it is guided.
 *
 * @paper Sabour, Fidler, Kreis: Align Your Flow: Scaling Continuous-Time Flow Map Distillation, 2025, arXiv:2506.14603,
 *     theorem 3.2 and algorithm 1
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class AlignYourFlowEmd extends AlignYourFlow {
    /** Where the derivative is regressed to. */
    public enum Space {
        /** The average velocity F. */
        VELOCITY,
        /** The map f. */
        MAP
    }

    /** The normalisation of the tangent with c = 0.1, as in public codes. */
    public static final TrigFlowConsistency.Bound NORMALISED = new TrigFlowConsistency.Bound.Normalised(0.1, false);

    private final TrigFlowConsistency.Bound bound;
    private final Space space;

    /** With a bound of the tangent g. */
    public AlignYourFlowEmd(Config config, TrigFlowConsistency.Bound bound, Space space) {
        super("align your flow emd", config);
        this.bound = bound;
        this.space = space;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        PairDraw pair = draw.pair();
        Tensor xt = pair.xt();
        Tensor v = nets.teacher().v(xt, pair.times().t(), draw.scaleColumn(), pair.cond());

        Dual dual = ALONG_THE_FLOW.along(nets.student(), xt, v, pair.times(), draw.cond());
        Tensor u = dual.value();
        Tensor dudt = Jvp.tangentOrZero(dual);
        Tensor g;
        try (NoGrad off = NoGrad.open()) {
            g = add(sub(u, v), mul(draw.warmSpan(), dudt));
        }
        Tensor bounded = bound.of(g);

        Tensor perSample;
        if (space == Space.VELOCITY) {
            perSample = PerSample.sumOf(square(add(sub(u, stopGradient(u)), bounded)));
        } else {
            Tensor f = sub(xt, mul(pair.span(), u));
            perSample = PerSample.meanOf(square(sub(sub(f, stopGradient(f)), bounded)));
        }

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("v_guided", v);
        parts.put("F", u);
        parts.put("dF_dt", dudt);
        parts.put("df_dt", neg(g));
        parts.put("g", g);
        parts.put("g_normalised", bounded);
        return new LossResult(mean(perSample), mean(PerSample.sumOf(square(g))), perSample, parts);
    }
}
