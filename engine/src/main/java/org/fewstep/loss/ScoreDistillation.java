package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.stopGradient;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a student of score distillation makes small: its samples with noise on them are judged by a frozen teacher, by a fake score
 * network that follows the student, and by a discriminator.
 *
 * <pre>
 * x   = G(x_start, t_start),   x_t = alpha x + sigma eps
 * L   = E term(x, x_t) + lambda E g(C(x_t', t'))
 * </pre>
 *
 * <p>The term is the method: {@link GradientTerm} of {@link Sds}, {@link Sjc}, {@link Vsd}, {@link DiffInstruct}, {@link Dmd} or
 * {@link FDistill}, or {@link ScoreIdentity}. DMD2 has DMD's and a discriminator, LADD the discriminator alone. The student may be
 * anything differentiable, also one that does not read its start. {@link ScoreOpponent} trains the other networks; only the
 * student's parameters should follow this gradient. No data is read. Cost: one evaluation of the student forward and backward, one
 * each of the networks that the term reads.
 *
 * @paper Luo et al.: Diff-Instruct: A Universal Approach for Transferring Knowledge From Pre-trained Diffusion Models, 2023,
 *     arXiv:2305.18455; the terms name theirs
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ScoreDistillation implements Loss<ScoreDistillation.Nets, ScoreDistillation.Draw> {
    private static final String NAME = "score distillation";

    /**
     * The networks.
     *
     * @param student G, gives clean data
     * @param teacher null where the term does not read it
     * @param fake null where the term does not read it
     * @param critic C, of noised samples; null without one
     */
    public record Nets(
            PredictionNet student,
            @Nullable PredictionNet teacher,
            @Nullable PredictionNet fake,
            @Nullable CriticNet critic) {}

    /**
     * A further term, on the same samples with noise of its own.
     *
     * @param term whose samples stand alone
     * @param times law of its t
     */
    public record Second(ScoreTerm term, TimeSampler times) {
        public Second {
            if (term.coupling() != Coupling.NONE) {
                throw new IllegalArgumentException(
                        NAME + ": got a second term " + term + " that couples samples; expected one that does not");
            }
        }
    }

    /**
     * The choices.
     *
     * @param schedule on which samples are noised
     * @param teacher what the teacher predicts
     * @param fake what the fake score network predicts
     * @param steps of the student
     * @param times law of t; neither alpha nor sigma may be 0 there
     * @param term the method; null for the discriminator alone
     * @param adversarial g and lambda, in any form that does not pair samples; null without a discriminator
     * @param criticTimes law of t' with noise of its own; null where t' = t with the same noise
     * @param classes number of classes K; 0 trains without labels
     * @param second a further term at a level of its own; null for none
     */
    public record Config(
            NoiseSchedule schedule,
            Prediction teacher,
            Prediction fake,
            StudentSteps steps,
            TimeSampler times,
            @Nullable ScoreTerm term,
            @Nullable GeneratorTerm adversarial,
            @Nullable TimeSampler criticTimes,
            int classes,
            @Nullable Second second) {
        public Config {
            if (term == null && second != null) {
                throw new IllegalArgumentException(NAME + ": got a second term alone; expected it as the first");
            }
            if (term == null && adversarial == null) {
                throw new IllegalArgumentException(NAME + ": got neither a term nor a discriminator; expected one");
            }
            if (adversarial != null
                    && (adversarial.adversarial() == Adversarial.RELATIVISTIC || adversarial.levels() != null)) {
                throw new IllegalArgumentException(NAME + ": got " + adversarial
                        + "; expected a generator's loss that needs no real samples, without levels of its own");
            }
        }

        /** Without a second term. */
        public Config(
                NoiseSchedule schedule,
                Prediction teacher,
                Prediction fake,
                StudentSteps steps,
                TimeSampler times,
                @Nullable ScoreTerm term,
                @Nullable GeneratorTerm adversarial,
                @Nullable TimeSampler criticTimes,
                int classes) {
            this(schedule, teacher, fake, steps, times, term, adversarial, criticTimes, classes, null);
        }

        /** Without discriminator and labels. */
        public Config(
                NoiseSchedule schedule,
                Prediction teacher,
                Prediction fake,
                StudentSteps steps,
                TimeSampler times,
                ScoreTerm term) {
            this(schedule, teacher, fake, steps, times, term, null, null, 0);
        }
    }

    /**
     * The randomness of a step.
     *
     * @param start of the student
     * @param level of the term
     * @param critic of the discriminator; null where it is that of the term
     * @param second of the second term; null without one
     * @param labels of the samples (B), or null
     * @param cond the labels on the device
     * @param weight lambda ()
     */
    public record Draw(
            StudentSteps.Start start,
            ScoreLevel level,
            @Nullable ScoreLevel critic,
            @Nullable ScoreLevel second,
            int @Nullable [] labels,
            Cond cond,
            Tensor weight) {}

    private final Config config;

    public ScoreDistillation(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        StudentSteps.Start start = config.steps.draw(batch.x0(), rng, step);
        TimeSampler critic = config.criticTimes;
        return draw(
                start,
                level(batch, config.times, rng.stream("score"), step),
                critic == null ? null : level(batch, critic, rng.stream("critic"), step),
                config.second == null ? null : level(batch, config.second.times, rng.stream("second"), step),
                Labels.of(NAME, batch, config.classes),
                config.adversarial == null ? 0 : config.adversarial.weightAt(step));
    }

    private ScoreLevel level(Batch batch, TimeSampler times, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        return level(times.sample(rng.stream("times"), step, batch.size()), eps);
    }

    /** The level of given times (B) and noise (B, ...). */
    public ScoreLevel level(double[] t, Tensor eps) {
        return level(PathCoefficients.of(config.schedule, t), t, eps);
    }

    /** The level of given points and noise (B, ...), with their times (B). */
    public ScoreLevel level(PathCoefficients at, double[] t, Tensor eps) {
        return ScoreLevel.of(at, t, eps, config.teacher, config.fake);
    }

    /** The draw of given numbers, with the adversarial term from the start. */
    public Draw draw(StudentSteps.Start start, ScoreLevel level, @Nullable ScoreLevel critic, int @Nullable [] labels) {
        return draw(start, level, critic, null, labels, config.adversarial == null ? 0 : config.adversarial.weight());
    }

    private Draw draw(
            StudentSteps.Start start,
            ScoreLevel level,
            @Nullable ScoreLevel critic,
            @Nullable ScoreLevel second,
            int @Nullable [] labels,
            double weight) {
        Tensor like = level.eps();
        return new Draw(
                start,
                level,
                critic,
                second,
                labels,
                Labels.cond(labels, config.classes, like),
                Tensor.full(like.device(), like.dtype(), weight, Shape.of()));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        if (!config.steps.recordable()
                || (config.term != null && !config.term.recordable())
                || (config.second != null && !config.second.term.recordable())) {
            return List.of();
        }
        List<Tensor> inputs = new ArrayList<>(draw.start.tensors());
        inputs.addAll(draw.level.tensors());
        if (draw.critic != null) {
            inputs.addAll(draw.critic.tensors());
        }
        if (draw.second != null) {
            inputs.addAll(draw.second.tensors());
        }
        Labels.addTo(inputs, draw.cond);
        inputs.add(draw.weight);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Tensor x = config.steps.samples(nets.student, draw.start, draw.cond);
        parts.put("x", x);
        ScorePoint point = new ScorePoint(nets, draw.level, draw.cond, x);
        Tensor adversarial = null;
        if (config.adversarial != null) {
            ScorePoint judged = draw.critic == null ? point : new ScorePoint(nets, draw.critic, draw.cond, x);
            // Before the term, which then reads the same logits.
            Tensor logits = judged.logits();
            adversarial = PerSample.meanOf(config.adversarial.adversarial().generator(logits, logits));
            parts.put("adversarial", adversarial);
        }
        ScoreTerm term = config.term;
        Tensor score = term == null ? null : term.perSample(point, parts);
        if (score != null && config.second != null) {
            ScorePoint other = new ScorePoint(nets, Objects.requireNonNull(draw.second), draw.cond, x);
            Map<String, Tensor> others = new LinkedHashMap<>();
            score = add(score, config.second.term.perSample(other, others));
            others.forEach((name, part) -> parts.put("second " + name, part));
        }
        if (score == null) {
            Tensor own = mul(draw.weight, Objects.requireNonNull(adversarial));
            return new LossResult(mean(own), own, parts);
        }
        parts.put("score", score);
        Tensor perSample = adversarial == null ? score : mulAdd(draw.weight, adversarial, score);
        return new LossResult(mean(perSample), mean(stopGradient(score)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return config.term == null ? Coupling.NONE : config.term.coupling();
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        if (coupling() == Coupling.BATCH) {
            throw new IllegalArgumentException(
                    NAME + ": got a slice of a batch that shares a normalisation; expected all");
        }
        int[] labels = Labels.slice(draw.labels, from, to);
        return new Draw(
                config.steps.slice(draw.start, from, to),
                draw.level.slice(from, to),
                draw.critic == null ? null : draw.critic.slice(from, to),
                draw.second == null ? null : draw.second.slice(from, to),
                labels,
                Labels.cond(labels, config.classes, draw.level.eps()),
                draw.weight);
    }
}
