package org.fewstep.loss;

import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The randomness of a step of a loss on maps between two times.
 *
 * @param x0 data (B, ...)
 * @param eps noise (B, ...)
 * @param s start times (B)
 * @param t end times (B), on either side of s
 * @param h share of the way that a time u between the two leaves, u = h s + (1 - h) t (B); unused by losses without u
 * @param labels after dropout, K for none; null without classes
 * @param on what the loss reads of the times and labels
 */
public record MapDraw(Tensor x0, Tensor eps, double[] s, double[] t, double[] h, int @Nullable [] labels, OnDevice on) {
    /**
     * Times and labels as tensors.
     *
     * @param path the path at s
     * @param t end times (B)
     * @param span t - s (B, 1, ..., 1)
     * @param u times between (B)
     * @param h as above (B, 1, ..., 1)
     * @param cond the labels
     */
    public record OnDevice(PathColumns path, Tensor t, Tensor span, Tensor u, Tensor h, Cond cond) {
        /** Start times (B). */
        public Tensor s() {
            return path.t();
        }

        /** All of them but the labels, in a fixed order. */
        List<Tensor> tensors() {
            return List.of(path.t(), path.alpha(), path.sigma(), path.dAlpha(), path.dSigma(), t, span, u, h);
        }
    }
}
