package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The plain two-time variant of shortcut models, a baseline: a prediction of clean data at two times of one sample's line, and
 * the agreement of the two.
 *
 * <pre>
 * x_t = (1 - t) x0 + t eps,   x_s = (1 - s) x0 + s eps     the same noise
 * L = E |f(x_t, t) - x0|^2 + E |f(x_s, s) - x0|^2 + lambda E |f(x_t, t) - f(x_s, s)|^2      sums over coordinates
 * </pre>
 *
 * <p>It does not learn a flow map. The first two terms pull f to the mean E[x0 | x_t], and the third only shrinks it
 * further, since x_t and x_s lie on the line of a sample and not on the flow; {@link TwoTimeOptimum} has the minimiser for
 * Gaussian data, whose one-step samples are far too narrow. The corrected form compares along the model's own flow:
 * {@link SelfDistillation} with {@link SemigroupMatching}. With lambda = 0 it is a denoiser. Cost: two evaluations forward and
 * backward.
 *
 * @paper Frans, Hafner, Levine, Abbeel: One Step Diffusion via Shortcut Models, 2024, arXiv:2410.12557, whose target along the
 *     model's own flow this leaves out
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TwoTimePrediction implements Loss<PredictionNet, TwoTimePrediction.Draw> {
    /** The path. */
    public static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    private static final String NAME = "two-time prediction";

    /** The third term. */
    public enum Agreement {
        /** The gradient flows through both predictions. */
        SYMMETRIC,
        /** The prediction at the cleaner time is a constant. */
        TOWARDS_CLEANER
    }

    /**
     * The choices.
     *
     * @param times law of t and of s, drawn independently
     * @param lambda weight of the agreement, at least 0
     * @param agreement the third term
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimeSampler times, double lambda, Agreement agreement, double labelDrop, int classes) {
        public Config {
            if (!(lambda >= 0) || !(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException(NAME + ": got lambda " + lambda + ", label drop " + labelDrop
                        + ", classes " + classes + "; expected at least 0, a probability, at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t first times (B)
     * @param s second times (B)
     * @param labels after dropout, K for none; null without classes
     * @param atT the path at t
     * @param atS the path at s
     * @param noisierT 1 where t is at least s, else 0 (B, 1, ..., 1)
     * @param cond the labels on the device
     */
    public record Draw(
            Tensor x0,
            Tensor eps,
            double[] t,
            double[] s,
            int @Nullable [] labels,
            PathColumns atT,
            PathColumns atS,
            Tensor noisierT,
            Cond cond) {}

    private final Config config;

    public TwoTimePrediction(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        int count = batch.size();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        double[] t = config.times.sample(rng.stream("first time"), step, count);
        double[] s = config.times.sample(rng.stream("second time"), step, count);
        boolean[] dropped = Labels.dropEach(rng, step, count, config.labelDrop);
        int[] labels = Labels.of(NAME, batch, config.classes);
        return draw(x0, eps, t, s, Labels.without(labels, dropped, config.classes));
    }

    /** The draw of given numbers: data and noise (B, ...), times (B), labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor eps, double[] t, double[] s, int @Nullable [] labels) {
        double[] noisier = new double[t.length];
        for (int i = 0; i < noisier.length; i++) {
            noisier[i] = t[i] >= s[i] ? 1 : 0;
        }
        return new Draw(
                x0,
                eps,
                t,
                s,
                labels,
                PathColumns.of(PATH, t, x0),
                PathColumns.of(PATH, s, x0),
                Tensor.perSample(noisier, x0),
                Labels.cond(labels, config.classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps));
        inputs.addAll(draw.atT.tensors());
        inputs.addAll(draw.atS.tensors());
        inputs.add(draw.noisierT);
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public LossResult loss(PredictionNet net, Draw draw) {
        Tensor xt = draw.atT.xt(draw.x0, draw.eps);
        Tensor xs = draw.atS.xt(draw.x0, draw.eps);
        Tensor ft = net.of(xt, draw.atT.t(), draw.cond);
        Tensor fs = net.of(xs, draw.atS.t(), draw.cond);

        Tensor termT = PerSample.sumOf(square(sub(ft, draw.x0)));
        Tensor termS = PerSample.sumOf(square(sub(fs, draw.x0)));
        Tensor pair = PerSample.sumOf(square(difference(ft, fs, draw.noisierT)));
        Tensor perSample = add(add(termT, termS), scale(pair, config.lambda));
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_s", xs);
        parts.put("f_t", ft);
        parts.put("f_s", fs);
        parts.put("term_t", mean(termT));
        parts.put("term_s", mean(termS));
        parts.put("term_pair", mean(pair));
        return new LossResult(mean(perSample), perSample, parts);
    }

    private Tensor difference(Tensor ft, Tensor fs, Tensor noisierT) {
        if (config.agreement == Agreement.SYMMETRIC) {
            return sub(ft, fs);
        }
        return sub(where(noisierT, ft, fs), stopGradient(where(noisierT, fs, ft)));
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0, 0, from, to),
                Ops.slice(draw.eps, 0, from, to),
                Arrays.copyOfRange(draw.t, from, to),
                Arrays.copyOfRange(draw.s, from, to),
                Labels.slice(draw.labels, from, to));
    }
}
