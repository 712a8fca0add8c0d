package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.broadcastTo;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.ImmScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.Path;
import org.fewstep.path.PathColumns;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Inductive moment matching: a map f_{s,t} whose samples at s have the same distribution from a start t and from a start r a
 * little nearer, compared in groups of M particles that share their times.
 *
 * <pre>
 * x_t = alpha_t x0 + sigma_t eps,   x_r the same data and noise at r,   s &lt;= r &lt; t
 * p_j = f_{s,t}(x_t^j),   q_j = sg f_{s,r}(x_r^j)     of the same weights
 * M^2 = mean over j, l of k(p_j, p_l) + k(q_j, q_l) - 2 k(p_j, q_l)      j = l included
 * L   = mean over the groups of w(t) M^2
 * </pre>
 *
 * <p>Only distributions are matched, so the map need not follow the flow. M = 1 is consistency training with the distance 2 (1
 * - k), which is reported to collapse on images. A dropped label is dropped for p alone, as in a public training code; each
 * particle keeps the label of its data. Checked against lumalabs/imm for the map, the noising and x_r; the training code was
 * not released. Cost: one evaluation forward and backward a step, and one forward.
 *
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565, algorithm 1
 * @shape x0 (B, ...), B = G M with the particles of a group side by side; total (), perSample (B)
 */
public final class InductiveMomentMatching implements Loss<FlowMapNet, InductiveMomentMatching.Draw> {
    private static final String NAME = "inductive moment matching";

    /**
     * The choices.
     *
     * @param scaling of f, with the path and the standard deviation of the noise
     * @param times law of (t, s), one pair a group
     * @param decrement from t to r
     * @param particles M of a group, at least 1; 4 as published
     * @param kernel k
     * @param weight w
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            ImmScaling scaling,
            TimePairSampler times,
            EtaDecrement decrement,
            int particles,
            LaplaceKernel kernel,
            SnrSigmoidWeight weight,
            double labelDrop,
            int classes) {
        public Config {
            if (particles < 1 || !(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException(NAME + ": got " + particles + " particles a group, label drop "
                        + labelDrop + ", classes " + classes + "; expected at least 1, a probability, at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise of the scaling's standard deviation (B, ...)
     * @param t start times (G)
     * @param s end times (G)
     * @param r nearer start times (G), s &lt;= r &lt;= t
     * @param labels of the data; null without classes
     * @param dropped samples whose p has the null label (B)
     * @param on what the loss reads of the times and labels
     */
    public record Draw(
            Tensor x0,
            Tensor eps,
            double[] t,
            double[] s,
            double[] r,
            int @Nullable [] labels,
            boolean[] dropped,
            OnDevice on) {}

    /**
     * Times and labels of a draw as tensors.
     *
     * @param start the path at t
     * @param nearer the path at r
     * @param far the map from t to s
     * @param near the map from r to s
     * @param kernelWeight in the kernel's exponent (G, 1, 1)
     * @param weight w(t) (G)
     * @param cond the labels of p
     * @param targetCond the labels of q
     */
    public record OnDevice(
            PathColumns start,
            PathColumns nearer,
            ImmScaling.Columns far,
            ImmScaling.Columns near,
            Tensor kernelWeight,
            Tensor weight,
            Cond cond,
            Cond targetCond) {}

    private final Config config;

