package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slots;
import org.fewstep.model.Module;
import org.fewstep.tensor.Tensor;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101, algorithm 2; without its schedule
 * multiplier).
 *
 * <p>m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = (1 - lr wd) p - lr mhat / (sqrt(vhat) + eps) with
 * mhat = m / (1 - b1^t), vhat = v / (1 - b2^t).
 */
public final class AdamW implements Optimizer {
    private final Moments moments;
    private final double beta1;
    private final double beta2;
    private final double eps;
    private final double weightDecay;

    /**
     * Starts with zero moments.
     *
     * @param slots row with {@link #slotCount} free places, staged before each {@link #apply}
     */
    public AdamW(Module module, Slots slots, double beta1, double beta2, double eps, double weightDecay) {
        this.moments = new Moments(module, slots);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
        this.weightDecay = weightDecay;
    }

    /** Slots that an instance takes. */
    public static int slotCount() {
        return Moments.SLOTS;
    }

    @Override
    public void prepare(long update, double lr) {
        double correction1 = 1 - StrictMath.pow(beta1, (double) update);
        double correction2 = 1 - StrictMath.pow(beta2, (double) update);
        moments.adaptive(1 - lr * weightDecay, lr / correction1, 1 / Math.sqrt(correction2));
    }

    @Override
    public void apply(List<Tensor> gradients, Buffer clip) {
        moments.apply(gradients, clip, beta1, beta2, eps);
    }

    @Override
    public Map<String, Buffer> state() {
        return moments.state();
    }

    @Override
    public void close() {
        moments.close();
    }
}
