package org.fewstep.loss;

import static org.fewstep.op.Ops.slice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.path.IndexPairs;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Data, noise, times and labels of a step on a noise schedule: the draw that many losses share. */
final class PathSampling {
    private final String loss;
    private final NoiseSchedule schedule;
    private final FlowMatching.Config config;

    /**
     * The sampling of a loss.
     *
     * @param loss its name, for error messages
     */
    PathSampling(String loss, NoiseSchedule schedule, FlowMatching.Config config) {
        this.loss = loss;
        this.schedule = schedule;
        this.config = config;
    }

    FlowMatching.Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        IndexPairs pairs = config.coupling().pairs(eps, x0, rng.stream("coupling"), step);
        double[] t = config.times().sample(rng.stream("times"), step, batch.size());
        int[] labels = Labels.pick(Labels.of(loss, batch, config.classes()), pairs.data());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop());
        return draw(
                PerSample.pick(x0, pairs.data()),
                PerSample.pick(eps, pairs.noise()),
                t,
                Labels.without(labels, dropped, config.classes()));
    }

    FlowMatching.Draw draw(Tensor x0, Tensor eps, double[] t, int @Nullable [] labels) {
        return new FlowMatching.Draw(
                x0, eps, t, labels, PathColumns.of(schedule, t, x0), Labels.cond(labels, config.classes(), x0));
    }

    List<Tensor> inputs(FlowMatching.Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0(), draw.eps()));
        inputs.addAll(draw.at().tensors());
        Labels.addTo(inputs, draw.cond());
        return inputs;
    }

    FlowMatching.Draw part(FlowMatching.Draw draw, int from, int to) {
        return draw(
                slice(draw.x0(), 0, from, to),
                slice(draw.eps(), 0, from, to),
                Arrays.copyOfRange(draw.t(), from, to),
                Labels.slice(draw.labels(), from, to));
    }
}
