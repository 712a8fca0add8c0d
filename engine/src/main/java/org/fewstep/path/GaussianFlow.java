package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * Data N(m, s^2 I) in x = x0 + t z, with the maps of its flow in closed form: what consistency methods should find.
 *
 * <pre>
 * probability flow   x_r = m + (x - m) ((s^2 + r^2) / (s^2 + t^2))^(1/2)
 * mean of the SDE    E[x_r | x_t] = m + (x - m) ((s^2 + r^2) / (s^2 + t^2))^((1 + eta^2) / 2)
 * </pre>
 *
 * <p>The SDE has eta times the noise of the reverse process: eta = 0 is the flow, eta = 1 the posterior mean. The second line is
 * what a consistency function with a squared distance learns from a teacher's noisy steps.
 *
 * @param mean m (D)
 * @param std s, above 0
 */
public record GaussianFlow(double[] mean, double std) {
    public GaussianFlow {
        if (mean.length == 0 || !(std > 0)) {
            throw new IllegalArgumentException("gaussian flow: got a mean of " + mean.length + " numbers, std " + std
                    + "; expected at least one and a std above 0");
        }
        mean = mean.clone();
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    /** The flow of x (B, D) from level t to r. */
    public Tensor map(Tensor x, double t, double r) {
        return meanOfSde(x, t, r, 0);
    }

    /** E[x_r | x_t = x] for x (B, D) under the SDE with eta times the noise. */
    public Tensor meanOfSde(Tensor x, double t, double r, double eta) {
        double variance = std * std;
        double ratio = (variance + r * r) / (variance + t * t);
        Tensor m = Tensor.of(x.device(), x.dtype(), mean, 1, mean.length);
        return add(m, scale(sub(x, m), Math.pow(ratio, (1 + eta * eta) / 2)));
    }

    /**
     * TrigFlow's consistency network F(x / s, t) for a mean of 0 and sigma_data = s: -tan(t / 2) x / s.
     *
     * @param x (B, D), x_t itself
     * @param t times (B)
     */
    public Tensor trigFlow(Tensor x, double[] t) {
        double[] factor = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            factor[i] = -Math.tan(t[i] / 2) / std;
        }
        return mul(x, Tensor.perSample(factor, x));
    }
}
