package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Bridge;
import org.fewstep.path.BridgeColumns;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.MinibatchCoupling;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;

/**
 * Generalised conditional flow matching between a source and data along a Gaussian bridge; t = 0 is the source.
 *
 * <p>L = E |v(x_t, t) - u_t|^2 with x_t = a y + b x + c eps and u_t = a' y + b' x + c' eps. With the straight bridge this
 * is I-CFM (OT-CFM with optimal pairs), with the target bridge the original flow matching, with the trigonometric one
 * VP-CFM. Mean over coordinates, then over the batch. Checked against atong01/conditional-flow-matching; the target
 * bridge's velocity is computed in its form without division. Cost: one evaluation forward and backward a step.
 *
 * @paper Tong, Fatras, Malkin, Huguet, Zhang, Rector-Brooks, Wolf, Bengio: Improving and Generalizing Flow-Based
 *     Generative Models with Minibatch Optimal Transport, 2023, arXiv:2302.00482
 * @shape data (B, ...); total (), perSample (B)
 */
public final class ConditionalFlowMatching extends BridgeLoss<VelocityNet> {
    /**
     * The choices.
     *
     * @param bridge between source and data
     * @param times law of t
     * @param coupling which source sample goes with which data sample
     */
    public record Config(Bridge bridge, TimeSampler times, MinibatchCoupling coupling) {
        /** Uniform times, independent samples. */
        public Config(Bridge bridge) {
            this(bridge, UniformTimes.UNIT, new IndependentCoupling());
        }
    }

    /**
     * The randomness of a step.
     *
     * @param source (B, ...); standard normal where the batch has none
     * @param data (B, ...)
     * @param eps noise of the bridge (B, ...)
     * @param t times (B)
     * @param at the bridge at t
     */
    public record Draw(Tensor source, Tensor data, Tensor eps, double[] t, BridgeColumns at) {}

    public ConditionalFlowMatching(Config config) {
        super(config);
    }

    @Override
    public LossResult loss(VelocityNet net, Draw draw) {
        Tensor xt = bridge.xt(draw.source(), draw.data(), draw.eps(), draw.at());
        Tensor ut = bridge.velocity(draw.source(), draw.data(), draw.eps(), draw.at());

        Tensor v = net.v(xt, draw.at().t(), Cond.NONE);
        Tensor perSample = PerSample.meanOf(square(sub(v, ut)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("ut", ut);
        parts.put("v", v);
        return new LossResult(mean(perSample), perSample, parts);
    }
}
