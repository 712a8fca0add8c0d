package org.fewstep.loss;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the losses of a map between two times of the linear path with noise at 1 draw alike.
 *
 * @param x0 data (B, ...)
 * @param eps noise (B, ...)
 * @param t start times (B)
 * @param r end times (B), r &lt;= t
 * @param labels after dropout, K for none; null without classes
 * @param path the path at t
 * @param times t and r on the device
 * @param span t - r (B, 1, ..., 1)
 * @param cond the labels on the device
 */
public record PairDraw(
        Tensor x0,
        Tensor eps,
        double[] t,
        double[] r,
        int @Nullable [] labels,
        PathColumns path,
        FlowDerivative.Times times,
        Tensor span,
        Cond cond) {
    /** z = (1 - t) x0 + t eps. */
    Tensor xt() {
        return path.xt(x0, eps);
    }

    /** v = eps - x0. */
    Tensor velocity() {
        return path.velocity(x0, eps);
    }

    /** Number of samples B. */
    int size() {
        return t.length;
    }

    /** The tensors through which draws differ. */
    List<Tensor> inputs() {
        List<Tensor> inputs = new ArrayList<>(List.of(x0, eps, span));
        inputs.addAll(path.tensors());
        inputs.addAll(times.tensors());
        Labels.addTo(inputs, cond);
        return inputs;
    }
}
