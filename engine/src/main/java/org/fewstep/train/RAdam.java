package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slots;
import org.fewstep.model.Module;
import org.fewstep.tensor.Tensor;

/**
 * Rectified Adam (Liu et al. 2019, arXiv:1908.03265, algorithm 2), with decoupled weight decay.
 *
 * <p>rho_inf = 2 / (1 - b2) - 1 and rho_t = rho_inf - 2 t b2^t / (1 - b2^t). For rho_t &gt; 4 the update is
 * lr r_t mhat / (sqrt(vhat) + eps) with r_t^2 = (rho_t - 4)(rho_t - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho_t), else
 * lr mhat. The paper has no eps; it stands where Adam has it. Some libraries switch at rho_t &gt; 5.
 */
public final class RAdam implements Optimizer {
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
    public RAdam(Module module, Slots slots, double beta1, double beta2, double eps, double weightDecay) {
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
        double power2 = StrictMath.pow(beta2, (double) update);
        double correction1 = 1 - StrictMath.pow(beta1, (double) update);
        double correction2 = 1 - power2;
        double rhoInf = 2 / (1 - beta2) - 1;
        double rho = rhoInf - 2 * update * power2 / correction2;
        double decay = 1 - lr * weightDecay;
        if (rho > 4) {
            double r = Math.sqrt((rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho));
            moments.adaptive(decay, lr * r / correction1, 1 / Math.sqrt(correction2));
        } else {
            moments.plain(decay, lr / correction1);
        }
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
