package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** Cross-entropy -sum q ln softmax(logits) of each sample, for classes or soft targets q. */
public final class CrossEntropy {
    private CrossEntropy() {}

    /**
     * Losses (B).
     *
     * @param logits (B, K)
     * @param targets (B, K), rows of sum 1
     */
    public static Tensor of(Tensor logits, Tensor targets) {
        if (logits.rank() != 2 || !targets.shape().equals(logits.shape())) {
            throw new IllegalArgumentException("cross-entropy: got logits " + logits.shape() + " and targets "
                    + targets.shape() + "; expected (B, K) for both");
        }
        return Ops.neg(Ops.sum(Ops.mul(targets, Ops.logSoftmax(logits)), 1));
    }

    /**
     * Losses (B) of classes.
     *
     * @param logits (B, K)
     * @param labels (B), each of 0..K-1
     * @param smoothing part of each target that is spread over all classes evenly (Szegedy et al. 2015, arXiv:1512.00567),
     *     0 to 1
     */
    public static Tensor of(Tensor logits, int[] labels, double smoothing) {
        if (logits.rank() != 2 || labels.length != logits.dim(0)) {
            throw new IllegalArgumentException("cross-entropy: got logits " + logits.shape() + " and " + labels.length
                    + " labels; expected (B, K) and B labels");
        }
        return of(logits, targets(logits, labels, logits.dim(1), smoothing));
    }

    /**
     * Targets (B, K) of classes.
     *
     * @param like a tensor of the wanted device and dtype
     * @param labels (B), each of 0..K-1
     * @param classes K
     * @param smoothing part of each target that is spread over all classes evenly, 0 to 1
     */
    public static Tensor targets(Tensor like, int[] labels, int classes, double smoothing) {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException(
                    "cross-entropy: got smoothing " + smoothing + "; expected a number of 0 to 1");
        }
        double[] targets = Starts.constant(Math.multiplyExact(labels.length, classes), smoothing / classes);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "cross-entropy: got label " + labels[i] + "; expected 0.." + (classes - 1));
            }
            targets[i * classes + labels[i]] += 1 - smoothing;
        }
        return Tensor.of(like.device(), like.dtype(), targets, labels.length, classes);
    }
}
