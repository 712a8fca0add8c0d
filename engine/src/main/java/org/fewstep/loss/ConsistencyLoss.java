package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.stopGradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.op.Ops;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the losses on pairs of noise levels share: x_t = x0 + t z, and w(t, r) d(f(x_t, t), sg target), where the target is
 * f's value, or that of its average, at the lower level r.
 *
 * @param <N> the networks
 */
abstract class ConsistencyLoss<N> implements Loss<N, ConsistencyLoss.Draw> {
    /**
     * The choices.
     *
     * @param pairs law of the levels t &gt; r
     * @param distance of the prediction from its target
     * @param weight of a pair
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimePairSampler pairs, Distance distance, PairWeight weight, double labelDrop, int classes) {
        public Config {
            if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("consistency: got label drop " + labelDrop + ", classes " + classes
                        + "; expected a probability and at least 0");
            }
        }

        /** Without labels. */
        public Config(TimePairSampler pairs, Distance distance, PairWeight weight) {
            this(pairs, distance, weight, 0, 0);
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param z noise (B, ...)
     * @param t higher levels (B)
     * @param r lower levels (B)
     * @param labels after dropout, K for none; null without classes
     * @param on what the loss reads of the levels and labels
     */
    public record Draw(Tensor x0, Tensor z, double[] t, double[] r, int @Nullable [] labels, OnDevice on) {
        /** x_t = x0 + t z. */
        Tensor xt() {
            return mulAdd(on.tColumn(), z, x0);
        }

        /** x_r = x0 + r z, the same noise at the lower level. */
        Tensor sameNoise() {
            return mulAdd(on.rColumn(), z, x0);
        }
    }

    /**
     * Levels and labels of a draw as tensors.
     *
     * @param t (B)
     * @param r (B), where it is 0 t in its place
     * @param tColumn t (B, 1, ..., 1)
     * @param rColumn r (B, 1, ..., 1)
     * @param weight w(t, r) (B)
     * @param clean 1 where r is 0, else 0 (B, 1, ..., 1)
     * @param cond the labels
     */
    public record OnDevice(
            Tensor t, Tensor r, Tensor tColumn, Tensor rColumn, Tensor weight, Tensor clean, Cond cond) {}

    private final String name;
    private final Config config;

    ConsistencyLoss(String name, Config config) {
        this.name = name;
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor z = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        TimePairs pairs = config.pairs.sample(rng.stream("times"), step, batch.size());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        int[] labels = Labels.of(name, batch, config.classes);
        return draw(x0, z, pairs, Labels.without(labels, dropped, config.classes));
    }

    /** The draw of given numbers: data and noise (B, ...), levels (B), labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor z, TimePairs pairs, int @Nullable [] labels) {
        double[] t = pairs.t();
        double[] r = pairs.r();
        double[] weight = new double[t.length];
        double[] clean = new double[t.length];
        double[] asked = r.clone();
        for (int i = 0; i < t.length; i++) {
            if (!(r[i] >= 0 && r[i] < t[i]) || Double.isInfinite(t[i])) {
                throw new IllegalArgumentException(name + ": got levels t " + t[i] + ", r " + r[i] + " of sample " + i
                        + "; expected 0 <= r < t, finite");
            }
            weight[i] = config.weight.at(t[i], r[i]);
            if (r[i] == 0) {
                clean[i] = 1;
                // Networks take the logarithm of the level; what this one gives is not used.
                asked[i] = t[i];
            }
        }
        OnDevice on = new OnDevice(
                PerSample.times(t, x0),
                PerSample.times(asked, x0),
                Tensor.perSample(t, x0),
                Tensor.perSample(r, x0),
                PerSample.times(weight, x0),
                Tensor.perSample(clean, x0),
                Labels.cond(labels, config.classes, x0));
        return new Draw(x0, z, t, r, labels, on);
    }

    /** The weighted distance of predictions from targets, which get no gradient. */
    LossResult of(Tensor prediction, Tensor target, Draw draw, Map<String, Tensor> parts) {
        Tensor distance = config.distance.of(prediction, stopGradient(target));
        Tensor perSample = mul(draw.on().weight(), distance);
        Map<String, Tensor> all = new LinkedHashMap<>(parts);
        all.put("f_t", prediction);
        all.put("target", target);
        all.put("distance", distance);
        return new LossResult(mean(perSample), mean(stopGradient(distance)), perSample, all);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on();
        List<Tensor> inputs = new ArrayList<>(
                List.of(draw.x0(), draw.z(), on.t(), on.r(), on.tColumn(), on.rColumn(), on.weight(), on.clean()));
        Labels.addTo(inputs, on.cond());
        return inputs;
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.z(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.t(), from, to), Arrays.copyOfRange(draw.r(), from, to)),
                Labels.slice(draw.labels(), from, to));
    }
}
