package org.fewstep.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the two distillation losses of Align Your Flow share: a student f(x_t, t, s) = x_t + (s - t) F(x_t, t, s), a teacher's
 * velocity guided by a scale that is drawn for each sample and that the student gets as an input, and a warm-up.
 */
public abstract class AlignYourFlow implements Loss<AlignYourFlow.Nets, AlignYourFlow.Draw> {
    static final FlowDerivative ALONG_THE_FLOW = new FlowDerivative.ForwardMode();

    /**
     * The networks.
     *
     * @param student F
     * @param teacher velocity of the flow, with what it is guided by
     */
    public record Nets(FlowMapNet student, GuidedTeacher teacher) {}

    /**
     * The choices.
     *
     * @param times law of (t, s); {@link org.fewstep.path.SpanPairs} as published
     * @param least least guidance scale, 1 where there is none
     * @param most greatest guidance scale; 3 as published; above least the student takes the scale as an input
     * @param warmupSteps steps over which the derivative of F reaches its size, at least 0
     * @param mostWarmup what r rises to, 0 to 1; 0.99 as published
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            TimePairSampler times,
            double least,
            double most,
            int warmupSteps,
            double mostWarmup,
            double labelDrop,
            int classes) {
        public Config {
            if (!(least <= most) || warmupSteps < 0 || !(0 <= mostWarmup && mostWarmup <= 1)) {
                throw new IllegalArgumentException("align your flow: got scales " + least + " to " + most + ", "
                        + warmupSteps + " steps of warm-up to " + mostWarmup
                        + "; expected rising scales, at least 0 steps, 0 to 1");
            }
        }

        /** Without guidance and labels. */
        public Config(TimePairSampler times, int warmupSteps, double mostWarmup) {
            this(times, 1, 1, warmupSteps, mostWarmup, 0, 0);
        }

        /** r at a training step. */
        public double warmup(int step) {
            return warmupSteps == 0 ? mostWarmup : Math.min(mostWarmup, (double) step / warmupSteps);
        }

        boolean isGuided() {
            return least != 1 || most != 1;
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, times (t, s) and labels
     * @param scales of guidance (B); null without
     * @param warmup r
     * @param warmSpan r (t - s) (B, 1, ..., 1)
     * @param scaleColumn the scales (B, 1, ..., 1); null without
     * @param cond what the student is conditioned on
     */
    public record Draw(
            PairDraw pair,
            double @Nullable [] scales,
            double warmup,
            Tensor warmSpan,
            @Nullable Tensor scaleColumn,
            Cond cond) {}

    private final Config config;
    private final PairSampling sampling;

    AlignYourFlow(String name, Config config) {
        this.config = config;
        this.sampling = new PairSampling(name, config.times, config.labelDrop, config.classes);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        double[] scales =
                config.isGuided() ? new GuidanceLaw(config.least, config.most).sample(rng, step, batch.size()) : null;
        return draw(sampling.draw(batch, rng, step), scales, config.warmup(step));
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param times t and s
     * @param scales of guidance (B), or null
     * @param warmup r, 0 to 1
     * @param labels after dropout (B), or null
     */
    public Draw draw(
            Tensor x0,
            Tensor eps,
            TimePairs times,
            double @Nullable [] scales,
            double warmup,
            int @Nullable [] labels) {
        return draw(sampling.draw(x0, eps, times, labels), scales, warmup);
    }

    private Draw draw(PairDraw pair, double @Nullable [] scales, double warmup) {
        if ((scales != null) != config.isGuided()) {
            throw new IllegalArgumentException("align your flow: got " + (scales == null ? "no" : "some")
                    + " guidance scales and a law from " + config.least + " to " + config.most
                    + "; expected scales exactly where it is not 1");
        }
        double[] warmSpan = new double[pair.size()];
        for (int i = 0; i < warmSpan.length; i++) {
            warmSpan[i] = warmup * (pair.t()[i] - pair.r()[i]);
        }
        Tensor x0 = pair.x0();
        return new Draw(
                pair,
                scales,
                warmup,
                Tensor.perSample(warmSpan, x0),
                scales == null ? null : Tensor.perSample(scales, x0),
                scales != null && config.most > config.least
                        ? pair.cond().withScales(PerSample.times(scales, x0))
                        : pair.cond());
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(draw.pair.inputs());
        inputs.add(draw.warmSpan);
        Tensor scales = draw.scaleColumn;
        Tensor asInput = draw.cond.scales();
        if (scales != null) {
            inputs.add(scales);
        }
        if (asInput != null) {
            inputs.add(asInput);
        }
        return inputs;
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        double[] scales = draw.scales;
        return draw(
                sampling.slice(draw.pair, from, to),
                scales == null ? null : Arrays.copyOfRange(scales, from, to),
                draw.warmup);
    }
}
