package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.sum;

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

    private static Tensor flat(Tensor x) {
        int batch = x.dim(0);
        return reshape(x, batch, batch == 0 ? 0 : x.shape().count() / batch);
    }
}
