package org.fewstep.loss;

import static org.fewstep.op.Ops.gatherRows;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Reductions over the coordinates of each sample; papers differ in sum or mean, so every loss names its own. */
final class PerSample {
    private PerSample() {}

    /** Host times as a tensor (B) beside the state {@code like} (B, ...). */
    static Tensor times(double[] t, Tensor like) {
        return reshape(Tensor.perSample(t, like), t.length);
    }

    /** (B, ...) to (B) by sum. */
    static Tensor sumOf(Tensor x) {
        return sum(flat(x), 1);
    }

    /** (B, ...) to (B) by mean. */
    static Tensor meanOf(Tensor x) {
        return mean(flat(x), 1);
    }

    /**
     * |f|^2 / 2 - target . f (B): half the squared error, less the constant |target|^2 / 2. It has the gradient of the
     * squared error, and less spread where the target is large.
     */
    static Tensor quadraticOf(Tensor f, Tensor target) {
        return sumOf(sub(scale(square(f), 0.5), mul(target, f)));
    }

    /** The samples (B, ...) at the given indices; the same tensor when that changes nothing. */
    static Tensor pick(Tensor x, int[] index) {
        boolean identity = index.length == x.dim(0);
        for (int i = 0; identity && i < index.length; i++) {
            identity = index[i] == i;
        }
        if (identity) {
            return x;
        }
        int[] sizes = x.shape().sizes();
        sizes[0] = index.length;
        return reshape(gatherRows(flat(x), index), Shape.of(sizes));
    }

    /** (B, ...) to (B, coordinates). */
    static Tensor flat(Tensor x) {
        int batch = x.dim(0);
        return reshape(x, batch, batch == 0 ? 0 : x.shape().count() / batch);
    }
}
