package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.Map;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.tensor.Tensor;

/**
 * Score identity distillation: c sum (D_T - D_F) ((D_T - x) - a (D_T - D_F)) / sg(w), w = max(mean |x - D_T|, 1e-5). The gradient
 * goes through x, the teacher and the fake score network; only w is stopped.
 *
 * <p>With an exact fake score the value is 0 in the mean at a = 1 and negative above, so it says nothing about progress. For a > 1
 * a student that is spread too widely is driven further out, so it should start narrow. LSG is the same with guided
 * networks; see {@link GuidedPrediction}. Memory: the graphs of both networks at once.
 *
 * <p>Score implicit matching has any distance d of the scores in the square's place, whose slope then stands for the first difference:
 * with the pseudo-Huber distance (|y|^2 + h^2)^(1/2) - h of y = D_T - D_F the value is divided by (|y|^2 + h^2)^(1/2), in place of w.
 * That form was not checked against the paper, nor is y there of clean data.
 *
 * @param alpha a; 1.2 as published, 1 for LSG and with a discriminator
 * @param factor c above 0; 100 as published
 * @param normalised whether there is a w; otherwise it is 1
 * @param huber h, at least 0; 0 for the square
 * @paper Zhou et al.: Score Identity Distillation, 2024, arXiv:2404.04057; Zhou et al.: Long and Short Guidance in Score Identity
 *     Distillation, 2024, arXiv:2406.01561; Luo et al.: One-Step Diffusion Distillation through Score Implicit Matching, 2024,
 *     arXiv:2410.16794
 */
public record ScoreIdentity(double alpha, double factor, boolean normalised, double huber) implements ScoreTerm {
    private static final double LEAST = 1e-5;

    public ScoreIdentity {
        if (!Double.isFinite(alpha) || !(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException(
                    "sid: got alpha " + alpha + ", factor " + factor + "; expected finite numbers, the factor above 0");
        }
        if (!(huber >= 0) || Double.isInfinite(huber) || (huber > 0 && normalised)) {
            throw new IllegalArgumentException("sid: got huber " + huber + (normalised ? " with a weight" : "")
                    + "; expected a finite number of at least 0, without a weight where it is above");
        }
    }

    /** Of the square. */
    public ScoreIdentity(double alpha, double factor, boolean normalised) {
        this(alpha, factor, normalised, 0);
    }

    /** With the published factor and weight. */
    public ScoreIdentity(double alpha) {
        this(alpha, 100, true);
    }

    @Override
    public Tensor perSample(ScorePoint point, Map<String, Tensor> parts) {
        Tensor teacher = point.teacherX0();
        Tensor difference = sub(teacher, point.fakeX0());
        Tensor identity = sub(sub(teacher, point.x()), scale(difference, alpha));
        Tensor each = mul(difference, identity);
        if (normalised) {
            Tensor weight = weight(point);
            parts.put("weight", weight);
            each = div(each, PerSampleColumn.of(weight, each));
        }
        if (huber > 0) {
            Tensor norm = sqrt(scaleShift(PerSample.sumOf(square(difference)), 1, huber * huber));
            each = div(each, PerSampleColumn.of(norm, each));
        }
        point.addTo(parts);
        parts.put("each", each);
        return scale(PerSample.sumOf(each), factor);
    }

    /** w (B), a constant. */
    Tensor weight(ScorePoint point) {
        Tensor size = stopGradient(PerSample.meanOf(abs(sub(point.x(), point.teacherX0()))));
        return clamp(size, LEAST, Double.MAX_VALUE);
    }
}
