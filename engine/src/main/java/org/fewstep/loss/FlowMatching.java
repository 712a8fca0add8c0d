package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.MinibatchCoupling;
import org.fewstep.path.Path;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Conditional flow matching between noise and data on any affine path.
 *
 * <p>L = E |v(x_t, t) - (alpha'(t) x0 + sigma'(t) eps)|^2 with x_t = alpha(t) x0 + sigma(t) eps: equation 23 of the paper
 * with sigma_min = 0 on the linear path. The minimiser is the marginal velocity E[dx_t/dt | x_t].
 *
 * <p>Noise and data are independent unless the coupling says otherwise. Mean over coordinates, then over the batch. Label dropout replaces a label by the null label K, each sample with the
 * same probability. Checked against atong01/conditional-flow-matching and willisma/SiT. Cost: one evaluation forward and
 * backward a step.
 *
 * @paper Lipman, Chen, Ben-Hamu, Nickel, Le: Flow Matching for Generative Modeling, 2022, arXiv:2210.02747; Liu, Gong,
 *     Liu: Flow Straight and Fast, 2022, arXiv:2209.03003
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class FlowMatching extends PathLoss<VelocityNet> {
    /**
     * The choices.
     *
     * @param times law of t
     * @param coupling which noise goes with which data
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimeSampler times, MinibatchCoupling coupling, double labelDrop, int classes) {
        /** Uniform times, no labels. */
        public static final Config UNCONDITIONAL = new Config(UniformTimes.UNIT, 0, 0);

        /** Noise and data independent. */
        public Config(TimeSampler times, double labelDrop, int classes) {
            this(times, new IndependentCoupling(), labelDrop, classes);
        }

        public Config {
            if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("flow matching: got label drop " + labelDrop + ", classes " + classes
                        + "; expected a probability and at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t times (B)
     * @param labels after dropout, K for none; null without classes
     * @param at the path at t
     * @param cond the labels on the device
     */
    public record Draw(Tensor x0, Tensor eps, double[] t, int @Nullable [] labels, PathColumns at, Cond cond) {}

    private final Path path;

    public FlowMatching(Path path, Config config) {
        super("flow matching", path, config);
        this.path = path;
    }

    /** The path whose velocity is learned. */
    public Path path() {
        return path;
    }

    @Override
    public LossResult loss(VelocityNet net, Draw draw) {
        Tensor xt = path.xt(draw.x0(), draw.eps(), draw.at());
        Tensor target = path.velocity(draw.x0(), draw.eps(), draw.at());

        Tensor v = net.v(xt, draw.at().t(), draw.cond());
        Tensor perSample = PerSample.meanOf(square(sub(v, target)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("target", target);
        parts.put("v", v);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
