package org.fewstep.loss;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * Variational score distillation: g = sigma^2 (eps_T(x_t, t) - eps_F(x_t, t)), SDS with the noise that a network trained on the
 * samples predicts in place of the noise itself. Several particles share that network, which keeps them apart.
 *
 * @paper Wang et al.: ProlificDreamer, 2023, arXiv:2305.16213
 */
public record Vsd() implements ScoreGradient {
    @Override
    public Tensor of(ScorePoint point) {
        return mul(square(point.at().sigma()), sub(point.teacherEps(), point.fakeEps()));
    }
}
