package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
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
import org.fewstep.op.Ops;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * MeanFlow: the average velocity u(z_t, t, r) of the flow from t back to r, learned from scratch by its own identity.
 *
 * <p>On the linear path with noise at 1, z_t = (1 - t) x0 + t eps and v = eps - x0, the average velocity obeys
 * u = v - (t - r) du/dt along the flow (equation 6). With the derivative by one forward-mode pass along (v, 1, 0) for
 * (z, t, r), the loss (algorithm 1, with the adaptive weight of section 4.3) is
 *
 * <pre>
 * u_target = sg[v_g - clip(t - r, 0, 1) du/dt]
 * l        = sum over coordinates of (u - u_target)^2
 * L        = mean over the batch of l / sg[(l + c)^p]
 * </pre>
 *
 * <p>Guidance inside the target (section 4.2, in the form with kappa): v_g = omega v + (1 - omega - kappa) u(z, t, t |
 * null) + kappa u(z, t, t | label) for t in [tStart, tEnd], else v; the effective scale is omega / (1 - kappa). For a
 * network that takes the scale as an input, each sample draws its own omega, with a density proportional to 1 / omega as in
 * improved MeanFlow. Label dropout follows the reference: the number of dropped labels is drawn, and the first so many samples of the batch lose
 * label and guidance, so that with {@link Diagonal.Leading} they fall on samples with r = t.
 *
 * <p>With p = 1 and c far below the error the weight is 1 / error: samples that happen to fit count most, so the diagonal
 * u(z, t, t) is no longer the mean of the samples' velocities but nearer to their mode, and more steps follow it the further. On
 * eight Gaussians, where the squared error is about 8, c = 0.001 gave energy distances of 0.0139, 0.0147, 0.0153 and 0.0169 in 1, 2, 4 and 16
 * steps, mean of two seeds, the samples too near to the modes; c = 30 gave 0.0047, 0.0063, 0.0017 and 0.0006, mean of five. Where the
 * velocity matters, use p = 0 or a c above the error.
 * Checked against Gsunshine/meanflow (JAX) and Gsunshine/py-meanflow (torch). Cost: one
 * evaluation with tangent, one backward pass, and up to two evaluations for guidance.
 *
 * @paper Geng, Deng, Bai, Kolter, He: Mean Flows for One-step Generative Modeling, 2025, arXiv:2505.13447
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class MeanFlow implements Loss<FlowMapNet, MeanFlow.Draw> {
    /** The path of the paper. */
    public static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    private static final FlowDerivative ALONG_THE_FLOW = new FlowDerivative.ForwardMode();

    /**
     * Guidance built into the target.
     *
     * @param omega weight of the sample's velocity
     * @param omegaMost where above omega, each sample draws its weight between both and the network gets it as an input
     * @param kappa weight of the network's own conditional velocity, below 1
     * @param tStart first time with guidance
     * @param tEnd last time with guidance
     */
    public record Guidance(double omega, double omegaMost, double kappa, double tStart, double tEnd) {
        /** No guidance: v_g = v. */
        public static final Guidance NONE = new Guidance(1, 0, 0, 1);

        /** The same weight for all samples. */
        public Guidance(double omega, double kappa, double tStart, double tEnd) {
            this(omega, omega, kappa, tStart, tEnd);
        }

        public Guidance {
            if (!(omegaMost >= omega) || (omegaMost > omega && (!(omega > 0) || kappa != 0))) {
                throw new IllegalArgumentException("mean flow: got omega " + omega + " to " + omegaMost + " and kappa "
                        + kappa + "; expected rising numbers, and above 0 with kappa 0 where they differ");
            }
        }

        /** Whether samples draw their weights. */
        boolean varies() {
            return omegaMost > omega;
        }

        /** The weight at a time for a number u in [0, 1). */
        double omega(double t, double u) {
            return tStart <= t && t <= tEnd ? varies() ? omega * Math.pow(omegaMost / omega, u) : omega : 1;
        }

        double kappa(double t) {
            return tStart <= t && t <= tEnd ? kappa : 0;
        }

        boolean isOff() {
            return omega == 1 && !varies() && kappa == 0;
        }
    }

    /**
     * The choices.
     *
     * @param times law of (t, r)
     * @param p exponent of the adaptive weight, at least 0; 0 is none
     * @param c added to the squared error in the weight, at least 0; at 0 an exact sample has no weight
     * @param guidance inside the target
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimePairSampler times, double p, double c, Guidance guidance, double labelDrop, int classes) {
        /** ImageNet setting of the paper without labels: logit-normal(-0.4, 1), 25 % with r != t, p = 1, c = 0.01. */
        public static final Config UNCONDITIONAL =
                new Config(new LogitNormalPairs(-0.4, 1, new Diagonal.Leading(0.75)), 1, 0.01, Guidance.NONE, 0, 0);

        public Config {
            if (!(p >= 0) || !(c >= 0)) {
                throw new IllegalArgumentException("mean flow: got p " + p + ", c " + c + "; expected both at least 0");
            }
            if (!(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException("mean flow: got label drop " + labelDrop + ", classes " + classes
                        + "; expected a probability and at least 0");
            }
            if (classes == 0 && !guidance.isOff()) {
                throw new IllegalArgumentException(
                        "mean flow: got guidance " + guidance + " without classes; expected Guidance.NONE, or classes");
            }
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
     * @param dropped samples that lost label and guidance (B)
     * @param u which guidance a sample draws, each in [0, 1) (B); null where all have the same
     * @param on what the loss reads of the times and labels
     */
    public record Draw(
            Tensor x0,
            Tensor eps,
            double[] t,
            double[] r,
            int @Nullable [] labels,
            boolean[] dropped,
            double @Nullable [] u,
            OnDevice on) {}

    /**
     * Times and labels of a draw as tensors.
     *
     * @param path the path at t
     * @param times t and r
     * @param span clip(t - r, 0, 1) (B, 1, ..., 1)
     * @param weights of the sample's, the null label's and the label's velocity in v_g, each (B, 1, ..., 1); none where
     *     guidance is off
     * @param cond the labels
     */
    public record OnDevice(PathColumns path, FlowDerivative.Times times, Tensor span, List<Tensor> weights, Cond cond) {
        public OnDevice {
            weights = List.copyOf(weights);
        }
    }

    private final Config config;

    public MeanFlow(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        TimePairs times = config.times.sample(rng.stream("times"), step, batch.size());
        double[] u = config.guidance.varies() ? rng.stream("guidance").uniform(0, batch.size(), step) : null;
        return draw(batch, eps, times, Labels.uniform(rng, step, batch.size()), u);
    }

    /** The draw that given random numbers stand for; {@code uniformDrop} (B) decides how many labels are dropped. */
    public Draw draw(Batch batch, Tensor eps, TimePairs times, double[] uniformDrop) {
        return draw(batch, eps, times, uniformDrop, null);
    }

    private Draw draw(Batch batch, Tensor eps, TimePairs times, double[] uniformDrop, double @Nullable [] u) {
        boolean[] dropped = Labels.dropLeading(uniformDrop, config.labelDrop);
        int[] labels = Labels.of("mean flow", batch, config.classes);
        return draw(batch.x0(), eps, times, Labels.without(labels, dropped, config.classes), dropped, u);
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param labels after dropout (B), or null
     * @param dropped samples without guidance (B)
     * @param u which guidance a sample draws, each in [0, 1) (B); null where all have the same
     */
    public Draw draw(
            Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels, boolean[] dropped, double @Nullable [] u) {
        if ((u != null) != config.guidance.varies()) {
            throw new IllegalArgumentException("mean flow: got " + (u == null ? "no" : "a")
                    + " number for the guidance of each sample and " + config.guidance
                    + "; expected numbers exactly where omega has a range");
        }
        double[] t = times.t();
        double[] r = times.r();
        OnDevice on = new OnDevice(
                PathColumns.of(PATH, t, x0),
                ALONG_THE_FLOW.at(t, r, x0),
                Tensor.perSample(span(t, r), x0),
                config.guidance.isOff() ? List.of() : weights(t, dropped, u, x0),
                cond(labels, t, dropped, u, x0));
        return new Draw(x0, eps, t, r, labels, dropped, u, on);
    }

    /** The draw of given numbers where all samples have the same guidance. */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels, boolean[] dropped) {
        return draw(x0, eps, times, labels, dropped, null);
    }

    private static double[] span(double[] t, double[] r) {
        double[] span = new double[t.length];
        for (int i = 0; i < span.length; i++) {
            span[i] = Math.min(Math.max(t[i] - r[i], 0), 1);
        }
        return span;
    }

    private Cond cond(int @Nullable [] labels, double[] t, boolean[] dropped, double @Nullable [] u, Tensor like) {
        Cond cond = Labels.cond(labels, config.classes, like);
        return u == null ? cond : cond.withScales(PerSample.times(omegas(t, dropped, u), like));
    }

    /** Weight of the sample's velocity, 1 without guidance. */
    private double[] omegas(double[] t, boolean[] dropped, double @Nullable [] u) {
        double[] omegas = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            omegas[i] = dropped[i] ? 1 : config.guidance.omega(t[i], u == null ? 0 : u[i]);
        }
        return omegas;
    }

    private List<Tensor> weights(double[] t, boolean[] dropped, double @Nullable [] u, Tensor like) {
        Guidance g = config.guidance;
        double[] sample = omegas(t, dropped, u);
        double[] none = new double[t.length];
        double[] own = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            own[i] = dropped[i] ? 0 : g.kappa(t[i]);
            none[i] = 1 - sample[i] - own[i];
        }
        return List.of(Tensor.perSample(sample, like), Tensor.perSample(none, like), Tensor.perSample(own, like));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on();
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0(), draw.eps(), on.span()));
        inputs.addAll(on.path().tensors());
        inputs.addAll(on.times().tensors());
        inputs.addAll(on.weights());
        Labels.addTo(inputs, on.cond());
        return inputs;
    }

    @Override
    public LossResult loss(FlowMapNet net, Draw draw) {
        OnDevice on = draw.on();
        Tensor z = PATH.xt(draw.x0(), draw.eps(), on.path());
        Tensor v = PATH.velocity(draw.x0(), draw.eps(), on.path());
        Tensor vg = stopGradient(guided(net, z, v, on));

        Dual dual = ALONG_THE_FLOW.along(net, z, vg, on.times(), on.cond());
        Tensor u = dual.value();
        Tensor dudt = Jvp.tangentOrZero(dual);

        Tensor target = stopGradient(sub(vg, mul(on.span(), dudt)));
        Tensor l = PerSample.sumOf(square(sub(u, target)));
        Tensor weight = new AdaptiveWeight(config.p, config.c).of(l);
        Tensor perSample = mul(l, weight);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z", z);
        parts.put("v", v);
        parts.put("v_guided", vg);
        parts.put("u", u);
        parts.put("dudt", dudt);
        parts.put("u_target", target);
        parts.put("sq_error", l);
        parts.put("weight", weight);
        return new LossResult(mean(perSample), mean(stopGradient(l)), perSample, parts);
    }

    private Tensor guided(FlowMapNet net, Tensor z, Tensor v, OnDevice on) {
        if (on.weights().isEmpty()) {
            return v;
        }
        Tensor sample = on.weights().get(0);
        Tensor none = on.weights().get(1);
        Tensor own = on.weights().get(2);
        Tensor t = on.times().t();
        try (NoGrad off = NoGrad.open()) {
            Tensor vNull = net.v(z, t, Labels.none(config.classes, z));
            Tensor sum = add(mul(sample, v), mul(none, vNull));
            return config.guidance.kappa == 0 ? sum : add(sum, mul(own, net.v(z, t, on.cond())));
        }
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        double[] u = draw.u();
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.t(), from, to), Arrays.copyOfRange(draw.r(), from, to)),
                Labels.slice(draw.labels(), from, to),
                Arrays.copyOfRange(draw.dropped(), from, to),
                u == null ? null : Arrays.copyOfRange(u, from, to));
    }
}
