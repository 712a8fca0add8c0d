package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Terminal velocity matching: a map's end moves as the velocity where it lands, and that velocity is matched beside it.
 *
 * <pre>
 * X(x_t, t, r) = x_t - (t - r) u(x_t, t, r)
 * L_end  = |dX/dr - u'(sg[X], r, r)|^2                              u' the student's average, a constant
 * L_flow = |u(x_s, s, s) - (w (eps - x0) + (1 - w) u'_0(x_s, s, s))|^2    u'_0 without label; s of the same data and noise
 * L      = (L_end + L_flow) / w^2,    means over coordinates; w = 1 where the label was dropped
 * </pre>
 *
 * <p>It is {@link LagrangianMatching}'s equation with both terms on every sample, the landing point and its velocity held, the latter
 * an average's, the guidance w of the flow inside. The gradient goes through the derivative. The form of lumalabs/tvm in which the network is
 * multiplied by w, and its scale as an input drawn at random, are left out. Formulas, laws of the times and rates as in that code,
 * read, not run. Cost: one evaluation with recorded tangent, one of u on the diagonal, one backward pass through both, one of u', two
 * with guidance.
 *
 * @paper Zhou, Parger, Haque, Song: Terminal Velocity Matching, 2025, arXiv:2511.19797
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TerminalVelocity implements Loss<TerminalVelocity.Nets, TerminalVelocity.Draw> {
    private static final String NAME = "terminal velocity";

    /**
     * The networks.
     *
     * @param student u
     * @param average u': an average of the student, or the student itself
     */
    public record Nets(FlowMapNet student, FlowMapNet average) {}

    /**
     * The choices.
     *
     * @param pairs law of (t, r)
     * @param times law of s
     * @param omega guidance scale w, at least 1; 1 is none
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimePairSampler pairs, TimeSampler times, double omega, double labelDrop, int classes) {
        public Config {
            if (!(omega >= 1) || Double.isInfinite(omega) || (omega != 1 && classes == 0)) {
                throw new IllegalArgumentException(NAME + ": got guidance scale " + omega + " and " + classes
                        + " classes; expected a finite scale of at least 1, and 1 without classes");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, times t and r, labels after dropout
     * @param s times of the velocity (B)
     * @param at the path at s
     * @param guidance null for none
     */
    public record Draw(
            PairDraw pair,
            double[] s,
            PathColumns at,
            @Nullable Guidance guidance) {}

    /**
     * The guidance of a step.
     *
     * @param scale w (B, 1, ..., 1)
     * @param rest 1 - w (B, 1, ..., 1)
     * @param weight 1 / w^2 (B)
     * @param none no label
     */
    public record Guidance(Tensor scale, Tensor rest, Tensor weight, Cond none) {}

    private final Config config;
    private final PairSampling sampling;

    public TerminalVelocity(Config config) {
        this.config = config;
        this.sampling = new PairSampling(NAME, config.pairs, config.labelDrop, config.classes);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return draw(sampling.draw(batch, rng, step), config.times.sample(rng.stream("velocity"), step, batch.size()));
    }

    /** The draw of given numbers: data and noise (B, ...), times, s (B), labels after dropout (B) or null. */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, double[] s, int @Nullable [] labels) {
        return draw(sampling.draw(x0, eps, times, labels), s);
    }

    private Draw draw(PairDraw pair, double[] s) {
        return new Draw(pair, s, PathColumns.of(LinearPath.NOISE_AT_ONE, s, pair.x0()), guidance(pair));
    }

    private @Nullable Guidance guidance(PairDraw pair) {
        int[] labels = pair.labels();
        if (config.omega == 1 || labels == null) {
            return null;
        }
        double[] scale = new double[labels.length];
        double[] rest = new double[labels.length];
        double[] weight = new double[labels.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = labels[i] == config.classes ? 1 : config.omega;
            rest[i] = 1 - scale[i];
            weight[i] = 1 / (scale[i] * scale[i]);
        }
        Tensor x0 = pair.x0();
        return new Guidance(
                Tensor.perSample(scale, x0),
                Tensor.perSample(rest, x0),
                PerSample.times(weight, x0),
                Labels.none(config.classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(draw.pair.inputs());
        inputs.addAll(draw.at.tensors());
        Guidance guidance = draw.guidance;
        if (guidance != null) {
            inputs.addAll(List.of(guidance.scale, guidance.rest, guidance.weight));
            Labels.addTo(inputs, guidance.none);
        }
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        PairDraw pair = draw.pair;
        Tensor t = pair.times().t();
        Tensor r = pair.times().r();
        Tensor s = draw.at.t();
        Tensor xt = pair.xt();
        Dual u = MapDerivative.inEnd(nets.student, xt, t, r, pair.cond());
        Tensor map = sub(xt, mul(pair.span(), u.value()));
        Tensor slope = sub(u.value(), mul(pair.span(), Jvp.tangentOrZero(u)));

        Tensor xs = draw.at.xt(pair.x0(), pair.eps());
        Tensor velocity = draw.at.velocity(pair.x0(), pair.eps());
        Guidance guidance = draw.guidance;
        Tensor landed;
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            landed = nets.average.v(map.stopGradient(), r, pair.cond());
            target = guidance == null
                    ? velocity
                    : add(mul(guidance.scale, velocity), mul(guidance.rest, nets.average.v(xs, s, guidance.none)));
        }
        Tensor v = nets.student.v(xs, s, pair.cond());

        Tensor ofEnd = PerSample.meanOf(square(sub(slope, landed)));
        Tensor ofFlow = PerSample.meanOf(square(sub(v, target)));
        Tensor both = add(ofEnd, ofFlow);
        Tensor perSample = guidance == null ? both : mul(guidance.weight, both);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("map", map);
        parts.put("d_end", slope);
        parts.put("velocity", landed);
        parts.put("target", target);
        parts.put("v", v);
        parts.put("loss_end", ofEnd);
        parts.put("loss_flow", ofFlow);
        return new LossResult(mean(perSample), mean(stopGradient(ofEnd)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(sampling.slice(draw.pair, from, to), Arrays.copyOfRange(draw.s, from, to));
    }
}