    public InductiveMomentMatching(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = scale(
                Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape()),
                config.scaling.sigmaData());
        TimePairs times = config.times.sample(rng.stream("times"), step, groups(batch.size()));
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        return draw(x0, eps, times, Labels.of(NAME, batch, config.classes), dropped);
    }

    private int groups(int batch) {
        if (batch % config.particles != 0) {
            throw new IllegalArgumentException(NAME + ": got a batch of " + batch + " for groups of " + config.particles
                    + " particles; expected a multiple");
        }
        return batch / config.particles;
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param eps noise of the scaling's standard deviation (B, ...)
     * @param times t and s of the groups (G)
     * @param labels of the data (B), or null
     * @param dropped samples whose p has the null label (B)
     */
    public Draw draw(Tensor x0, Tensor eps, TimePairs times, int @Nullable [] labels, boolean[] dropped) {
        Path path = config.scaling.path();
        double[] t = times.t();
        double[] s = times.r();
        int groups = groups(x0.dim(0));
        if (t.length != groups) {
            throw new IllegalArgumentException(
                    NAME + ": got " + t.length + " pairs of times for " + groups + " groups; expected one a group");
        }
        double[] r = new double[groups];
        double[] weight = new double[groups];
        double[] kernelWeight = new double[groups];
        for (int i = 0; i < groups; i++) {
            if (!(s[i] < t[i])) {
                throw new IllegalArgumentException(
                        NAME + ": got end time " + s[i] + " of start time " + t[i] + "; expected one below it");
            }
            r[i] = config.decrement.between(path, t[i], s[i]);
            weight[i] = config.weight.at(path, t[i]);
            kernelWeight[i] = config.scaling.kernelWeight(t[i], s[i]);
        }
        double[] eachT = each(t);
        double[] eachS = each(s);
        double[] eachR = each(r);
        Tensor ofGroups = reshape(Tensor.of(x0.device(), x0.dtype(), kernelWeight, groups), groups, 1, 1);
        OnDevice on = new OnDevice(
                PathColumns.of(path, eachT, x0),
                PathColumns.of(path, eachR, x0),
                config.scaling.at(eachT, eachS, x0),
                config.scaling.at(eachR, eachS, x0),
                ofGroups,
                Tensor.of(x0.device(), x0.dtype(), weight, groups),
                Labels.cond(Labels.without(labels, dropped, config.classes), config.classes, x0),
                Labels.cond(labels, config.classes, x0));
        return new Draw(x0, eps, t, s, r, labels, dropped, on);
    }

    /** The numbers of the groups for every particle. */
    private double[] each(double[] ofGroups) {
        double[] each = new double[ofGroups.length * config.particles];
        for (int i = 0; i < each.length; i++) {
            each[i] = ofGroups[i / config.particles];
        }
        return each;
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on();
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0(), draw.eps(), on.kernelWeight(), on.weight()));
        inputs.addAll(on.start().tensors());
        inputs.addAll(on.nearer().tensors());
        inputs.addAll(on.far().tensors());
        inputs.addAll(on.near().tensors());
        Labels.addTo(inputs, on.cond());
        Labels.addTo(inputs, on.targetCond());
        return inputs;
    }

    @Override
    public LossResult loss(FlowMapNet net, Draw draw) {
        OnDevice on = draw.on();
        Tensor xt = on.start().xt(draw.x0(), draw.eps());
        Tensor xr = on.nearer().xt(draw.x0(), draw.eps());
        Tensor p = config.scaling.map(net, xt, on.far(), on.cond());
        Tensor q;
        try (NoGrad off = NoGrad.open()) {
            q = config.scaling.map(net, xr, on.near(), on.targetCond());
        }

        Tensor ofP = grouped(p);
        Tensor ofQ = grouped(q);
        Tensor among = config.kernel.of(ofP, ofP, on.kernelWeight());
        Tensor amongTargets = config.kernel.of(ofQ, ofQ, on.kernelWeight());
        Tensor between = config.kernel.of(ofP, ofQ, on.kernelWeight());
        // Pair by pair, so that equal groups give exactly 0.
        Tensor mmd = mean(sub(add(among, amongTargets), scale(between, 2)), 1, 2);
        Tensor perGroup = mul(on.weight(), mmd);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_r", xr);
        parts.put("f_st", p);
        parts.put("f_sr", q);
        parts.put("kernel_weight", on.kernelWeight());
        parts.put("weight", on.weight());
        parts.put("K_tt", among);
        parts.put("K_rr", amongTargets);
        parts.put("K_tr", between);
        parts.put("mmd2", mmd);
        return new LossResult(mean(perGroup), mean(stopGradient(mmd)), perSample(perGroup), parts);
    }

    private Tensor grouped(Tensor x) {
        int groups = groups(x.dim(0));
        return reshape(x, groups, config.particles, groups == 0 ? 0 : x.shape().count() / x.dim(0));
    }

    private Tensor perSample(Tensor perGroup) {
        int groups = perGroup.dim(0);
        Tensor each = broadcastTo(reshape(perGroup, groups, 1), Shape.of(groups, config.particles));
        return reshape(each, groups * config.particles);
    }

    @Override
    public Coupling coupling() {
        return config.particles == 1 ? Coupling.NONE : Coupling.GROUP;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        int first = groups(from);
        int last = groups(to);
        return draw(
                Ops.slice(draw.x0(), 0, from, to),
                Ops.slice(draw.eps(), 0, from, to),
                new TimePairs(Arrays.copyOfRange(draw.t(), first, last), Arrays.copyOfRange(draw.s(), first, last)),
                Labels.slice(draw.labels(), from, to),
                Arrays.copyOfRange(draw.dropped(), from, to));
    }
}
