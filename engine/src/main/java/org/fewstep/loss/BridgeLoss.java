package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.op.Ops;
import org.fewstep.path.Bridge;
import org.fewstep.path.BridgeColumns;
import org.fewstep.path.IndexPairs;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A loss on single samples of a bridge between a source and data, which needs nothing random beside the two, the latent
 * noise and times.
 *
 * @param <N> the network
 */
abstract class BridgeLoss<N> implements Loss<N, ConditionalFlowMatching.Draw> {
    final Bridge bridge;
    private final ConditionalFlowMatching.Config config;

    BridgeLoss(ConditionalFlowMatching.Config config) {
        this.bridge = config.bridge();
        this.config = config;
    }

    @Override
    public ConditionalFlowMatching.Draw draw(Batch batch, Rng rng, int step) {
        Tensor data = batch.x0();
        Tensor given = batch.source();
        Tensor source = given == null
                ? Noise.normal(data.device(), data.dtype(), rng.stream("source"), 0, step, data.shape())
                : given;
        Tensor eps = Noise.normal(data.device(), data.dtype(), rng.stream("noise"), 0, step, data.shape());
        IndexPairs pairs = config.coupling().pairs(source, data, rng.stream("coupling"), step);
        double[] t = config.times().sample(rng.stream("times"), step, batch.size());
        return draw(PerSample.pick(source, pairs.noise()), PerSample.pick(data, pairs.data()), eps, t);
    }

    /** The draw of given numbers: source, data and noise (B, ...), times (B). */
    public ConditionalFlowMatching.Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        return new ConditionalFlowMatching.Draw(source, data, eps, t, BridgeColumns.of(bridge, t, data));
    }

    @Override
    public List<Tensor> inputs(ConditionalFlowMatching.Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.source(), draw.data(), draw.eps()));
        inputs.addAll(draw.at().tensors());
        return inputs;
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public ConditionalFlowMatching.Draw slice(ConditionalFlowMatching.Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.source(), 0, from, to),
                Ops.slice(draw.data(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                Arrays.copyOfRange(draw.t(), from, to));
    }

    /** The bridge without its noise, a y + b x. */
    static Tensor middle(ConditionalFlowMatching.Draw draw) {
        return add(
                mul(draw.source(), draw.at().source()),
                mul(draw.data(), draw.at().data()));
    }

    /** Its derivative in time, a' y + b' x. */
    static Tensor middleSlope(ConditionalFlowMatching.Draw draw) {
        return add(
                mul(draw.source(), draw.at().dSource()),
                mul(draw.data(), draw.at().dData()));
    }

    /** Refuses times at which a loss divides by zero: where the number is not finite. */
    static void requireFinite(String loss, String what, DoubleUnaryOperator number, double[] t) {
        for (double time : t) {
            if (!Double.isFinite(number.applyAsDouble(time))) {
                throw new IllegalArgumentException(loss + ": got " + what + " " + number.applyAsDouble(time) + " at t "
                        + time + "; expected a finite number; draw times inside (0, 1)");
            }
        }
    }
}
