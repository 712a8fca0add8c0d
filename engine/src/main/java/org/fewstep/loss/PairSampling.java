package org.fewstep.loss;

import java.util.Arrays;
import org.fewstep.op.Ops;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link PairDraw} of a loss.
 *
 * @param name of the loss, for messages
 * @param times law of (t, r)
 * @param labelDrop probability of a dropped label, 0 to 1
 * @param classes number of classes K; 0 trains without labels
 */
record PairSampling(String name, TimePairSampler times, double labelDrop, int classes) {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;
    private static final FlowDerivative ALONG_THE_FLOW = new FlowDerivative.ForwardMode();

    PairSampling {
        if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
            throw new IllegalArgumentException(name + ": got label drop " + labelDrop + ", classes " + classes
                    + "; expected a probability and at least 0");
        }
    }

    PairDraw draw(Batch batch, Rng rng, int step) {
        TimePairs pairs = times.sample(rng.stream("times"), step, batch.size());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), labelDrop);
        int[] labels = Labels.without(Labels.of(name, batch, classes), dropped, classes);
        return draw(batch.x0(), noise(batch.x0(), rng, step), pairs, labels);
    }

    static Tensor noise(Tensor x0, Rng rng, int step) {
        return Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
    }

    /** The draw of given numbers: data and noise (B, ...), times, labels after dropout (B) or null. */
    PairDraw draw(Tensor x0, Tensor eps, TimePairs pairs, int @Nullable [] labels) {
        double[] t = pairs.t();
        double[] r = pairs.r();
        double[] span = new double[t.length];
        for (int i = 0; i < span.length; i++) {
            if (!(r[i] <= t[i])) {
                throw new IllegalArgumentException(
                        name + ": got end time " + r[i] + " of start time " + t[i] + "; expected at most that");
            }
            span[i] = t[i] - r[i];
        }
        return new PairDraw(
                x0,
                eps,
                t,
                r,
                labels,
                PathColumns.of(PATH, t, x0),
                ALONG_THE_FLOW.at(t, r, x0),
                Tensor.perSample(span, x0),
                Labels.cond(labels, classes, x0));
    }

    PairDraw slice(PairDraw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.t(), from, to), Arrays.copyOfRange(draw.r(), from, to)),
                Labels.slice(draw.labels(), from, to));
    }
}
