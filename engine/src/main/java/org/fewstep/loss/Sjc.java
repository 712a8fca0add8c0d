package org.fewstep.loss;

import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;

/**
 * Score Jacobian chaining: with rho = sigma / alpha, g = (x - D_T(x_t, t)) / rho, or (x_t / alpha - D_T) / rho, which has the same
 * mean and more spread. No fake score network.
 *
 * @param reduced the first, of less variance
 * @paper Wang, Du, Li, Yeh, Shakhnarovich: Score Jacobian Chaining, 2022, arXiv:2212.00774
 */
public record Sjc(boolean reduced) implements ScoreGradient {
    @Override
    public Tensor of(ScorePoint point) {
        PathColumns at = point.at();
        Tensor from = reduced ? point.x() : div(point.xt(), at.alpha());
        return mul(sub(from, point.teacherX0()), div(at.alpha(), at.sigma()));
    }
}
