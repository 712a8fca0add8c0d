package org.fewstep.loss;

import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * Diff-Instruct: g = D_F(x_t, t) - D_T(x_t, t) without a weight, the gradient of the divergence KL(q_t, p_t) integrated over noise
 * levels up to a factor of the level.
 *
 * <p>The two networks must drop the same units, or none: otherwise their difference is noise.
 *
 * @paper Luo et al.: Diff-Instruct, 2023, arXiv:2305.18455
 */
public record DiffInstruct() implements ScoreGradient {
    @Override
    public Tensor of(ScorePoint point) {
        return sub(point.fakeX0(), point.teacherX0());
    }
}
