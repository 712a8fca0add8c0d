package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.solver.ErSde;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * SCott: consistency distillation in which the teacher takes several steps of an SDE solver, with an adversarial term.
 *
 * <pre>
 * z_t  = x0 + t z,   h even steps from t to r:
 * z_b  = q z_a + (1 - q) D(z_a, a) + sqrt(b^2 - a^2 q^2) xi,   q = phi(b) / phi(a)
 * L    = E d(f(z_t, t), sg f_target(z_r, r)) + lambda E g(C(x0, t), C(f(z_t, t), t))
 * </pre>
 *
 * <p>phi(u) = u is the ODE, u^(1 + eta^2) an SDE with eta times the noise of the reverse process, and {@link ErSde.NoiseScale}
 * has others. C is a discriminator's logit and g its generator's loss; {@link DiscriminatorLoss} trains it on {@link #predictions}.
 *
 * <p>With a squared distance and a noisy teacher the minimiser is f(x, t) = E[x_0 | x_t] under that SDE, not a sample: at eta = 1
 * the posterior mean, so that one step collapses to a blur. The adversarial term, a small eta and a pseudo-Huber distance work
 * against that. The method was published without code; the family of SDEs and the even steps in time are readings of the
 * paper. Cost: one evaluation forward and backward a step, one of the target, h of the teacher, one of the discriminator.
 *
 * @paper Liu et al.: SCott: Accelerating Diffusion Models with Stochastic Consistency Distillation, 2024, arXiv:2403.01505
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class StochasticConsistency implements Loss<StochasticConsistency.Nets, StochasticConsistency.Draw> {
    private static final String NAME = "stochastic consistency";

    /**
     * The networks.
     *
     * @param student consistency function f
     * @param target its average
     * @param teacher denoiser D(x, sigma)
     * @param critic C; null without the adversarial term
     */
    public record Nets(
            PredictionNet student,
            PredictionNet target,
            PredictionNet teacher,
            @Nullable CriticNet critic) {}

    /** phi: what noise the teacher's steps add. */
    public sealed interface NoiseScale {
        /** q = phi(b) / phi(a) of a step from level a to b. */
        double keep(double a, double b);

        /** Variance of the noise that a step from level a to b adds, b^2 - a^2 q^2. */
        default double variance(double a, double b) {
            double kept = a * keep(a, b);
            return Math.max(0, b * b - kept * kept);
        }

        /**
         * u^(1 + eta^2): eta times the noise of the reverse process.
         *
         * @param eta at least 0; 0 is the ODE
         */
        record Eta(double eta) implements NoiseScale {
            public Eta {
                if (!(eta >= 0) || Double.isInfinite(eta)) {
                    throw new IllegalArgumentException(
                            NAME + ": got eta " + eta + "; expected a finite number of at least 0");
                }
            }

            @Override
            public double keep(double a, double b) {
                return Math.pow(b / a, 1 + eta * eta);
            }

            /** b^2 (1 - (b / a)^(2 eta^2)), exactly 0 for the ODE. */
            @Override
            public double variance(double a, double b) {
                return -b * b * Math.expm1(2 * eta * eta * Math.log(b / a));
            }
        }

        /** One of extended reverse-time SDE solvers. */
        record Extended(ErSde.NoiseScale scale) implements NoiseScale {
            @Override
            public double keep(double a, double b) {
                return scale.at(b) / scale.at(a);
            }
        }
    }

    /**
     * The choices.
     *
     * @param pairs law of the levels t &gt; r
     * @param noise phi
     * @param steps h, at least 1; 3 as published
     * @param distance of the consistency term
     * @param adversarial g and lambda, 0.4 as published; counts where there is a discriminator
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            TimePairSampler pairs,
            NoiseScale noise,
            int steps,
            Distance distance,
            GeneratorTerm adversarial,
            double labelDrop,
            int classes) {
        public Config {
            if (steps < 1) {
                throw new IllegalArgumentException(NAME + ": got " + steps + " steps; expected at least 1");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, levels and labels
     * @param noises of the teacher's steps, each (B, ...)
     * @param columns what the steps read of the levels
     * @param weight lambda ()
     * @param critic levels at which the discriminator sees samples; null for their own
     */
    public record Draw(
            ConsistencyLoss.Draw pair,
            List<Tensor> noises,
            List<Tensor> columns,
            Tensor weight,
            CriticLevels.@Nullable Draw critic) {
        public Draw {
            noises = List.copyOf(noises);
            columns = List.copyOf(columns);
        }
    }

    /** Tensors of a step in {@link Draw#columns}: level (B), q, 1 - q and the noise's factor (B, 1, ..., 1). */
    private static final int COLUMNS = 4;

    private final Config config;
    private final ConsistencyTraining pairs;

    public StochasticConsistency(Config config) {
        this.config = config;
        this.pairs = new ConsistencyTraining(new ConsistencyLoss.Config(
                config.pairs, config.distance, new PairWeight.Uniform(), config.labelDrop, config.classes));
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        List<Tensor> noises = new ArrayList<>();
        for (int j = 0; j < config.steps; j++) {
            Rng own = rng.stream("teacher noise").stream(j);
            noises.add(Noise.normal(x0.device(), x0.dtype(), own, 0, step, x0.shape()));
        }
        return draw(
                pairs.draw(batch, rng, step),
                noises,
                config.adversarial.weightAt(step),
                config.adversarial.draw(batch, rng, step));
    }

    /** The draw of given numbers: data, noise and the teacher's noises (B, ...), levels (B), labels (B) or null. */
    public Draw draw(Tensor x0, Tensor z, TimePairs levels, List<Tensor> noises, int @Nullable [] labels) {
        return draw(pairs.draw(x0, z, levels, labels), noises, config.adversarial.weight(), null);
    }

    private Draw draw(
            ConsistencyLoss.Draw pair, List<Tensor> noises, double weight, CriticLevels.@Nullable Draw critic) {
        if (noises.size() != config.steps) {
            throw new IllegalArgumentException(NAME + ": got " + noises.size() + " noises for " + config.steps
                    + " steps of the teacher; expected one a step");
        }
        List<Tensor> columns = new ArrayList<>();
        for (int j = 0; j < config.steps; j++) {
            double[] a = levels(pair, j);
            double[] b = levels(pair, j + 1);
            double[] keep = new double[a.length];
            double[] data = new double[a.length];
            double[] noise = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                keep[i] = config.noise.keep(a[i], b[i]);
                data[i] = 1 - keep[i];
                noise[i] = Math.sqrt(config.noise.variance(a[i], b[i]));
            }
            columns.add(PerSample.times(a, pair.x0()));
            columns.add(Tensor.perSample(keep, pair.x0()));
            columns.add(Tensor.perSample(data, pair.x0()));
            columns.add(Tensor.perSample(noise, pair.x0()));
        }
        Tensor x0 = pair.x0();
        return new Draw(pair, noises, columns, Tensor.full(x0.device(), x0.dtype(), weight, Shape.of()), critic);
    }

    /** Levels after j of the even steps from t to r. */
    private double[] levels(ConsistencyLoss.Draw pair, int j) {
        double[] at = new double[pair.t().length];
        for (int i = 0; i < at.length; i++) {
            at[i] = pair.t()[i] + (pair.r()[i] - pair.t()[i]) * j / config.steps;
        }
        return at;
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(pairs.inputs(draw.pair));
        inputs.addAll(draw.noises);
        inputs.addAll(draw.columns);
        inputs.add(draw.weight);
        return GeneratorTerm.with(inputs, draw.critic);
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        ConsistencyLoss.OnDevice on = draw.pair.on();
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Tensor zt = draw.pair.xt();
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Tensor z = zt;
            for (int j = 0; j < config.steps; j++) {
                List<Tensor> at = draw.columns.subList(COLUMNS * j, COLUMNS * (j + 1));
                Tensor mean = add(mul(at.get(1), z), mul(at.get(2), nets.teacher.of(z, at.get(0), on.cond())));
                z = mulAdd(at.get(3), draw.noises.get(j), mean);
                parts.put("z_" + (j + 1), z);
            }
            parts.put("z_r", z);
            target = nets.target.of(z, on.r(), on.cond());
        }
        Tensor f = nets.student.of(zt, on.t(), on.cond());
        Tensor consistency = config.distance.of(f, target);
        parts.put("f", f);
        parts.put("target", target);
        parts.put("consistency", consistency);
        Tensor perSample = consistency;
        if (nets.critic != null) {
            Tensor adversarial = config.adversarial.of(nets.critic, draw.pair.x0(), f, draw.critic, on.t(), on.cond());
            parts.put("adversarial", adversarial);
            perSample = mulAdd(draw.weight, adversarial, consistency);
        }
        return new LossResult(mean(perSample), mean(Ops.stopGradient(consistency)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        ConsistencyLoss.Draw pair = draw.pair;
        List<Tensor> noises =
                draw.noises.stream().map(n -> Ops.slice(n, 0, from, to)).toList();
        CriticLevels.Draw critic = draw.critic == null ? null : draw.critic.slice(from, to);
        Draw part = draw(pairs.slice(pair, from, to), noises, 0, critic);
        return new Draw(part.pair, part.noises, part.columns, draw.weight, critic);
    }

    /** The predictions f(z_t, t) of a student on draws of its own, for the discriminator's loss. */
    public Generated<?> predictions(PredictionNet student) {
        return new Predictions(student, pairs);
    }

    private record Predictions(PredictionNet student, ConsistencyTraining pairs)
            implements Generated<ConsistencyLoss.Draw> {
        @Override
        public ConsistencyLoss.Draw draw(Batch batch, Rng rng, int step) {
            return pairs.draw(batch, rng, step);
        }

        @Override
        public Pairs of(ConsistencyLoss.Draw draw) {
            ConsistencyLoss.OnDevice on = draw.on();
            return new Pairs(draw.x0(), student.of(draw.xt(), on.t(), on.cond()), on.t(), on.cond());
        }

        @Override
        public List<Tensor> inputs(ConsistencyLoss.Draw draw) {
            return pairs.inputs(draw);
        }

        @Override
        public ConsistencyLoss.Draw slice(ConsistencyLoss.Draw draw, int from, int to) {
            return pairs.slice(draw, from, to);
        }
    }
}
