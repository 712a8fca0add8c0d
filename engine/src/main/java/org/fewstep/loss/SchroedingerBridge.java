package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.ScoreNet;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BridgeColumns;
import org.fewstep.path.BrownianBridge;
import org.fewstep.path.IndexPairs;
import org.fewstep.path.MinibatchCoupling;
import org.fewstep.path.Sinkhorn;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * [SF]2M: a Schroedinger bridge between a source and data without simulation, by flow and score matching on Brownian
 * bridges; t = 0 is the source.
 *
 * <pre>
 * x_t    = (1 - t) y + t x + sigma_t eps,  sigma_t = sigma sqrt(t (1 - t))
 * u_t    = (1 - 2t) / (2t (1 - t) + 1e-8) (x_t - mean) + x - y
 * L      = E |v(x_t, t) - u_t|^2 + E |lambda s(x_t, t) + eps|^2,  lambda = 2 sigma_t / (sigma^2 + 1e-8)
 * </pre>
 *
 * <p>With this lambda the network s is sigma^2/2 times the score, the very term that turns the flow dX = v dt into the
 * bridge dX = (v + s) dt + sigma dW. Mean over coordinates, then over the batch. Checked against
 * atong01/conditional-flow-matching, guards included. Cost: one evaluation of each network forward and backward a step,
 * and the coupling on the host.
 *
 * @paper Tong, Malkin, Fatras, Atanackovic, Zhang, Huguet, Wolf, Bengio: Simulation-Free Schroedinger Bridges via Score
 *     and Flow Matching, 2023, arXiv:2307.03672
 * @shape data (B, ...); total (), perSample (B)
 */
public final class SchroedingerBridge implements Loss<SchroedingerBridge.Nets, SchroedingerBridge.Draw> {
    private static final double GUARD = 1e-8;

    /**
     * The networks.
     *
     * @param v velocity of the probability flow
     * @param s drift correction, sigma^2/2 times the score
     */
    public record Nets(VelocityNet v, ScoreNet s) {}

    /**
     * The choices.
     *
     * @param bridge between source and data
     * @param times law of t
     * @param coupling which source sample goes with which data sample
     */
    public record Config(BrownianBridge bridge, TimeSampler times, MinibatchCoupling coupling) {
        /** Uniform times and the entropic coupling of the bridge, reg = 2 sigma^2. */
        public Config(double sigma) {
            this(new BrownianBridge(sigma), UniformTimes.UNIT, new Sinkhorn(2 * sigma * sigma));
        }
    }

    /**
     * The randomness of a step.
     *
     * @param source (B, ...); standard normal when drawn here
     * @param data (B, ...)
     * @param eps noise of the bridge (B, ...)
     * @param t times (B)
     * @param at the bridge at t
     * @param lambda 2 sigma_t / (sigma^2 + 1e-8) (B, 1, ..., 1)
     */
    public record Draw(Tensor source, Tensor data, Tensor eps, double[] t, BridgeColumns at, Tensor lambda) {}

    private final Config config;

    public SchroedingerBridge(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor data = batch.x0();
        Tensor source = Noise.normal(data.device(), data.dtype(), rng.stream("source"), 0, step, data.shape());
        Tensor eps = Noise.normal(data.device(), data.dtype(), rng.stream("noise"), 0, step, data.shape());
        IndexPairs pairs = config.coupling.pairs(source, data, rng.stream("coupling"), step);
        double[] t = config.times.sample(rng.stream("times"), step, batch.size());
        return draw(PerSample.pick(source, pairs.noise()), PerSample.pick(data, pairs.data()), eps, t);
    }

    /** The draw of given numbers: source, data and noise (B, ...), times (B). */
    public Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        BrownianBridge bridge = config.bridge;
        double[] lambda = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            lambda[i] = 2 * bridge.noise(t[i]) / (bridge.sigma() * bridge.sigma() + GUARD);
        }
        return new Draw(source, data, eps, t, BridgeColumns.of(bridge, t, data), Tensor.perSample(lambda, data));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.source(), draw.data(), draw.eps(), draw.lambda()));
        inputs.addAll(draw.at().tensors());
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        BrownianBridge bridge = config.bridge;
        Tensor xt = bridge.xt(draw.source(), draw.data(), draw.eps(), draw.at());
        Tensor ut = bridge.velocity(draw.source(), draw.data(), draw.eps(), draw.at());
        Tensor t = draw.at().t();

        Tensor v = nets.v().v(xt, t, Cond.NONE);
        Tensor s = nets.s().score(xt, t, Cond.NONE);
        Tensor flow = PerSample.meanOf(square(sub(v, ut)));
        Tensor score = PerSample.meanOf(square(add(mul(draw.lambda(), s), draw.eps())));
        Tensor perSample = add(flow, score);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("ut", ut);
        parts.put("sigma_t", reshape(draw.at().noise(), xt.dim(0)));
        parts.put("lambda", reshape(draw.lambda(), xt.dim(0)));
        parts.put("v", v);
        parts.put("s", s);
        parts.put("flow_loss", mean(flow));
        parts.put("score_loss", mean(score));
        return new LossResult(mean(perSample), perSample, parts);
    }

    /** The score of the bridge given its ends, -eps / sigma_t (B, ...); undefined at t = 0 and 1. */
    public Tensor conditionalScore(Draw draw) {
        double[] factor = new double[draw.t().length];
        for (int i = 0; i < factor.length; i++) {
            factor[i] = -1 / config.bridge.noise(draw.t()[i]);
            if (!Double.isFinite(factor[i])) {
                throw new IllegalArgumentException(
                        "schroedinger bridge: got t " + draw.t()[i] + "; expected a time inside (0, 1)");
            }
        }
        return mul(draw.eps(), Tensor.perSample(factor, draw.eps()));
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.source(), 0, from, to),
                Ops.slice(draw.data(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                Arrays.copyOfRange(draw.t(), from, to));
    }
}
