package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Grad;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The whole objective of a consistency trajectory model: soft consistency, denoising, and an adversarial term on the estimates
 * of clean data.
 *
 * <pre>
 * L        = L_CTM + w_1 lambda_1 L_DSM + w_2 lambda_2 L_GAN
 * lambda_i = |grad_W L_CTM| / (|grad_W L_i| + 1e-4),   W the student's last layer,   or 1
 * </pre>
 *
 * <p>lambda_1 is kept in [0, 1e4], lambda_2 in [0.01, 10], and neither has a gradient. W is the last weight with its bias; the
 * reference has the weight alone. Cost: that of {@link ConsistencyTrajectory}, {@link TrajectoryDenoising} and the
 * discriminator, and for adaptive weights a backward pass to the last layer a term.
 *
 * @paper Kim et al.: Consistency Trajectory Models: Learning Probability Flow ODE Trajectory of Diffusion, 2023,
 *     arXiv:2310.02279, equations 11 and 12
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TrajectoryDistillation implements Loss<TrajectoryDistillation.Nets, TrajectoryDistillation.Draw> {
    private static final String NAME = "trajectory distillation";
    private static final double FLOOR = 1e-4;
    private static final double MOST_DENOISING = 1e4;
    private static final double LEAST_ADVERSARIAL = 0.01;
    private static final double MOST_ADVERSARIAL = 10;

    /** Where lambda comes from. */
    public enum Weighting {
        /** It is 1. */
        FIXED,
        /** Ratios of gradient norms at the last layer. */
        ADAPTIVE
    }

    /**
     * The networks.
     *
     * @param student F of G
     * @param average F of the averaged G
     * @param teacher denoiser D(x, sigma)
     * @param critic C; null without the adversarial term
     * @param lastLayer leaves of W
     */
    public record Nets(
            FlowMapNet student,
            FlowMapNet average,
            PredictionNet teacher,
            @Nullable CriticNet critic,
            List<Tensor> lastLayer) {}

    /**
     * The choices.
     *
     * @param trajectory L_CTM
     * @param denoising L_DSM
     * @param denoisingWeight w_1, at least 0; 0 leaves the term out
     * @param adversarial w_2 and L_GAN; counts where there is a discriminator
     * @param weighting lambda
     */
    public record Config(
            ConsistencyTrajectory trajectory,
            TrajectoryDenoising denoising,
            double denoisingWeight,
            GeneratorTerm adversarial,
            Weighting weighting) {
        public Config {
            if (!(denoisingWeight >= 0) || Double.isInfinite(denoisingWeight)) {
                throw new IllegalArgumentException(NAME + ": got denoising weight " + denoisingWeight
                        + "; expected a finite number of at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param trajectory of L_CTM
     * @param denoising of L_DSM
     * @param adversarialWeight w_2 of the step
     * @param critic levels at which the discriminator sees samples; null for their own
     */
    public record Draw(
            ConsistencyTrajectory.Draw trajectory,
            TrajectoryDenoising.Draw denoising,
            double adversarialWeight,
            CriticLevels.@Nullable Draw critic) {}

    private final Config config;

    public TrajectoryDistillation(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return new Draw(
                config.trajectory.draw(batch, rng.stream("trajectory"), step),
                config.denoising.draw(batch, rng.stream("denoising"), step),
                config.adversarial.weightAt(step),
                config.adversarial.draw(batch, rng, step));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(config.trajectory.inputs(draw.trajectory));
        for (Tensor input : config.denoising.inputs(draw.denoising)) {
            // Both terms are of the same data.
            if (input != draw.trajectory.x0()) {
                inputs.add(input);
            }
        }
        return GeneratorTerm.with(inputs, draw.critic);
    }

    /** Twice that of L_CTM, and 1 more with the adversarial term. */
    @Override
    public int branch(Draw draw) {
        return 2 * config.trajectory.branch(draw.trajectory) + (draw.adversarialWeight > 0 ? 1 : 0);
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        LossResult trajectory = config.trajectory.loss(
                new ConsistencyTrajectory.Nets(nets.student, nets.average, nets.teacher), draw.trajectory);
        Map<String, Tensor> parts = new LinkedHashMap<>(trajectory.parts());
        Balance balance = new Balance(config.weighting, nets.lastLayer, trajectory.total());
        Tensor perSample = trajectory.perSample();
        if (config.denoisingWeight > 0) {
            Tensor denoising =
                    config.denoising.loss(nets.student, draw.denoising).perSample();
            Tensor lambda = balance.lambda(denoising, 0, MOST_DENOISING);
            parts.put("denoising", denoising);
            parts.put("lambda_1", lambda);
            perSample = mulAdd(scale(lambda, config.denoisingWeight), denoising, perSample);
        }
        if (nets.critic != null && draw.adversarialWeight > 0) {
            ConsistencyTrajectory.Draw d = draw.trajectory;
            Tensor t = d.levels().get(0);
            Tensor adversarial =
                    config.adversarial.of(nets.critic, d.x0(), trajectory.part("estimate"), draw.critic, t, d.cond());
            Tensor lambda = balance.lambda(adversarial, LEAST_ADVERSARIAL, MOST_ADVERSARIAL);
            parts.put("adversarial", adversarial);
            parts.put("lambda_2", lambda);
            perSample = mulAdd(scale(lambda, draw.adversarialWeight), adversarial, perSample);
        }
        return new LossResult(mean(perSample), stopGradient(trajectory.total()), perSample, parts);
    }

    /** The weights of terms beside the first. */
    private static final class Balance {
        private final Weighting weighting;
        private final List<Tensor> lastLayer;
        private final Tensor first;

        Balance(Weighting weighting, List<Tensor> lastLayer, Tensor first) {
            this.weighting = weighting;
            this.lastLayer = lastLayer;
            this.first = weighting == Weighting.FIXED ? first : norm(first);
        }

        /** lambda () of a term (B). */
        Tensor lambda(Tensor term, double least, double most) {
            if (weighting == Weighting.FIXED) {
                return Tensor.full(term.device(), term.dtype(), 1, Shape.of());
            }
            return clamp(div(first, scaleShift(norm(mean(term)), 1, FLOOR)), least, most);
        }

        /** |grad_W| () of a term, a constant. */
        private Tensor norm(Tensor term) {
            Tensor squares = Tensor.full(term.device(), term.dtype(), 0, Shape.of());
            for (Tensor gradient : Grad.retain(term, lastLayer)) {
                squares = add(squares, sum(square(gradient)));
            }
            return stopGradient(sqrt(squares));
        }
    }

    @Override
    public Coupling coupling() {
        return config.weighting == Weighting.FIXED ? Coupling.NONE : Coupling.BATCH;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        if (config.weighting == Weighting.ADAPTIVE) {
            throw new IllegalArgumentException(NAME + ": got samples " + from + " to " + to
                    + "; expected the whole batch, whose gradients set the weights; set them fixed to slice");
        }
        return new Draw(
                config.trajectory.slice(draw.trajectory, from, to),
                config.denoising.slice(draw.denoising, from, to),
                draw.adversarialWeight,
                draw.critic == null ? null : draw.critic.slice(from, to));
    }
}
