package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.op.Ops;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * MeanFlow as NVlabs/FastGen trains it: the derivative term is warmed up, and either the error or the tangent is
 * normalised.
 *
 * <p>On the linear path with noise at 1, with J = du/dt along the flow and warm-up a = min(1, step / warmupSteps):
 *
 * <pre>
 * L2:       target = sg[v - a (t - r) J],  l = |u - target|^2,  L = l / sg[(l + c)^p]
 * OPT_GRAD: g = sg[v - u - a (t - r) J] (/ sqrt(D)),  w = 1 / (|g| + c)^p,  L = |u - sg[u] - w g|^2
 * </pre>
 *
 * <p>Sums over coordinates, mean over the batch. The two have the same gradient direction for each sample; OPT_GRAD's
 * value says only how large the normalised tangent is. Checked against NVlabs/FastGen, whose derivative may also be a
 * finite difference. Cost: one evaluation with tangent (or three), one backward pass.
 *
 * @paper Geng, Deng, Bai, Kolter, He: Mean Flows for One-step Generative Modeling, 2025, arXiv:2505.13447; variants of
 *     NVlabs/FastGen
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class FastGenMeanFlow implements Loss<FlowMapNet, FastGenMeanFlow.Draw> {
    /** What is normalised. */
    public enum Form {
        /** The squared error. */
        L2,
        /** The tangent. */
        OPT_GRAD
    }

    /**
     * The choices.
     *
     * @param times law of (t, r)
     * @param form what is normalised
     * @param p exponent of the weight, at least 0
     * @param c added to the norm in the weight, at least 0; at 0 an exact sample has no weight
     * @param warmupSteps steps until the derivative term has its full size; 0 for none
     * @param spatialInvariance divides the tangent of OPT_GRAD by sqrt(D)
     * @param derivative how J is found
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            TimePairSampler times,
            Form form,
            double p,
            double c,
            int warmupSteps,
            boolean spatialInvariance,
            FlowDerivative derivative,
            double labelDrop,
            int classes) {
        /** L2 without labels: p = 1, c = 1e-3, no warm-up, exact derivative. */
        public static final Config UNCONDITIONAL = new Config(
                new LogitNormalPairs(-0.4, 1, new Diagonal.Leading(0.75)),
                Form.L2,
                1,
                1e-3,
                0,
                false,
                new FlowDerivative.ForwardMode(),
                0,
                0);

        public Config {
            if (!(p >= 0) || !(c >= 0) || warmupSteps < 0) {
                throw new IllegalArgumentException("fastgen mean flow: got p " + p + ", c " + c + ", warmupSteps "
                        + warmupSteps + "; expected all at least 0");
            }
            if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("fastgen mean flow: got label drop " + labelDrop + ", classes "
                        + classes + "; expected a probability and at least 0");
            }
        }

        /** Size of the derivative term at a step, 0 to 1. */
        public double warmup(int step) {
            return warmupSteps == 0 ? 1 : Math.min(1, (double) step / warmupSteps);
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t start times (B)
     * @param r end times (B), r &lt;= t
     * @param labels after dropout, K for none; null without classes
     * @param warmup size a of the derivative term
     * @param on what the loss reads of the times and labels
     */
    public record Draw(
            Tensor x0, Tensor eps, double[] t, double[] r, int @Nullable [] labels, double warmup, OnDevice on) {}

    /**
     * Times and labels of a draw as tensors.
     *
     * @param path the path at t
     * @param times t and r
     * @param size a (t - r) (B, 1, ..., 1)
     * @param cond the labels
     */
    public record OnDevice(PathColumns path, FlowDerivative.Times times, Tensor size, Cond cond) {}

    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    private final Config config;

    public FastGenMeanFlow(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        TimePairs times = config.times.sample(rng.stream("times"), step, batch.size());
        int[] labels = Labels.of("fastgen mean flow", batch, config.classes);
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        return draw(x0, eps, times, Labels.without(labels, dropped, config.classes), config.warmup(step));
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param labels after dropout (B), or null
     * @param warmup size a of the derivative term
     */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels, double warmup) {
        double[] t = times.t();
        double[] r = times.r();
        double[] size = new double[t.length];
        for (int i = 0; i < size.length; i++) {
            size[i] = warmup * (t[i] - r[i]);
        }
        OnDevice on = new OnDevice(
                PathColumns.of(PATH, t, x0),
                config.derivative.at(t, r, x0),
                Tensor.perSample(size, x0),
                Labels.cond(labels, config.classes, x0));
        return new Draw(x0, eps, t, r, labels, warmup, on);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on();
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0(), draw.eps(), on.size()));
        inputs.addAll(on.path().tensors());
        inputs.addAll(on.times().tensors());
        Labels.addTo(inputs, on.cond());
        return inputs;
    }

    @Override
    public LossResult loss(FlowMapNet net, Draw draw) {
        OnDevice on = draw.on();
        Tensor z = PATH.xt(draw.x0(), draw.eps(), on.path());
        Tensor v = PATH.velocity(draw.x0(), draw.eps(), on.path());
        Dual dual = config.derivative.along(net, z, v, on.times(), on.cond());
        Tensor u = dual.value();
        Tensor dudt = Jvp.tangentOrZero(dual);
        Tensor target = stopGradient(sub(v, mul(on.size(), dudt)));

        AdaptiveWeight adaptive = new AdaptiveWeight(config.p, config.c);
        Tensor aim; // the target, or the tangent
        Tensor weight;
        Tensor perSample;
        if (config.form == Form.L2) {
            aim = target;
            Tensor l = PerSample.sumOf(square(sub(u, target)));
            weight = adaptive.of(l);
            perSample = mul(l, weight);
        } else {
            Tensor tangent = sub(target, stopGradient(u));
            int dims = z.shape().count() / z.dim(0);
            aim = config.spatialInvariance ? scale(tangent, 1 / Math.sqrt(dims)) : tangent;
            weight = adaptive.of(sqrt(PerSample.sumOf(square(aim))));
            Tensor normalised = mul(PerSampleColumn.of(weight, z), aim);
            perSample = PerSample.sumOf(square(sub(sub(u, stopGradient(u)), normalised)));
        }

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z", z);
        parts.put("v", v);
        parts.put("u", u);
        parts.put("dudt", dudt);
        parts.put("target_or_tangent", aim);
        parts.put("weight", weight);
        return new LossResult(mean(perSample), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.t(), from, to), Arrays.copyOfRange(draw.r(), from, to)),
                Labels.slice(draw.labels(), from, to),
                draw.warmup());
    }
}
