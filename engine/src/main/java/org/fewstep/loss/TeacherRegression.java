package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.rsqrt;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;

import java.util.Map;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * ADD's distillation: lambda c(t) d(x, sg D_T(x_t)), a student's sample x against the teacher's denoised mean of it with noise.
 *
 * <p>c falls with the noise: {@link Weight#ALPHA} is alpha of the variance-preserving schedule at the same level, alpha / (alpha^2 +
 * sigma^2)^(1/2). The gradient goes through x alone, so that it pulls samples to means, as {@link Sds} does, and an adversarial term
 * must keep them apart. The paper has no public code; lambda 2.5 and c(t) = alpha_t are cited from memory and unchecked.
 *
 * @param lambda at least 0; 0 leaves the term without effect
 * @param weight c
 * @param distance d; the paper's is the squared norm
 * @paper Sauer et al.: Adversarial Diffusion Distillation, 2023, arXiv:2311.17042, equation 4
 */
public record TeacherRegression(double lambda, Weight weight, Distance distance) implements ScoreTerm {
    /** c. */
    public enum Weight {
        /** 1 */
        UNIFORM,
        /** alpha of the variance-preserving schedule */
        ALPHA
    }

    public TeacherRegression {
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException(
                    "add: got lambda " + lambda + "; expected a finite number of at least 0");
        }
    }

    @Override
    public Tensor perSample(ScorePoint point, Map<String, Tensor> parts) {
        Tensor target;
        Tensor c;
        try (NoGrad off = NoGrad.open()) {
            ScorePoint constant = point.stopped();
            target = constant.teacherX0();
            c = c(constant);
            constant.addTo(parts);
        }
        Tensor distance = this.distance.of(point.x(), target);
        parts.put("distance", distance);
        return scale(c == null ? distance : mul(c, distance), lambda);
    }

    /** c (B); null for 1. */
    private @Nullable Tensor c(ScorePoint point) {
        if (weight == Weight.UNIFORM) {
            return null;
        }
        Tensor alpha = point.at().alpha();
        Tensor c = mul(alpha, rsqrt(add(square(alpha), square(point.at().sigma()))));
        return reshape(c, c.dim(0));
    }
}
