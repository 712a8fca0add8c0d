package org.fewstep.model;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.cos;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sin;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.List;
import org.fewstep.tensor.Tensor;

/**
 * A network G whose scaled output is the map f_{s,t} of inductive moment matching, {@link ImmScaling}, as an average velocity
 * (f_{s,t}(x) - x) / (s - t), so that it is sampled as any flow map. The division is done by hand:
 *
 * <pre>
 * linear   IDENTITY     u = (x - G) / t
 *          SIMPLE_EDM   u = (2 t - 1) x / e^2 + G / e,            e^2 = (1 - t)^2 + t^2
 *          EULER        u = G
 * cosine   IDENTITY     u = (2 cos(p (t + s) / 2) S(p / 2) x - S(p) G) / sin(p t),     p = pi / 2
 *          SIMPLE_EDM   u = 2 (t - s) S(p / 2)^2 x + S(p) G,      S(a) = sin(a (t - s)) / (t - s)
 * </pre>
 *
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565
 */
public final class MomentMap extends FlowNetwork {
    private static final double QUARTER = Math.PI / 2;

    /** Added to (t - s)^2, so that S is right to 1e-8 where both times are one. */
    private static final double SMALL = 1e-8;

    private static final double LEAST_TIME = 1e-4;

    private final MomentMapConfig config;
    private final FlowNetwork net;

    MomentMap(Init init, MomentMapConfig config) {
        this.config = config;
        if (!(child("net", config.net().build(init)) instanceof FlowNetwork flow)) {
            throw new IllegalArgumentException(
                    "moment map: got " + config.net() + "; expected a network of state and times");
        }
        this.net = flow;
    }

    @Override
    public MomentMapConfig config() {
        return config;
    }

    /** G, which the loss trains. */
    public FlowNetwork inner() {
        return net;
    }

    @Override
    public List<Tensor> lastLayer() {
        return net.lastLayer();
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        boolean linear = config.schedule() == MomentMapConfig.Schedule.LINEAR;
        Tensor t = PerSampleColumn.of(from, x);
        Tensor s = PerSampleColumn.of(to, x);
        Tensor e2 = linear ? add(square(scaleShift(t, -1, 1)), square(t)) : null;
        Tensor first = config.timeScale() == 1 ? from : scale(from, config.timeScale());
        Tensor last = config.timeScale() == 1 ? to : scale(to, config.timeScale());
        Tensor g = net.u(e2 == null ? x : div(x, sqrt(e2)), first, last, cond);
        return switch (config.form()) {
            case EULER -> g;
            case IDENTITY -> linear ? div(sub(x, g), clamp(t, LEAST_TIME, 1)) : identityOfCosine(x, g, t, s);
            case SIMPLE_EDM ->
                e2 == null
                        ? simpleEdmOfCosine(x, g, t, s)
                        : add(mul(div(scaleShift(t, 2, -1), e2), x), div(g, sqrt(e2)));
            case AVERAGE_VELOCITY ->
                throw new IllegalStateException(
                        "moment map: got the average velocity; expected" + " another form, as its configuration says");
        };
    }

    private static Tensor identityOfCosine(Tensor x, Tensor g, Tensor t, Tensor s) {
        Tensor span = sub(t, s);
        Tensor keep = mul(scale(cos(scale(add(t, s), QUARTER / 2)), 2), slope(span, QUARTER / 2));
        return div(sub(mul(keep, x), mul(slope(span, QUARTER), g)), sin(scale(clamp(t, LEAST_TIME, 1), QUARTER)));
    }

    private static Tensor simpleEdmOfCosine(Tensor x, Tensor g, Tensor t, Tensor s) {
        Tensor span = sub(t, s);
        Tensor turned = mul(scale(span, 2), square(slope(span, QUARTER / 2)));
        return add(mul(turned, x), mul(slope(span, QUARTER), g));
    }

    /** S(a). */
    private static Tensor slope(Tensor span, double a) {
        Tensor r = sqrt(scaleShift(square(span), 1, SMALL));
        return div(sin(scale(r, a)), r);
    }
}
