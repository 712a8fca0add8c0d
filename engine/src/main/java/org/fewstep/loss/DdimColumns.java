package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import java.util.List;
import org.fewstep.path.PathCoefficients;
import org.fewstep.tensor.Tensor;

/**
 * DDIM's step at one pair of times a sample, z_s = alpha_s x0 + (sigma_s / sigma_t) (z_t - alpha_t x0), and the x0 with which
 * it ends in a given z_s.
 *
 * @param keep sigma_s / sigma_t (B, 1, ..., 1)
 * @param data alpha_s - alpha_t sigma_s / sigma_t (B, 1, ..., 1)
 */
record DdimColumns(Tensor keep, Tensor data) {
    /** The columns of steps from t to s; worked out in double, rounded once. */
    static DdimColumns of(PathCoefficients t, PathCoefficients s, Tensor like) {
        double[] keep = new double[t.size()];
        double[] data = new double[t.size()];
        for (int i = 0; i < keep.length; i++) {
            boolean still = s.sigma()[i] == t.sigma()[i] && s.alpha()[i] == t.alpha()[i];
            // A step of no length keeps the state, also at the clean end.
            keep[i] = still ? 1 : s.sigma()[i] / t.sigma()[i];
            data[i] = s.alpha()[i] - t.alpha()[i] * keep[i];
        }
        return new DdimColumns(Tensor.perSample(keep, like), Tensor.perSample(data, like));
    }

    /** z_s of z_t. */
    Tensor step(Tensor zt, Tensor x0) {
        return add(mul(keep, zt), mul(data, x0));
    }

    /** The x0 whose step from z_t is z_s: inverse DDIM. Not finite where s = t. */
    Tensor inverse(Tensor zt, Tensor zs) {
        return div(sub(zs, mul(keep, zt)), data);
    }

    List<Tensor> tensors() {
        return List.of(keep, data);
    }
}
