package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
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
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Continuous-time consistency training and distillation in TrigFlow's coordinates: sCT and sCD.
 *
 * <p>With x_t = cos(t) x0 + sin(t) z, z of the data's standard deviation s, v = s F(x_t / s, t) and f = cos(t) x - sin(t) v:
 *
 * <pre>
 * dx/dt = cos(t) z - sin(t) x0                  sCT;   the teacher's v(x_t, t) in sCD
 * g     = -cos^2 (v - dx/dt) - r (cos sin x + cos sin dv/dt)       cos(t) df/dt where r = 1; equation 6
 * g     = g / (|g| + c)                                            or clipped to [-1, 1]
 * L     = E [ w(t) e^-logvar(t) |F - sg F - sg g|^2 + logvar(t) ],   w = 1 / (s tan t)
 * </pre>
 *
 * <p>r rises from 0 to 1 over the warm-up, {@link WarmUp} has another place for it. |F - sg F - g|^2 has the value |g|^2
 * and the gradient -2 g dF: its size says nothing about progress, so the error to watch is |g| before normalisation.
 * logvar is a learned weight that depends on t, or none. FastGen takes the mean over coordinates, divides by their number
 * once more, and measures |g| as root mean square; {@link Reduction} has its forms. {@link TrigFlowDerivative} has dv/dt,
 * exact or by differences. The network needs a forward-mode derivative that goes through its time; keep t away from pi/2.
 * Checked against NVlabs/FastGen. Cost: one evaluation with tangent and one backward pass a step, and one evaluation of
 * the teacher.
 *
 * @paper Lu, Song: Simplifying, Stabilizing and Scaling Continuous-Time Consistency Models, 2024, arXiv:2410.11081
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TrigFlowConsistency implements Loss<TrigFlowConsistency.Nets, TrigFlowConsistency.Draw> {
    /**
     * The networks.
     *
     * @param student v(x, t)
     * @param teacher v(x, t) of the flow that is distilled; null trains on data alone
     * @param logvar the learned weight; null for none
     */
    public record Nets(
            VelocityNet student,
            @Nullable VelocityNet teacher,
            @Nullable LogVariance logvar) {}

    /** The logarithm of a loss's size at a time. */
    @FunctionalInterface
    public interface LogVariance {
        /** (B) for times (B). */
        Tensor of(Tensor t);
    }

    /** How the derivative g is made small. */
    public sealed interface Bound {
        /** The bounded derivative (B, ...). */
        Tensor of(Tensor g);

        /**
         * g / (|g| + c).
         *
         * @param c above 0; 0.1 as published
         * @param rootMeanSquare whether |g| is divided by the root of the number of coordinates, as FastGen does
         */
        record Normalised(double c, boolean rootMeanSquare) implements Bound {
            public Normalised {
                if (!(c > 0)) {
                    throw new IllegalArgumentException("normalised tangent: got c " + c + "; expected above 0");
                }
            }

            @Override
            public Tensor of(Tensor g) {
                Tensor norm = new Distance.Norm().of(g);
                double factor = rootMeanSquare ? 1 / Math.sqrt(coordinates(g)) : 1;
                return div(g, PerSampleColumn.of(scaleShift(norm, factor, c), g));
            }
        }

        /** Each coordinate clipped to [-1, 1]. */
        record Clipped() implements Bound {
            @Override
            public Tensor of(Tensor g) {
                return clamp(g, -1, 1);
            }
        }
    }

    /** Where the factor r of the warm-up stands; at r = 1 both are equation 6. */
    public enum WarmUp {
        /** Before all that is not the distance to the flow, as published: -cos^2 (v - dx/dt) - r (cos sin x + cos sin dv/dt). */
        WHOLE,
        /** Before the state alone: -cos (1 - r^2 sin^2)^(1/2) (v - dx/dt) - (r cos sin x + cos sin dv/dt), NVlabs/rcm's. */
        STATE
    }

    /** What becomes of the squares of a sample's coordinates. */
    public enum Reduction {
        /** Their mean: the sum over the number of coordinates, the paper's equation 8. */
        MEAN,
        /** Their mean over the number of coordinates once more, FastGen's default. */
        MEAN_PER_COORDINATE
    }

    /**
     * The choices.
     *
     * @param sigmaData s, above 0
     * @param times law of t in (0, pi/2)
     * @param derivative how the derivative of v along the flow is found
     * @param warmup place of r
     * @param warmupSteps H, steps over which r rises from 0 to 1; at least 1; 10,000 as published
     * @param bound of g
     * @param noiseWeight whether w(t) = 1 / (s tan t), else 1
     * @param reduction over coordinates
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            double sigmaData,
            TimeSampler times,
            TrigFlowDerivative derivative,
            WarmUp warmup,
            long warmupSteps,
            Bound bound,
            boolean noiseWeight,
            Reduction reduction,
            double labelDrop,
            int classes) {
        public Config {
            if (!(sigmaData > 0) || warmupSteps < 1 || !(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("trigflow consistency: got sigma_data " + sigmaData + ", "
                        + warmupSteps + " steps of warm-up, label drop " + labelDrop + ", classes " + classes
                        + "; expected above 0, at least 1, a probability, at least 0");
            }
        }

        /** The paper's choices without labels. */
        public Config(double sigmaData, TimeSampler times) {
            this(
                    sigmaData,
                    times,
                    new TrigFlowDerivative.ForwardMode(),
                    WarmUp.WHOLE,
                    10_000,
                    new Bound.Normalised(0.1, false),
                    true,
                    Reduction.MEAN,
                    0,
                    0);
        }

        /** r at a training step. */
        public double warmup(long step) {
            return Math.min(1, (double) step / warmupSteps);
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param z noise of the data's standard deviation (B, ...)
     * @param t times (B)
     * @param warmup r
     * @param labels after dropout, K for none; null without classes
     * @param on what the loss reads of times and labels
     */
    public record Draw(Tensor x0, Tensor z, double[] t, double warmup, int @Nullable [] labels, OnDevice on) {}

    /**
     * Times and labels of a draw as tensors.
     *
     * @param t (B)
     * @param cos of t (B, 1, ..., 1)
     * @param sin of t (B, 1, ..., 1)
     * @param flowCos cos(t), or what stands for it beside the distance to the flow (B, 1, ..., 1)
     * @param endSin sin of the derivative's {@link TrigFlowDerivative#end} (B, 1, ..., 1)
     * @param weight w(t) over what the reduction divides by (B)
     * @param warmup r (B, 1, ..., 1)
     * @param more what the derivative reads of the times
     * @param cond the labels
     */
    public record OnDevice(
            Tensor t,
            Tensor cos,
            Tensor sin,
            Tensor flowCos,
            Tensor endSin,
            Tensor weight,
            Tensor warmup,
            List<Tensor> more,
            Cond cond) {
        public OnDevice {
            more = List.copyOf(more);
        }
    }

    private final Config config;

    public TrigFlowConsistency(Config config) {
        this.config = config;
    }

    private static int coordinates(Tensor x) {
        return x.shape().count() / Math.max(1, x.dim(0));
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor unit = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        double[] t = config.times.sample(rng.stream("times"), step, batch.size());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        int[] labels = Labels.of("trigflow consistency", batch, config.classes);
        return draw(
                x0,
                scale(unit, config.sigmaData),
                t,
                config.warmup(step),
                Labels.without(labels, dropped, config.classes));
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param z noise of the data's standard deviation (B, ...)
     * @param t times in (0, pi/2) (B)
     * @param warmup r, 0 to 1
     * @param labels after dropout (B), or null
     */
    public Draw draw(Tensor x0, Tensor z, double[] t, double warmup, int @Nullable [] labels) {
        double[] cos = new double[t.length];
        double[] sin = new double[t.length];
        double[] flowCos = new double[t.length];
        double[] endSin = new double[t.length];
        double[] weight = new double[t.length];
        double[] r = new double[t.length];
        double per = config.reduction == Reduction.MEAN ? 1 : coordinates(x0);
        for (int i = 0; i < t.length; i++) {
            if (!(t[i] > 0 && t[i] < Math.PI / 2)) {
                throw new IllegalArgumentException(
                        "trigflow consistency: got t " + t[i] + " of sample " + i + "; expected inside (0, pi/2)");
            }
            cos[i] = Math.cos(t[i]);
            sin[i] = Math.sin(t[i]);
            double end = config.derivative.end(t[i]);
            endSin[i] = Math.sin(end);
            flowCos[i] = config.warmup == WarmUp.WHOLE ? Math.cos(end) : cosOf(warmup * endSin[i]);
            weight[i] = (config.noiseWeight ? cos[i] / (config.sigmaData * sin[i]) : 1) / per;
            r[i] = warmup;
        }
        OnDevice on = new OnDevice(
                PerSample.times(t, x0),
                Tensor.perSample(cos, x0),
                Tensor.perSample(sin, x0),
                Tensor.perSample(flowCos, x0),
                Tensor.perSample(endSin, x0),
                PerSample.times(weight, x0),
                Tensor.perSample(r, x0),
                config.derivative.at(t, x0),
                Labels.cond(labels, config.classes, x0));
        return new Draw(x0, z, t, warmup, labels, on);
    }

    private static double cosOf(double sin) {
        return Math.sqrt((1 - sin) * (1 + sin));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on;
        List<Tensor> inputs = new ArrayList<>(
                List.of(draw.x0, draw.z, on.t, on.cos, on.sin, on.flowCos, on.endSin, on.weight, on.warmup));
        inputs.addAll(on.more);
        Labels.addTo(inputs, on.cond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on;
        Tensor cosSin = mul(on.cos, on.endSin);
        Tensor xt = mulAdd(on.sin, draw.z, mul(on.cos, draw.x0));
        Tensor slope = slope(nets.teacher, xt, draw);

        Dual dual = config.derivative.along(nets.student, xt, slope, draw);
        Tensor v = dual.value();
        Tensor dv = mul(cosSin, stopGradient(Jvp.tangentOrZero(dual)));
        Tensor g;
        try (NoGrad off = NoGrad.open()) {
            Tensor toFlow = mul(mul(on.cos, on.flowCos), sub(v, slope));
            Tensor alongFlow = alongFlow(on.warmup, mul(cosSin, xt), dv);
            g = neg(add(toFlow, alongFlow));
        }
        Tensor bounded = config.bound.of(g);

        Tensor f = scale(v, 1 / config.sigmaData);
        Tensor squared = PerSample.meanOf(square(sub(sub(f, stopGradient(f)), bounded)));
        Tensor weighted = mul(on.weight, squared);
        Tensor perSample = weighted;
        if (nets.logvar != null) {
            Tensor logvar = nets.logvar.of(on.t);
            perSample = add(mul(weighted, exp(neg(logvar))), logvar);
        }
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("dx_dt", slope);
        parts.put("F", f);
        parts.put("F_jvp_times_cos_sin", scale(dv, 1 / config.sigmaData));
        parts.put("x0_pred", sub(mul(on.cos, xt), mul(on.sin, stopGradient(v))));
        parts.put("g", g);
        parts.put("g_bounded", bounded);
        parts.put("squared", squared);
        return new LossResult(mean(perSample), mean(new Distance.Norm().of(g)), perSample, parts);
    }

    private Tensor alongFlow(Tensor r, Tensor state, Tensor dv) {
        return config.warmup == WarmUp.WHOLE ? mul(r, add(state, dv)) : add(mul(r, state), dv);
    }

    /** dx/dt at x_t, a constant. */
    private static Tensor slope(@Nullable VelocityNet teacher, Tensor xt, Draw draw) {
        OnDevice on = draw.on;
        try (NoGrad off = NoGrad.open()) {
            return teacher == null ? sub(mul(on.cos, draw.z), mul(on.sin, draw.x0)) : teacher.v(xt, on.t, on.cond);
        }
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
                draw.warmup,
                Labels.slice(draw.labels, from, to));
    }
}
