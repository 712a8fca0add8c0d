package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The denoising term of a consistency trajectory model: L = E mean |D(x0 + t z, t, t) - x0|^2 / c_out(t)^2, with EDM's c_out
 * and the denoiser that the scaling finds in g at s = t.
 *
 * <p>It keeps the diagonal of the map a diffusion model, where the soft consistency term says little. Checked against sony/ctm.
 * Cost: one evaluation forward and backward a step.
 *
 * @paper Kim et al.: Consistency Trajectory Models, 2023, arXiv:2310.02279, equation 10
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TrajectoryDenoising implements Loss<FlowMapNet, TrajectoryDenoising.Draw> {
    private static final String NAME = "trajectory denoising";

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param z noise (B, ...)
     * @param t levels (B)
     * @param labels after dropout, K for none; null without classes
     * @param times t on the device (B)
     * @param column t (B, 1, ..., 1)
     * @param weight 1 / c_out^2 (B)
     * @param cond the labels on the device
     */
    public record Draw(
            Tensor x0,
            Tensor z,
            double[] t,
            int @Nullable [] labels,
            Tensor times,
            Tensor column,
            Tensor weight,
            Cond cond) {}

    private final CtmScaling scaling;
    private final TimeSampler times;
    private final double labelDrop;
    private final int classes;

    /**
     * The term.
     *
     * @param times law of t, above 0
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public TrajectoryDenoising(CtmScaling scaling, TimeSampler times, double labelDrop, int classes) {
        this.scaling = scaling;
        this.times = times;
        this.labelDrop = labelDrop;
        this.classes = classes;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor z = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        double[] t = times.sample(rng.stream("times"), step, batch.size());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), labelDrop);
        return draw(x0, z, t, Labels.without(Labels.of(NAME, batch, classes), dropped, classes));
    }

    /** The draw of given numbers: data and noise (B, ...), levels (B), labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor z, double[] t, int @Nullable [] labels) {
        SigmaScaling edm = SigmaScaling.edm(scaling.sigmaData());
        double[] weight = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            weight[i] = 1 / (edm.out(t[i]) * edm.out(t[i]));
        }
        return new Draw(
                x0,
                z,
                t,
                labels,
                PerSample.times(t, x0),
                Tensor.perSample(t, x0),
                PerSample.times(weight, x0),
                Labels.cond(labels, classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.z, draw.times, draw.column, draw.weight));
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public LossResult loss(FlowMapNet net, Draw draw) {
        Tensor xt = mulAdd(draw.column, draw.z, draw.x0);
        Tensor x0 = scaling.denoised(net, xt, draw.times, draw.times, draw.cond);
        Tensor squared = PerSample.meanOf(square(sub(x0, draw.x0)));
        Tensor perSample = mul(draw.weight, squared);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("denoised", x0);
        return new LossResult(mean(perSample), mean(stopGradient(squared)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0, 0, from, to),
                Ops.slice(draw.z, 0, from, to),
                Arrays.copyOfRange(draw.t, from, to),
                Labels.slice(draw.labels, from, to));
    }
}
