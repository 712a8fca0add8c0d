package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * One step of a teacher's probability-flow ODE dx/dt = (x - D(x, t)) / t from level t to r, where levels are sigma of x = x0 +
 * sigma z. Nothing is recorded.
 */
public enum TeacherStep {
    /** x_r = x + (r - t) d with d = (x - D(x, t)) / t. One evaluation. */
    EULER {
        @Override
        Tensor of(PredictionNet teacher, Tensor x, Levels at, Cond cond) {
            return add(x, mul(at.span(), at.slope(teacher, x, at.t, at.tColumn, cond)));
        }
    },
    /** x_r = x + (r - t) (d + d') / 2 with d' the slope at Euler's x_r; r above 0. Two evaluations. */
    HEUN {
        @Override
        Tensor of(PredictionNet teacher, Tensor x, Levels at, Cond cond) {
            Tensor first = at.slope(teacher, x, at.t, at.tColumn, cond);
            Tensor y = add(x, mul(at.span(), first));
            Tensor second = at.slope(teacher, y, at.r, at.rColumn, cond);
            return add(x, mul(at.span(), scale(add(first, second), 0.5)));
        }
    };

    /**
     * The ends of a step.
     *
     * @param t from (B)
     * @param r to (B)
     * @param tColumn t (B, 1, ..., 1)
     * @param rColumn r (B, 1, ..., 1)
     */
    record Levels(Tensor t, Tensor r, Tensor tColumn, Tensor rColumn) {
        Tensor span() {
            return sub(rColumn, tColumn);
        }

        private Tensor slope(PredictionNet teacher, Tensor x, Tensor level, Tensor column, Cond cond) {
            return div(sub(x, teacher.of(x, level, cond)), column);
        }
    }

    abstract Tensor of(PredictionNet teacher, Tensor x, Levels at, Cond cond);

    /** x_r of a draw's x_t, without a record of it. */
    Tensor of(PredictionNet teacher, Tensor xt, ConsistencyLoss.OnDevice on) {
        try (NoGrad off = NoGrad.open()) {
            return of(teacher, xt, new Levels(on.t(), on.r(), on.tColumn(), on.rColumn()), on.cond());
        }
    }
}
