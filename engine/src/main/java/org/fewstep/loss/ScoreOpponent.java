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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathColumns;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What is trained beside the student of {@link ScoreDistillation}: a fake score network by denoising on the student's samples x, a
 * discriminator of noised samples on the features of a network, or both.
 *
 * <pre>
 * L = E w(t) |F(x_t, t) - target|^2 + lambda E [d(C(real_t'', t''), C(x_t', t')) + R]
 * R = gamma (C(real_t'', t'') - C(real + s n, t''))^2
 * </pre>
 *
 * <p>The student gets no gradient. R is the approximate R1 of FastGen, whose second evaluation sees data without the noise of t'',
 * as published. The fake score network sees all times, also those at which the student is not judged. Cost: the student's samples
 * forward, each network forward and backward.
 *
 * @paper Yin et al.: Improved Distribution Matching Distillation, 2024, arXiv:2405.14867; Sauer et al.: Fast High-Resolution Image
 *     Synthesis with Latent Adversarial Diffusion Distillation, 2024, arXiv:2403.12015
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ScoreOpponent implements Loss<ScoreOpponent.Nets, ScoreOpponent.Draw> {
    private static final String NAME = "score opponent";

    /**
     * The networks.
     *
     * @param fake null to train the discriminator alone
     * @param critic C; null without one
     */
    public record Nets(
            @Nullable PredictionNet fake, @Nullable CriticNet critic) {}

    /**
     * How the fake score network is trained.
     *
     * @param prediction what it predicts
     * @param weight w
     * @param times law of t
     * @param sum over the coordinates of a sample, as SiD has it, or else mean
     * @param factor of the loss, above 0
     */
    public record Denoising(
            Prediction prediction, DenoisingWeight weight, TimeSampler times, boolean sum, double factor) {
        public Denoising {
            if (!(factor > 0) || Double.isInfinite(factor)) {
                throw new IllegalArgumentException(
                        NAME + ": got factor " + factor + "; expected a finite number above 0");
            }
        }

        /** Mean over coordinates, factor 1. */
        public Denoising(Prediction prediction, DenoisingWeight weight, TimeSampler times) {
            this(prediction, weight, times, false, 1);
        }
    }

    /**
     * How the discriminator is trained.
     *
     * @param adversarial d
     * @param weight lambda, above 0
     * @param times law of t' and t''; null where both are t and the noise is that of t
     * @param shared whether t'' is t' with the same noise
     * @param gamma at least 0; 0 leaves R out
     * @param noise s
     * @param weighted SiDA's: half of d's batch mean, times w of each sample
     */
    public record Judging(
            Adversarial adversarial,
            double weight,
            @Nullable TimeSampler times,
            boolean shared,
            double gamma,
            double noise,
            boolean weighted) {
        public Judging {
            if (!(weight > 0) || !(gamma >= 0) || !(noise >= 0) || Double.isInfinite(weight + gamma + noise)) {
                throw new IllegalArgumentException(NAME + ": got weight " + weight + ", gamma " + gamma + ", noise "
                        + noise + "; expected finite numbers, the first above 0, the others at least 0");
            }
        }

        /** d alone with levels of their own. */
        public Judging(Adversarial adversarial, double weight, TimeSampler times) {
            this(adversarial, weight, times, false, 0, 0, false);
        }
    }

    /**
     * The choices.
     *
     * @param schedule on which samples are noised
     * @param steps of the student
     * @param denoising null to train the discriminator alone
     * @param judging null without a discriminator
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            NoiseSchedule schedule,
            StudentSteps steps,
            @Nullable Denoising denoising,
            @Nullable Judging judging,
            int classes) {
        public Config {
            if (denoising == null && judging == null) {
                throw new IllegalArgumentException(
                        NAME + ": got nothing to train; expected a fake score network, a" + " discriminator or both");
            }
            if (denoising == null && judging != null && (judging.times == null || judging.weighted)) {
                throw new IllegalArgumentException(
                        NAME + ": got a discriminator with the times or weight of a fake score"
                                + " network, but no such network; expected times of its own, without weight");
            }
        }
    }

    /**
     * Times with noise, one a sample.
     *
     * @param t (B)
     * @param eps (B, ...)
     * @param at the schedule there
     */
    public record Level(double[] t, Tensor eps, PathColumns at) {
        Tensor noised(Tensor x0) {
            return at.xt(x0, eps);
        }

        private List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(List.of(eps));
            all.addAll(at.tensors());
            return all;
        }
    }

    /**
     * The randomness of a step.
     *
     * @param start of the student
     * @param denoising noise, times and weights of the fake score network, with real samples for data; null without one
     * @param real samples (B, ...)
     * @param ofFake t' (B); null without a discriminator
     * @param ofReal t'' (B); null without a discriminator
     * @param n noise of R (B, ...); null without one
     * @param labels of the samples (B), or null
     * @param cond the labels on the device
     */
    public record Draw(
            StudentSteps.Start start,
            DenoisingScoreMatching.@Nullable Draw denoising,
            Tensor real,
            @Nullable Level ofFake,
            @Nullable Level ofReal,
            @Nullable Tensor n,
            int @Nullable [] labels,
            Cond cond) {}

    private final Config config;
    private final PredictionNet student;
    private final @Nullable DenoisingScoreMatching denoising;

    /**
     * The loss.
     *
     * @param student makes the samples
     */
    public ScoreOpponent(Config config, PredictionNet student) {
        this.config = config;
        this.student = student;
        Denoising how = config.denoising;
        this.denoising = how == null
                ? null
                : new DenoisingScoreMatching(
                        config.schedule,
                        how.prediction,
                        how.weight,
                        new FlowMatching.Config(how.times, 0, config.classes));
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        StudentSteps.Start start = config.steps.draw(x0, rng, step);
        DenoisingScoreMatching.Draw fake = denoising == null ? null : denoising.draw(batch, rng.stream("fake"), step);
        Judging judging = config.judging;
        Level ofFake = null;
        Level ofReal = null;
        Tensor n = null;
        if (judging != null) {
            TimeSampler times = judging.times;
            ofFake = times == null ? levelOf(fake) : level(batch, times, rng.stream("critic"), step);
            ofReal = judging.shared
                    ? ofFake
                    : level(batch, times == null ? denoisingTimes() : times, rng.stream("real"), step);
            n = judging.gamma == 0 ? null : normal(x0, rng.stream("penalty"), step);
        }
        int[] labels = Labels.of(NAME, batch, config.classes);
        return new Draw(start, fake, x0, ofFake, ofReal, n, labels, Labels.cond(labels, config.classes, x0));
    }

    private TimeSampler denoisingTimes() {
        return Objects.requireNonNull(config.denoising).times;
    }

    private Level level(Batch batch, TimeSampler times, Rng rng, int step) {
        return level(
                times.sample(rng.stream("times"), step, batch.size()), normal(batch.x0(), rng.stream("noise"), step));
    }

    private static Tensor normal(Tensor like, Rng rng, int step) {
        return Noise.normal(like.device(), like.dtype(), rng, 0, step, like.shape());
    }

    /** The level of given times (B) and noise (B, ...). */
    public Level level(double[] t, Tensor eps) {
        return new Level(t, eps, PathColumns.of(config.schedule, t, eps));
    }

    private static Level levelOf(DenoisingScoreMatching.@Nullable Draw fake) {
        FlowMatching.Draw sample = Objects.requireNonNull(fake).sample();
        return new Level(sample.t(), sample.eps(), sample.at());
    }

    /**
     * The draw of given numbers.
     *
     * @param t times of the fake score network (B), with noise eps (B, ...); null without one
     * @param real samples (B, ...); not read without a discriminator
     * @param ofFake t' and its noise; null for those of the fake score network, or without a discriminator
     * @param ofReal t'' and its noise, not read where shared; null without a discriminator
     * @param n noise of R (B, ...), or null
     * @param labels (B) or null
     */
    public Draw draw(
            StudentSteps.Start start,
            @Nullable Level t,
            Tensor real,
            @Nullable Level ofFake,
            @Nullable Level ofReal,
            @Nullable Tensor n,
            int @Nullable [] labels) {
        DenoisingScoreMatching.Draw fake =
                denoising == null || t == null ? null : denoising.draw(real, t.eps, t.t, labels);
        Level own = ofFake == null && config.judging != null ? levelOf(fake) : ofFake;
        Level other = config.judging != null && config.judging.shared ? own : ofReal;
        return new Draw(start, fake, real, own, other, n, labels, Labels.cond(labels, config.classes, real));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        if (!config.steps.recordable()) {
            return List.of();
        }
        List<Tensor> inputs = new ArrayList<>(draw.start.tensors());
        inputs.add(draw.real);
        if (draw.denoising != null && denoising != null) {
            inputs.addAll(denoising.inputs(draw.denoising));
        }
        if (draw.ofFake != null) {
            inputs.addAll(draw.ofFake.tensors());
        }
        if (draw.ofReal != null) {
            inputs.addAll(draw.ofReal.tensors());
        }
        if (draw.n != null) {
            inputs.add(draw.n);
        }
        Labels.addTo(inputs, draw.cond);
        // Levels may be shared.
        return List.copyOf(new LinkedHashSet<>(inputs));
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Tensor x;
        try (NoGrad off = NoGrad.open()) {
            x = config.steps.samples(student, draw.start, draw.cond);
        }
        parts.put("x", x);
        Tensor fake = null;
        if (draw.denoising != null) {
            fake = denoised(nets, draw.denoising.withData(x), parts);
        }
        Judging judging = config.judging;
        if (judging == null) {
            Tensor alone = Objects.requireNonNull(fake);
            return new LossResult(mean(alone), alone, parts);
        }
        Tensor judged = judged(judging, nets, draw, x, parts);
        Tensor perSample = fake == null ? scale(judged, judging.weight) : add(fake, scale(judged, judging.weight));
        return new LossResult(mean(perSample), mean(stopGradient(fake == null ? judged : fake)), perSample, parts);
    }

    /** w |F - target|^2 (B). */
    private Tensor denoised(Nets nets, DenoisingScoreMatching.Draw draw, Map<String, Tensor> parts) {
        DenoisingScoreMatching matching = Objects.requireNonNull(denoising);
        PredictionNet net = nets.fake;
        if (net == null) {
            throw new IllegalArgumentException(NAME + ": got no fake score network; expected the one to train");
        }
        LossResult result = matching.loss(net, draw);
        parts.putAll(result.parts());
        try (NoGrad off = NoGrad.open()) {
            Tensor error = matching.error(result.part("prediction"), draw.sample());
            parts.put("each", mul(PerSampleColumn.of(draw.weight(), error), square(error)));
        }
        Tensor perSample = result.perSample();
        Denoising how = Objects.requireNonNull(config.denoising);
        int coordinates =
                draw.sample().x0().shape().count() / draw.sample().x0().dim(0);
        Tensor fake = scale(perSample, how.sum ? how.factor * coordinates : how.factor);
        parts.put("fake", fake);
        return fake;
    }

    /** d and R (B), without lambda. */
    private Tensor judged(Judging judging, Nets nets, Draw draw, Tensor x, Map<String, Tensor> parts) {
        CriticNet critic = nets.critic;
        Level ofFake = draw.ofFake;
        Level ofReal = draw.ofReal;
        if (critic == null || ofFake == null || ofReal == null) {
            throw new IllegalArgumentException(
                    NAME + ": got no discriminator, or no levels for it; expected the one to train and its draw");
        }
        Tensor fake = critic.logits(ofFake.noised(x), ofFake.at.t(), draw.cond);
        Tensor real = critic.logits(ofReal.noised(draw.real), ofReal.at.t(), draw.cond);
        parts.put("fake logits", fake);
        parts.put("real logits", real);
        Tensor adversarial = PerSample.meanOf(judging.adversarial.discriminator(real, fake));
        if (judging.weighted) {
            Tensor weight = Objects.requireNonNull(draw.denoising).weight();
            adversarial = mul(weight, scale(mean(adversarial), 0.5));
        }
        parts.put("adversarial", adversarial);
        if (judging.gamma == 0) {
            return adversarial;
        }
        Tensor n = Objects.requireNonNull(draw.n);
        Tensor moved = critic.logits(add(draw.real, scale(n, judging.noise)), ofReal.at.t(), draw.cond);
        Tensor penalty = PerSample.meanOf(square(sub(real, moved)));
        parts.put("penalty", penalty);
        return add(adversarial, scale(penalty, judging.gamma));
    }

    @Override
    public Coupling coupling() {
        return config.judging != null && config.judging.weighted ? Coupling.BATCH : Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        if (coupling() == Coupling.BATCH) {
            throw new IllegalArgumentException(NAME + ": got a slice of a batch that shares a mean; expected all");
        }
        int[] labels = Labels.slice(draw.labels, from, to);
        return new Draw(
                config.steps.slice(draw.start, from, to),
                draw.denoising == null || denoising == null ? null : denoising.slice(draw.denoising, from, to),
                Ops.slice(draw.real, 0, from, to),
                part(draw.ofFake, from, to),
                part(draw.ofReal, from, to),
                draw.n == null ? null : Ops.slice(draw.n, 0, from, to),
                labels,
                Labels.cond(labels, config.classes, draw.real));
    }

    private @Nullable Level part(@Nullable Level level, int from, int to) {
        return level == null ? null : level(Arrays.copyOfRange(level.t, from, to), Ops.slice(level.eps, 0, from, to));
    }
}
