package org.fewstep.loss;

import java.util.List;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.Path;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Rectified flow on given pairs: {@link FlowMatching} whose noise is that from which a teacher's ODE came to the data.
 *
 * <p>The pairs are the batch: its source is the noise, its data the ends. With all times the flow becomes straighter; with the
 * times of a few steps alone it is distilled for these. Labels are not dropped, since the ends belong to them. Checked against
 * gnobitab/RectifiedFlow. Cost: one evaluation forward and backward a step; the pairs cost the teacher's steps once.
 *
 * @paper Liu, Gong, Liu: Flow Straight and Fast, 2022, arXiv:2209.03003
 * @shape source and x0 (B, ...); total (), perSample (B)
 */
public final class Reflow implements Loss<VelocityNet, FlowMatching.Draw> {
    private final FlowMatching loss;
    private final TimeSampler times;
    private final int classes;

    /**
     * The loss.
     *
     * @param times law of t
     * @param classes number of classes K; 0 trains without labels
     */
    public Reflow(Path path, TimeSampler times, int classes) {
        this.loss = new FlowMatching(path, new FlowMatching.Config(times, 0, classes));
        this.times = times;
        this.classes = classes;
    }

    @Override
    public FlowMatching.Draw draw(Batch batch, Rng rng, int step) {
        Tensor noise = batch.source();
        if (noise == null) {
            throw new IllegalArgumentException("reflow: got a batch without source; expected the noise that the"
                    + " teacher's ODE began with; make the pairs first");
        }
        double[] t = times.sample(rng.stream("times"), step, batch.size());
        return loss.draw(batch.x0(), noise, t, Labels.of("reflow", batch, classes));
    }

    @Override
    public List<Tensor> inputs(FlowMatching.Draw draw) {
        return loss.inputs(draw);
    }

    @Override
    public LossResult loss(VelocityNet net, FlowMatching.Draw draw) {
        return loss.loss(net, draw);
    }

    @Override
    public Coupling coupling() {
        return loss.coupling();
    }

    @Override
    public FlowMatching.Draw slice(FlowMatching.Draw draw, int from, int to) {
        return loss.slice(draw, from, to);
    }
}
