package org.fewstep.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.path.Path;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loss on maps X_{s,t} between two times of a path, which needs nothing random beside data, noise, times and labels.
 *
 * @param <N> the network, or a record of networks by role
 */
public abstract class MapLoss<N> implements Loss<N, MapDraw> {
    /**
     * The choices that these losses share.
     *
     * @param path between noise and data
     * @param times law of start and end; with ends on both sides of the start the map is learned in both directions
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(Path path, TimePairSampler times, double labelDrop, int classes) {
        public Config {
            if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("flow map: got label drop " + labelDrop + ", classes " + classes
                        + "; expected a probability and at least 0");
            }
        }
    }

    private final String name;
    private final Config config;

    MapLoss(String name, Config config) {
        this.name = name;
        this.config = config;
    }

    @Override
    public MapDraw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        int count = batch.size();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        TimePairs times = config.times.sample(rng.stream("times"), step, count);
        boolean[] dropped = Labels.dropEach(rng, step, count, config.labelDrop);
        int[] labels = Labels.without(Labels.of(name, batch, config.classes), dropped, config.classes);
        return draw(x0, eps, times, middle(rng.stream("middle"), step, count), labels);
    }

    /** The draw of given numbers: data and noise (B, ...), labels (B) after dropout or null; u in the middle. */
    public MapDraw draw(Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels) {
        return draw(x0, eps, times, MidTime.halves(times.t().length), labels);
    }

    /** The draw of given numbers with u = h s + (1 - h) t (B). */
    public MapDraw draw(Tensor x0, Tensor eps, TimePairs times, double[] h, int @Nullable [] labels) {
        double[] s = times.t();
        double[] t = times.r();
        double[] span = new double[s.length];
        double[] u = new double[s.length];
        for (int i = 0; i < s.length; i++) {
            span[i] = t[i] - s[i];
            u[i] = h[i] * s[i] + (1 - h[i]) * t[i];
        }
        MapDraw.OnDevice on = new MapDraw.OnDevice(
                PathColumns.of(config.path, s, x0),
                PerSample.times(t, x0),
                Tensor.perSample(span, x0),
                PerSample.times(u, x0),
                Tensor.perSample(h, x0),
                Labels.cond(labels, config.classes, x0));
        return new MapDraw(x0, eps, s, t, h, labels, on);
    }

    /** h of the times between start and end (B); a half, where a loss has none. */
    double[] middle(Rng rng, int step, int count) {
        return MidTime.halves(count);
    }

    @Override
    public List<Tensor> inputs(MapDraw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0(), draw.eps()));
        inputs.addAll(draw.on().tensors());
        Labels.addTo(inputs, draw.on().cond());
        return inputs;
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public MapDraw slice(MapDraw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.s(), from, to), Arrays.copyOfRange(draw.t(), from, to)),
                Arrays.copyOfRange(draw.h(), from, to),
                Labels.slice(draw.labels(), from, to));
    }
}
