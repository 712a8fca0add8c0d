package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Improved MeanFlow: the derivative runs along the network's own velocity and joins the prediction, so the target holds no
 * network but for guidance, whose scale and interval are inputs.
 *
 * <pre>
 * v_c = v head at (z, t, t), label, scale w' on [0, 1]      w' = w for t in [t_min, t_max], else 1
 * v_n = v head at (z, t, t), null label, scale 1
 * v_g = sg[v + (1 - 1 / w') (v_c - v_n)],                   v where the label was dropped
 * V   = u + (t - r) sg[du/dt]                               du/dt along (v_c, 1, 0)
 * L   = mean of a(|V - v_g|^2) + a(|v head - v_g|^2),       a(l) = l / sg[(l + c)^p], sums over coordinates
 * </pre>
 *
 * <p>u and the v head of the loss see label, w, t_min and t_max of the sample: w on [1, 8] by a power law, t_min uniform below
 * 1/2, t_max above; samples with r = t have [0, 1]. As in {@link MeanFlow} the number of dropped labels is drawn and the first so
 * many samples lose theirs. Without classes there is no guidance, and v_g = v.
 *
 * <p>{@link Config#pixel} gives pixel MeanFlow, whose network predicts data ({@link org.fewstep.model.DataHeads}); its perceptual terms
 * are left out, since they need networks trained elsewhere. Checked against Lyy-iiis/imeanflow and Lyy-iiis/pMF, run in F64. Cost:
 * one evaluation with tangent, one backward pass, one evaluation for v_c and one for v_n.
 *
 * @paper Geng, Lu, Wu, Shechtman, Kolter, He: Improved Mean Flows: On the Challenges of Fastforward Generative Models, 2025,
 *     arXiv:2512.02012
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ImprovedMeanFlow implements Loss<TwoHeadNet, ImprovedMeanFlow.Draw> {
    private static final String NAME = "improved mean flow";

    /**
     * The choices.
     *
     * @param times law of (t, r)
     * @param p exponent of the adaptive weight, at least 0; 1 as published
     * @param c added to the squared error in the weight, at least 0; 0.01 as published
     * @param scales law of w
     * @param intervals whether samples draw t_min and t_max, else [0, 1]
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     * @param noiseScale standard deviation of the noise, above 0
     * @param leastTime v is (z - x0) / max(t, leastTime), 0 to 1; 0 is eps - x0
     */
    public record Config(
            TimePairSampler times,
            double p,
            double c,
            PowerLawScales scales,
            boolean intervals,
            double labelDrop,
            int classes,
            double noiseScale,
            double leastTime) {
        public Config {
            if (!(noiseScale > 0) || !(0 <= leastTime && leastTime <= 1)) {
                throw new IllegalArgumentException(NAME + ": got noise of " + noiseScale + ", least time " + leastTime
                        + "; expected above 0, 0 to 1");
            }
        }

        /** Improved MeanFlow in latent space, with its published p and c. */
        public static Config latent(TimePairSampler times, PowerLawScales scales, double labelDrop, int classes) {
            return new Config(times, 1, 0.01, scales, true, labelDrop, classes, 1, 0);
        }

        /** Pixel MeanFlow, its noise scaled by 1, 2 or 4. */
        public static Config pixel(
                TimePairSampler times, PowerLawScales scales, double labelDrop, int classes, double noiseScale) {
            return new Config(times, 1, 0.01, scales, true, labelDrop, classes, noiseScale, 0.05);
        }
    }

    /**
     * How each sample is guided.
     *
     * @param dropped samples that lost label and guidance (B)
     * @param scale w, what the network is told (B)
     * @param from t_min (B)
     * @param to t_max (B)
     */
    public record Guided(boolean[] dropped, double[] scale, double[] from, double[] to) {
        Guided slice(int first, int last) {
            return new Guided(
                    Arrays.copyOfRange(dropped, first, last),
                    Arrays.copyOfRange(scale, first, last),
                    Arrays.copyOfRange(from, first, last),
                    Arrays.copyOfRange(to, first, last));
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, scaled noise, times and labels after dropout
     * @param labels before dropout; null without classes
     * @param guided how each sample is guided
     * @param on what the loss reads of these
     */
    public record Draw(PairDraw pair, int @Nullable [] labels, Guided guided, OnDevice on) {}

    /**
     * Numbers of a draw as tensors.
     *
     * @param velocityFactor of eps - x0 in v (B, 1, ..., 1)
     * @param push 1 - 1 / w', 0 where the label was dropped (B, 1, ..., 1); null without classes
     * @param interval of the sample
     * @param whole [0, 1]
     * @param cond label after dropout and w
     * @param own label and w'
     * @param none null label and scale 1
     */
    public record OnDevice(
            Tensor velocityFactor,
            @Nullable Tensor push,
            TwoHeadNet.Interval interval,
            TwoHeadNet.Interval whole,
            Cond cond,
            Cond own,
            Cond none) {}

    private final Config config;
    private final PairSampling sampling;
    private final AdaptiveWeight adaptive;

    public ImprovedMeanFlow(Config config) {
        this.config = config;
        this.sampling = new PairSampling(NAME, config.times, config.labelDrop, config.classes);
        this.adaptive = new AdaptiveWeight(config.p, config.c);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        int count = batch.size();
        TimePairs times = config.times.sample(rng.stream("times"), step, count);
        double[] scale = rng.stream("guidance").uniform(0, count, step);
        double[] from = rng.stream("first time").uniform(0, count, step);
        double[] to = rng.stream("last time").uniform(0, count, step);
        for (int i = 0; i < count; i++) {
            from[i] = 0.5 * from[i];
            to[i] = 0.5 + 0.5 * to[i];
        }
        return draw(
                batch,
                PairSampling.noise(batch.x0(), rng, step),
                times,
                guided(times, Labels.uniform(rng, step, count), scale, from, to));
    }

    /**
     * How samples are guided by given random numbers, each (B).
     *
     * @param uniformDrop decide how many labels are dropped
     * @param uniformScale stand for w
     * @param from t_min where r != t
     * @param to t_max where r != t
     */
    public Guided guided(TimePairs times, double[] uniformDrop, double[] uniformScale, double[] from, double[] to) {
        int count = uniformDrop.length;
        double[] scale = new double[count];
        double[] first = new double[count];
        double[] last = new double[count];
        for (int i = 0; i < count; i++) {
            boolean free = config.intervals && times.r()[i] < times.t()[i];
            scale[i] = config.scales.scale(uniformScale[i]);
            first[i] = free ? from[i] : 0;
            last[i] = free ? to[i] : 1;
        }
        return new Guided(Labels.dropLeading(uniformDrop, config.labelDrop), scale, first, last);
    }

    /** The draw of given numbers; the noise (B, ...) has standard deviation 1. */
    public Draw draw(Batch batch, Tensor unit, TimePairs times, Guided guided) {
        Tensor eps = config.noiseScale == 1 ? unit : scale(unit, config.noiseScale);
        return scaled(batch.x0(), eps, times, Labels.of(NAME, batch, config.classes), guided);
    }

    private Draw scaled(Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels, Guided guided) {
        int[] kept = Labels.without(labels, guided.dropped, config.classes);
        PairDraw pair = sampling.draw(x0, eps, times, kept);
        int count = pair.size();
        double[] factor = new double[count];
        double[] inside = new double[count];
        double[] push = new double[count];
        double[] zeros = new double[count];
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        for (int i = 0; i < count; i++) {
            double t = pair.t()[i];
            factor[i] = t < config.leastTime ? t / config.leastTime : 1;
            inside[i] = guided.from[i] <= t && t <= guided.to[i] ? guided.scale[i] : 1;
            push[i] = guided.dropped[i] ? 0 : 1 - 1 / inside[i];
        }
        boolean labelled = labels != null;
        OnDevice on = new OnDevice(
                Tensor.perSample(factor, x0),
                labelled ? Tensor.perSample(push, x0) : null,
                new TwoHeadNet.Interval(PerSample.times(guided.from, x0), PerSample.times(guided.to, x0)),
                new TwoHeadNet.Interval(PerSample.times(zeros, x0), PerSample.times(ones, x0)),
                labelled ? pair.cond().withScales(PerSample.times(guided.scale, x0)) : Cond.NONE,
                labelled ? Labels.cond(labels, config.classes, x0).withScales(PerSample.times(inside, x0)) : Cond.NONE,
                labelled ? Labels.none(config.classes, x0).withScales(PerSample.times(ones, x0)) : Cond.NONE);
        return new Draw(pair, labels, guided, on);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on;
        List<Tensor> inputs = new ArrayList<>(draw.pair.inputs());
        inputs.addAll(List.of(on.velocityFactor, on.interval.from(), on.interval.to(), on.whole.from(), on.whole.to()));
        Tensor push = on.push;
        Tensor scales = on.cond.scales();
        if (push != null && scales != null) {
            inputs.add(push);
            inputs.add(scales); // beside labels that the pair has named
            Labels.addTo(inputs, on.own);
            Labels.addTo(inputs, on.none);
        }
        return inputs;
    }

    @Override
    public LossResult loss(TwoHeadNet net, Draw draw) {
        PairDraw pair = draw.pair;
        OnDevice on = draw.on;
        Tensor t = pair.times().t();
        Tensor r = pair.times().r();
        Tensor z = pair.xt();
        Tensor v = mul(on.velocityFactor, pair.velocity());

        Tensor own;
        Tensor none = null;
        Tensor vg = v;
        try (NoGrad off = NoGrad.open()) {
            own = net.of(z, t, t, on.own, on.whole).v();
            Tensor push = on.push;
            if (push != null) {
                none = net.of(z, t, t, on.none, on.whole).v();
                vg = add(v, mul(push, sub(own, none)));
            }
        }
        AtomicReference<@Nullable Tensor> head = new AtomicReference<>();
        Tensor ones = Tensor.full(z.device(), z.dtype(), 1, t.shape());
        Dual dual = Jvp.detached(
                in -> {
                    TwoHeadNet.Heads heads = net.of(in[0], in[1], r, on.cond, on.interval);
                    head.set(heads.v().primal());
                    return heads.u();
                },
                new Tensor[] {z, t},
                new @Nullable Tensor[] {own, ones});
        Tensor u = dual.value();
        Tensor dudt = Jvp.tangentOrZero(dual);
        Tensor vHead = Objects.requireNonNull(head.get());
        Tensor whole = add(u, mul(pair.span(), dudt));

        Tensor ofU = PerSample.sumOf(square(sub(whole, vg)));
        Tensor ofV = PerSample.sumOf(square(sub(vHead, vg)));
        Tensor perSample = add(mul(ofU, adaptive.of(ofU)), mul(ofV, adaptive.of(ofV)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z", z);
        parts.put("v_t", v);
        parts.put("v_c_tangent", own);
        if (none != null) {
            parts.put("v_u", none);
        }
        parts.put("v_guided", vg);
        parts.put("u", u);
        parts.put("dudt", dudt);
        parts.put("V", whole);
        parts.put("v_head", vHead);
        parts.put("loss_u_per_sample", ofU);
        parts.put("loss_v_per_sample", ofV);
        return new LossResult(mean(perSample), mean(stopGradient(ofU)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        PairDraw part = sampling.slice(draw.pair, from, to);
        return scaled(
                part.x0(),
                part.eps(),
                new TimePairs(part.t(), part.r()),
                Labels.slice(draw.labels, from, to),
                draw.guided.slice(from, to));
    }
}
