package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.Bridge;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.Path;
import org.fewstep.path.Retimed;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Flow matching against a velocity that is known exactly.
 *
 * <p>L = E |v(x_t, t) - v*(x_t, t)|^2 with x_t on a path between noise and data, or on a bridge between a source and data.
 * Where v* is the marginal velocity E[dx_t/dt | x_t], this is the loss of {@link FlowMatching} without its irreducible
 * part: the expected gradients are equal, and this one is 0 at the optimum, so it measures how far a network is from it.
 *
 * <p>v* is read when the step is drawn, and gets no gradient. {@link org.fewstep.path.GaussianMixture} and {@link
 * org.fewstep.path.TwoSidedMixture} have it in closed form. Mean over coordinates, then over the batch. Cost: one
 * evaluation forward and backward a step, and one of v*.
 *
 * @paper Lipman, Chen, Ben-Hamu, Nickel, Le: Flow Matching for Generative Modeling, 2022, arXiv:2210.02747, equation 5
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class FieldMatching implements Loss<VelocityNet, FieldMatching.Draw> {
    /**
     * The randomness of a step.
     *
     * @param xt states (B, ...)
     * @param t times (B)
     * @param times the same on the device (B)
     * @param target v* there (B, ...)
     */
    public record Draw(Tensor xt, double[] t, Tensor times, Tensor target) {}

    /** Draws states and hands them on with their times. */
    @FunctionalInterface
    private interface States {
        Draw draw(Batch batch, Rng rng, int step);
    }

    private final Retimed.Velocity exact;
    private final States states;

    /**
     * Along a path, noise and data independent.
     *
     * @param exact v*, on the path
     */
    public FieldMatching(Path path, TimeSampler times, Retimed.Velocity exact) {
        PathSampling sampling = new PathSampling("field matching", path, new FlowMatching.Config(times, 0, 0));
        this.exact = exact;
        this.states = (batch, rng, step) -> {
            FlowMatching.Draw sample = sampling.draw(batch, rng, step);
            return draw(sample.at().xt(sample.x0(), sample.eps()), sample.t());
        };
    }

    /**
     * Along a bridge from a standard normal source, source and data independent.
     *
     * @param exact v*, on the bridge
     */
    public FieldMatching(Bridge bridge, TimeSampler times, Retimed.Velocity exact) {
        ConditionalFlowMatching sampling = new ConditionalFlowMatching(
                new ConditionalFlowMatching.Config(bridge, times, new IndependentCoupling()));
        this.exact = exact;
        this.states = (batch, rng, step) -> {
            ConditionalFlowMatching.Draw sample = sampling.draw(batch, rng, step);
            return draw(bridge.xt(sample.source(), sample.data(), sample.eps(), sample.at()), sample.t());
        };
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return states.draw(batch, rng, step);
    }

    /** The draw of given states (B, ...) at times (B). */
    public Draw draw(Tensor xt, double[] t) {
        try (NoGrad off = NoGrad.open()) {
            return new Draw(xt, t, PerSample.times(t, xt), exact.at(xt, t));
        }
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        return List.of(draw.xt(), draw.times(), draw.target());
    }

    @Override
    public LossResult loss(VelocityNet net, Draw draw) {
        Tensor v = net.v(draw.xt(), draw.times(), Cond.NONE);
        Tensor perSample = PerSample.meanOf(square(sub(v, draw.target())));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", draw.xt());
        parts.put("target", draw.target());
        parts.put("v", v);
        return new LossResult(mean(perSample), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        double[] t = Arrays.copyOfRange(draw.t(), from, to);
        Tensor xt = Ops.slice(draw.xt(), 0, from, to);
        return new Draw(xt, t, PerSample.times(t, xt), Ops.slice(draw.target(), 0, from, to));
    }
}
