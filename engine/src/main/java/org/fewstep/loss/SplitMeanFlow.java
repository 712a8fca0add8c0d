package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * SplitMeanFlow: the average velocity over a span is that of its two parts, learned without derivatives.
 *
 * <pre>
 * s      = (1 - l) t + l r,   l uniform
 * u2     = u(z_t, t, s),   z_s = z_t - (t - s) u2,   u1 = u(z_s, s, r)
 * target = sg[(1 - l) u1 + l u2],   the teacher's velocity where r = t
 * L      = mean of (u(z_t, t, r) - target)^2
 * </pre>
 *
 * <p>The identity holds for the zero velocity too, so samples with r = t must be drawn: about half. A public code trains u with
 * the end and samples with the start of a step as its base point; here it is the start, always. Without a teacher the
 * sample's own velocity stands where r = t. Checked against own F64 numbers; formulas as in primepake/splitmeanflow
 * (unofficial). Cost: one evaluation forward and backward a step, two forward, and one of the teacher.
 *
 * @paper Guo et al.: SplitMeanFlow: Interval Splitting Consistency in Few-Step Generative Modeling, 2025,
 *     arXiv:2507.16884
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class SplitMeanFlow implements Loss<SplitMeanFlow.Nets, SplitMeanFlow.Draw> {
    /**
     * The networks.
     *
     * @param student u
     * @param teacher velocity for r = t, guided or not; null for the sample's own
     */
    public record Nets(FlowMapNet student, @Nullable GuidedTeacher teacher) {
        /** Without a teacher. */
        public static Nets of(FlowMapNet student) {
            return new Nets(student, null);
        }
    }

    /**
     * The choices.
     *
     * @param times law of (t, r), some with r = t
     * @param scale guidance scale of the teacher; 1 for none
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimePairSampler times, double scale, double labelDrop, int classes) {
        public Config {
            if (!Double.isFinite(scale)) {
                throw new IllegalArgumentException(
                        "split mean flow: got guidance scale " + scale + "; expected a finite number");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, times and labels
     * @param share l (B), 0 to 1
     * @param s where the span is split (B)
     * @param on what the loss reads of these
     */
    public record Draw(PairDraw pair, double[] share, double[] s, OnDevice on) {}

    /**
     * Numbers of a draw as tensors.
     *
     * @param s (B)
     * @param stride t - s (B, 1, ..., 1)
     * @param share l (B, 1, ..., 1)
     * @param diagonal 1 where r = t, else 0 (B, 1, ..., 1)
     * @param scale of guidance (B, 1, ..., 1); null for none
     */
    public record OnDevice(
            Tensor s,
            Tensor stride,
            Tensor share,
            Tensor diagonal,
            @Nullable Tensor scale) {}

    private final Config config;
    private final PairSampling sampling;

    public SplitMeanFlow(Config config) {
        this.config = config;
        this.sampling = new PairSampling("split mean flow", config.times, config.labelDrop, config.classes);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return draw(sampling.draw(batch, rng, step), rng.stream("split").uniform(0, batch.size(), step));
    }

    /** The draw of given numbers: data and noise (B, ...), times, l (B), labels after dropout (B) or null. */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, double[] share, int @Nullable [] labels) {
        return draw(sampling.draw(x0, eps, times, labels), share);
    }

    private Draw draw(PairDraw pair, double[] share) {
        double[] s = new double[pair.size()];
        double[] stride = new double[s.length];
        double[] diagonal = new double[s.length];
        double[] scale = new double[s.length];
        Arrays.fill(scale, config.scale);
        for (int i = 0; i < s.length; i++) {
            double t = pair.t()[i];
            double r = pair.r()[i];
            if (!(0 <= share[i] && share[i] <= 1)) {
                throw new IllegalArgumentException(
                        "split mean flow: got the share " + share[i] + " of a span; expected 0 to 1");
            }
            s[i] = (1 - share[i]) * t + share[i] * r;
            stride[i] = share[i] * (t - r);
            diagonal[i] = t == r ? 1 : 0;
        }
        Tensor x0 = pair.x0();
        return new Draw(
                pair,
                share,
                s,
                new OnDevice(
                        PerSample.times(s, x0),
                        Tensor.perSample(stride, x0),
                        Tensor.perSample(share, x0),
                        Tensor.perSample(diagonal, x0),
                        config.scale == 1 ? null : Tensor.perSample(scale, x0)));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(draw.pair.inputs());
        inputs.addAll(List.of(draw.on.s, draw.on.stride, draw.on.share, draw.on.diagonal));
        Tensor scale = draw.on.scale;
        if (scale != null) {
            inputs.add(scale);
        }
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        PairDraw pair = draw.pair;
        OnDevice on = draw.on;
        FlowMapNet net = nets.student;
        Tensor t = pair.times().t();
        Tensor r = pair.times().r();
        Tensor z = pair.xt();
        GuidedTeacher teacher = nets.teacher;
        Tensor v = teacher == null ? pair.velocity() : teacher.v(z, t, on.scale, pair.cond());
        Tensor first;
        Tensor zs;
        Tensor second;
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            first = net.u(z, t, on.s, pair.cond());
            zs = sub(z, mul(on.stride, first));
            second = net.u(zs, on.s, r, pair.cond());
            Tensor whole = add(mul(scaleShift(on.share, -1, 1), second), mul(on.share, first));
            target = where(on.diagonal, v, whole);
        }
        Tensor u = net.u(z, t, r, pair.cond());
        Tensor perSample = PerSample.meanOf(square(sub(u, target)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z", z);
        parts.put("u2", first);
        parts.put("z_s", zs);
        parts.put("u1", second);
        parts.put("target", target);
        parts.put("u", u);
        return new LossResult(mean(perSample), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(sampling.slice(draw.pair, from, to), Arrays.copyOfRange(draw.share, from, to));
    }
}
