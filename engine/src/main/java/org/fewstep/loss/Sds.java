package org.fewstep.loss;

import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;

/**
 * Score distillation sampling: g = w(t) (eps_T(x_t, t) - eps). No fake score network.
 *
 * <p>The same as w alpha / sigma (x - D_T): samples move to the teacher's denoised mean. The method seeks modes: the spread of
 * what is trained always falls to 0, whatever the teacher's.
 *
 * @param weight w
 * @paper Poole, Jain, Barron, Mildenhall: DreamFusion: Text-to-3D using 2D Diffusion, 2022, arXiv:2209.14988
 */
public record Sds(Weight weight) implements ScoreGradient {
    /** w(t). */
    public enum Weight {
        /** sigma^2, as published. */
        VARIANCE,
        /** 1. */
        UNIFORM,
        /** alpha sigma^2 (Chen et al. 2023: Fantasia3D, arXiv:2303.13873). */
        SCALED_VARIANCE,
        /** sigma / alpha, so that g = x - D_T. */
        DENOISER
    }

    @Override
    public Tensor of(ScorePoint point) {
        PathColumns at = point.at();
        Tensor difference = sub(point.teacherEps(), point.eps());
        return switch (weight) {
            case VARIANCE -> mul(square(at.sigma()), difference);
            case UNIFORM -> difference;
            case SCALED_VARIANCE -> mul(mul(at.alpha(), square(at.sigma())), difference);
            case DENOISER -> mul(div(at.sigma(), at.alpha()), difference);
        };
    }
}
