package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import java.util.List;
import java.util.Objects;
import org.fewstep.autodiff.Grad;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FeatureCritic;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * R1, the squared gradient of a discriminator on real samples, R = |grad_x C(x, t)|^2 a sample with C the sum of its logits. A
 * loss has it with the factor gamma / 2.
 *
 * @paper Mescheder, Geiger, Nowozin: Which Training Methods for GANs do actually Converge?, 2018, arXiv:1801.04406,
 *     equation 9
 */
public sealed interface GradientPenalty {
    /**
     * R (B).
     *
     * @param real (B, ...)
     * @param noise standard normal (B, ...)
     */
    Tensor of(CriticNet critic, Tensor real, Tensor noise, Tensor t, Cond cond);

    /** The gradient by autograd, differentiable itself: gradients of R are second derivatives of C. */
    record Exact() implements GradientPenalty {
        @Override
        public Tensor of(CriticNet critic, Tensor real, Tensor noise, Tensor t, Cond cond) {
            Tensor x = real.stopGradient().requireGrad();
            Tensor gradient =
                    Grad.createGraph(sum(critic.logits(x, t, cond)), List.of(x)).get(0);
            return PerSample.sumOf(square(gradient));
        }
    }

    /**
     * The gradient in the features f of a {@link FeatureCritic} in place of the sample, sum over its heads of |grad_f C|^2: no
     * derivative of the network that makes the features (Sauer et al. 2023, arXiv:2311.17042, section 3.2).
     */
    record OnFeatures() implements GradientPenalty {
        @Override
        public Tensor of(CriticNet critic, Tensor real, Tensor noise, Tensor t, Cond cond) {
            if (!(critic instanceof FeatureCritic judging)) {
                throw new IllegalArgumentException("gradient penalty: got a discriminator of samples, without"
                        + " features; expected one on the features of a network; use the exact penalty");
            }
            List<Tensor> features;
            try (NoGrad off = NoGrad.open()) {
                features = judging.features(real, t, cond);
            }
            List<Tensor> leaves =
                    features.stream().map(f -> f.stopGradient().requireGrad()).toList();
            Tensor total = null;
            for (Tensor gradient : Grad.createGraph(sum(judging.judge(leaves)), leaves)) {
                Tensor squared = PerSample.sumOf(square(gradient));
                total = total == null ? squared : add(total, squared);
            }
            return Objects.requireNonNull(total);
        }
    }

    /**
     * (C(x + s n) - C(x))^2 / s^2, whose mean over n tends to R as s falls: two evaluations and no second derivatives, for
     * networks whose kernels have none. The published form (Lin et al. 2025, arXiv:2501.08316) lacks the 1 / s^2; its weight
     * is gamma / (2 s^2) here.
     *
     * @param s standard deviation of the noise, above 0; 0.01 and 0.1 as published
     */
    record FiniteNoise(double s) implements GradientPenalty {
        public FiniteNoise {
            if (!(s > 0) || Double.isInfinite(s)) {
                throw new IllegalArgumentException(
                        "gradient penalty: got noise " + s + "; expected a finite number above 0");
            }
        }

        @Override
        public Tensor of(CriticNet critic, Tensor real, Tensor noise, Tensor t, Cond cond) {
            Tensor s = Tensor.full(real.device(), real.dtype(), this.s, Shape.of());
            Tensor moved = critic.logits(mulAdd(s, noise, real), t, cond);
            Tensor change = scale(sub(moved, critic.logits(real, t, cond)), 1 / this.s);
            return square(PerSample.sumOf(change));
        }
    }
}
