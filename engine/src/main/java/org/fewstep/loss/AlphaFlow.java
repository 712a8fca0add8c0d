package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * alpha-Flow: the average velocity is learned from a step of the share alpha of its span, which leads from flow matching along
 * straight lines at 1 to MeanFlow at 0.
 *
 * <pre>
 * s      = t - alpha (t - r),   z_s = z_t - alpha (t - r) v
 * target = sg[alpha v + (1 - alpha) u(z_s, s, r)]            0 &lt; alpha
 * target = sg[v - (t - r) du/dt]                             alpha = 0
 * l      = mean over coordinates of (u(z_t, t, r) - target)^2
 * L      = mean over the batch of alpha l / sg[l + c]        without alpha where it is 0
 * </pre>
 *
 * <p>Samples with r = t learn v with the full weight at every alpha. Targets may be clipped. MeanFlow is trajectory flow
 * matching and trajectory consistency at once, whose gradients are at odds; the schedule brings in the second after the
 * first. Formulas read from snap-research/alphaflow, which keeps those samples first in the batch; here they may lie anywhere.
 * Cost: one evaluation forward and backward a step, and one forward; at alpha = 0 as MeanFlow.
 *
 * @paper Zhang, Siarohin, Menapace, Vasilkovsky, Tulyakov, Qu, Skorokhodov: AlphaFlow: Understanding and Improving MeanFlow
 *     Models, 2025, arXiv:2510.20771
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class AlphaFlow implements Loss<FlowMapNet, AlphaFlow.Draw> {
    private static final FlowDerivative ALONG_THE_FLOW = new FlowDerivative.ForwardMode();

    /**
     * The choices.
     *
     * @param times law of (t, r)
     * @param schedule of alpha
     * @param c added to the error in the weight, at least 0
     * @param most absolute value that a target may have, above 0; 4 as published for the largest model, infinite for none
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            TimePairSampler times, AlphaSchedule schedule, double c, double most, double labelDrop, int classes) {
        public Config {
            if (!(c >= 0) || !(most > 0)) {
                throw new IllegalArgumentException(
                        "alpha flow: got c " + c + ", targets to " + most + "; expected at least 0, above 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, times and labels
     * @param alpha of the step, 0 to 1
     * @param s middle times (B)
     * @param on what the loss reads of alpha
     */
    public record Draw(PairDraw pair, double alpha, double[] s, OnDevice on) {}

    /**
     * Numbers of a draw as tensors; alpha is 1 for samples with r = t.
     *
     * @param s middle times (B)
     * @param stride t - s (B, 1, ..., 1)
     * @param share alpha (B, 1, ..., 1)
     * @param weight alpha (B)
     */
    public record OnDevice(Tensor s, Tensor stride, Tensor share, Tensor weight) {}

    private final Config config;
    private final PairSampling sampling;
    private final AdaptiveWeight adaptive;

    public AlphaFlow(Config config) {
        this.config = config;
        this.sampling = new PairSampling("alpha flow", config.times, config.labelDrop, config.classes);
        this.adaptive = new AdaptiveWeight(1, config.c);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return draw(sampling.draw(batch, rng, step), config.schedule.at(step));
    }

    /** The draw of given numbers: data and noise (B, ...), times, alpha, labels after dropout (B) or null. */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, double alpha, int @Nullable [] labels) {
        return draw(sampling.draw(x0, eps, times, labels), alpha);
    }

    private Draw draw(PairDraw pair, double alpha) {
        if (!(0 <= alpha && alpha <= 1)) {
            throw new IllegalArgumentException("alpha flow: got alpha " + alpha + "; expected 0 to 1");
        }
        double[] s = new double[pair.size()];
        double[] stride = new double[s.length];
        double[] share = new double[s.length];
        for (int i = 0; i < s.length; i++) {
            double span = pair.t()[i] - pair.r()[i];
            share[i] = span == 0 ? 1 : alpha;
            stride[i] = share[i] * span;
            s[i] = pair.t()[i] - stride[i];
        }
        Tensor x0 = pair.x0();
        return new Draw(
                pair,
                alpha,
                s,
                new OnDevice(
                        PerSample.times(s, x0),
                        Tensor.perSample(stride, x0),
                        Tensor.perSample(share, x0),
                        PerSample.times(share, x0)));
    }

    /** At alpha = 0 fewer tensors, since it is another computation. */
    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(draw.pair.inputs());
        if (draw.alpha > 0) {
            inputs.addAll(List.of(draw.on.s, draw.on.stride, draw.on.share, draw.on.weight));
        }
        return inputs;
    }

    @Override
    public LossResult loss(FlowMapNet net, Draw draw) {
        PairDraw pair = draw.pair;
        Tensor z = pair.xt();
        Tensor v = pair.velocity();
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z", z);
        Tensor u;
        Tensor target;
        if (draw.alpha == 0) {
            Dual dual = ALONG_THE_FLOW.along(net, z, v, pair.times(), pair.cond());
            u = dual.value();
            target = stopGradient(sub(v, mul(pair.span(), Jvp.tangentOrZero(dual))));
        } else {
            Tensor zs = sub(z, mul(draw.on.stride, v));
            Tensor next;
            try (NoGrad off = NoGrad.open()) {
                next = net.u(zs, draw.on.s, pair.times().r(), pair.cond());
            }
            target = add(mul(draw.on.share, v), mul(scaleShift(draw.on.share, -1, 1), next));
            u = net.u(z, pair.times().t(), pair.times().r(), pair.cond());
            parts.put("z_s", zs);
            parts.put("u_next", next);
        }
        Tensor clipped = Double.isInfinite(config.most) ? target : clamp(target, -config.most, config.most);
        Tensor l = PerSample.meanOf(square(sub(u, clipped)));
        Tensor weight = draw.alpha == 0 ? adaptive.of(l) : mul(draw.on.weight, adaptive.of(l));
        Tensor perSample = mul(l, weight);

        parts.put("target", target);
        parts.put("target_clipped", clipped);
        parts.put("pred", u);
        parts.put("loss_per_sample", l);
        parts.put("weight", weight);
        return new LossResult(mean(perSample), mean(stopGradient(l)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(sampling.slice(draw.pair, from, to), draw.alpha);
    }
}
