package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reciprocal;
import static org.fewstep.op.Ops.sqrt;
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
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.PathColumns;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multistep consistency model: time is cut into S equal segments, and the network is consistent inside each, towards the
 * segment's clean end e. S = 1 is a consistency model, S = the number of the teacher's steps a diffusion model.
 *
 * <pre>
 * z_s = aDDIM(x_t, z_t, t to s),    x_t = teacher(z_t) or the sample itself,   s = t - 1 / T
 * x_r = sg f(z_s, s),               z_e = DDIM(x_r, z_s, s to e)               z_s itself where s = e
 * x   = the x0 whose DDIM step from z_t ends in z_e
 * L   = E (SNR(t) + 1) |f(z_t, t) - sg x|
 * </pre>
 *
 * <p>aDDIM makes up for the variance that a mean takes away: its noise estimate e is stretched to
 *
 * <pre>
 * sqrt(sigma_s^2 + (d / |e|^2) (alpha_s - alpha_t sigma_s / sigma_t)^2 eta mean (x_t - x0)^2) e
 * </pre>
 *
 * over d coordinates. The distance is the norm over coordinates, not its square. Cost: one evaluation forward and backward a
 * step, one of the student and one of the teacher.
 *
 * @paper Heek, Hoogeboom, Salimans: Multistep Consistency Models, 2024, arXiv:2403.06807, algorithms 1 to 3
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class SegmentConsistency implements Loss<SegmentConsistency.Nets, SegmentConsistency.Draw> {
    private static final String NAME = "multistep consistency";

    /**
     * The networks; both predict the same.
     *
     * @param student of the segments
     * @param teacher diffusion model; null trains on data alone
     */
    public record Nets(PredictionNet student, @Nullable PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param schedule of noise
     * @param prediction what both networks give
     * @param noisiest time 1 of the segments
     * @param cleanest time 0 of the segments
     * @param segments S, at least 1
     * @param teacherSteps teacher's steps by training step, rounded to a multiple of S
     * @param eta share of the lost variance that is made up for; 0.75 as published with a teacher, 0 without
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            NoiseSchedule schedule,
            Prediction prediction,
            double noisiest,
            double cleanest,
            int segments,
            ScaleSchedule teacherSteps,
            double eta,
            double labelDrop,
            int classes) {
        public Config {
            if (segments < 1 || !(eta >= 0)) {
                throw new IllegalArgumentException(
                        NAME + ": got " + segments + " segments, eta " + eta + "; expected at least 1 and at least 0");
            }
        }

        /** Teacher's steps of a segment at a training step, at least 1. */
        public int stepsPerSegment(long step) {
            return Math.max(1, (int) Math.round((double) teacherSteps.scales(step) / segments));
        }
    }

    /**
     * The times of a batch, from 0, clean, to 1.
     *
     * @param t where the teacher's step begins (B)
     * @param s where it ends (B)
     * @param end clean end of the segment (B)
     */
    public record Steps(double[] t, double[] s, double[] end) {}

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param steps times
     * @param labels after dropout, K for none; null without classes
     * @param on what the loss reads of times and labels
     */
    public record Draw(Tensor x0, Tensor eps, Steps steps, int @Nullable [] labels, OnDevice on) {}

    /** Times and labels of a draw as tensors. */
    static final class OnDevice {
        private final PathColumns at;
        private final X0Columns atT;
        private final X0Columns atS;
        private final DdimColumns step;
        private final DdimColumns rest;
        private final DdimColumns whole;
        private final Tensor alphaS;
        private final Tensor varianceS;
        private final Tensor shrink;
        private final Tensor atEnd;
        private final Tensor weight;
        private final Cond cond;

        private OnDevice(Config config, Steps steps, Tensor like, Cond cond) {
            double[] timeT = times(config, steps.t);
            double[] timeS = times(config, steps.s);
            PathCoefficients t = PathCoefficients.of(config.schedule, timeT);
            PathCoefficients s = PathCoefficients.of(config.schedule, timeS);
            PathCoefficients end = PathCoefficients.of(config.schedule, times(config, steps.end));
            int n = timeT.length;
            double[] variance = new double[n];
            double[] lost = new double[n];
            double[] ended = new double[n];
            double[] w = new double[n];
            for (int i = 0; i < n; i++) {
                variance[i] = s.sigma()[i] * s.sigma()[i];
                double change = s.alpha()[i] - t.alpha()[i] * s.sigma()[i] / t.sigma()[i];
                lost[i] = change * change;
                ended[i] = steps.s[i] == steps.end[i] ? 1 : 0;
                double snr = t.alpha()[i] / t.sigma()[i];
                w[i] = snr * snr + 1;
            }
            at = PathColumns.of(config.schedule, timeT, like);
            atT = X0Columns.of(config.prediction, t, timeT, like);
            atS = X0Columns.of(config.prediction, s, timeS, like);
            step = DdimColumns.of(t, s, like);
            rest = DdimColumns.of(s, end, like);
            whole = DdimColumns.of(t, end, like);
            alphaS = Tensor.perSample(s.alpha(), like);
            varianceS = Tensor.perSample(variance, like);
            shrink = Tensor.perSample(lost, like);
            atEnd = Tensor.perSample(ended, like);
            weight = PerSample.times(w, like);
            this.cond = cond;
        }

        private static double[] times(Config config, double[] u) {
            double[] t = new double[u.length];
            for (int i = 0; i < t.length; i++) {
                t[i] = config.cleanest + (config.noisiest - config.cleanest) * u[i];
            }
            return t;
        }

        private List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(at.tensors());
            all.addAll(atT.tensors());
            all.addAll(atS.tensors());
            all.addAll(step.tensors());
            all.addAll(rest.tensors());
            all.addAll(whole.tensors());
            all.addAll(List.of(alphaS, varianceS, shrink, atEnd, weight));
            return all;
        }
    }

    private final Config config;

    public SegmentConsistency(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        int each = config.stepsPerSegment(step);
        int[] segment = rng.stream("segment").integers(0, batch.size(), step, config.segments);
        int[] inside = rng.stream("inside").integers(0, batch.size(), step, each);
        for (int i = 0; i < inside.length; i++) {
            inside[i]++;
        }
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        int[] labels = Labels.of(NAME, batch, config.classes);
        return draw(x0, eps, steps(segment, inside, each), Labels.without(labels, dropped, config.classes));
    }

    /**
     * Times of a batch.
     *
     * @param segment from 0, the clean one (B)
     * @param inside steps above the segment's clean end, 1 to each (B)
     * @param each teacher's steps a segment
     */
    public Steps steps(int[] segment, int[] inside, int each) {
        int n = segment.length;
        Steps steps = new Steps(new double[n], new double[n], new double[n]);
        double total = (double) config.segments * each;
        for (int i = 0; i < n; i++) {
            if (segment[i] < 0 || segment[i] >= config.segments || inside[i] < 1 || inside[i] > each) {
                throw new IllegalArgumentException(NAME + ": got segment " + segment[i] + " and step " + inside[i]
                        + "; expected 0 to " + (config.segments - 1) + " and 1 to " + each);
            }
            steps.end[i] = (double) segment[i] / config.segments;
            steps.t[i] = steps.end[i] + inside[i] / total;
            steps.s[i] = inside[i] == 1 ? steps.end[i] : steps.t[i] - 1 / total;
        }
        return steps;
    }

    /** The draw of given numbers: data and noise (B, ...), times, labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor eps, Steps steps, int @Nullable [] labels) {
        return new Draw(
                x0, eps, steps, labels, new OnDevice(config, steps, x0, Labels.cond(labels, config.classes, x0)));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps));
        inputs.addAll(draw.on.tensors());
        Labels.addTo(inputs, draw.on.cond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on;
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Tensor zt = on.at.xt(draw.x0, draw.eps);
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Tensor ofTeacher = nets.teacher == null ? draw.x0 : on.atT.x0(nets.teacher, zt, on.cond);
            Tensor variance = Ops.scale(new Distance.MeanSquare().of(ofTeacher, draw.x0), config.eta);
            Tensor zs = adjusted(zt, ofTeacher, variance, on);
            Tensor xr = on.atS.x0(nets.student, zs, on.cond);
            Tensor ze = where(on.atEnd, zs, on.rest.step(zs, xr));
            target = on.whole.inverse(zt, ze);
            parts.put("x_teacher", ofTeacher);
            parts.put("x_var", variance);
            parts.put("z_s", zs);
            parts.put("x_ref", xr);
            parts.put("z_end", ze);
        }
        Tensor x0 = on.atT.x0(nets.student, zt, on.cond);
        Tensor distance = new Distance.Norm().of(x0, target);
        Tensor perSample = mul(on.weight, distance);
        parts.put("z_t", zt);
        parts.put("target", target);
        parts.put("x0", x0);
        return new LossResult(mean(perSample), mean(stopGradient(distance)), perSample, parts);
    }

    /** aDDIM's z_s. */
    private static Tensor adjusted(Tensor zt, Tensor x0, Tensor variance, OnDevice on) {
        Tensor eps = div(sub(zt, mul(on.at.alpha(), x0)), on.at.sigma());
        // d / |e|^2
        Tensor perNorm = PerSampleColumn.of(reciprocal(PerSample.meanOf(square(eps))), zt);
        Tensor made = mul(mul(perNorm, on.shrink), PerSampleColumn.of(variance, zt));
        return add(mul(on.alphaS, x0), mul(sqrt(add(on.varianceS, made)), eps));
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        Steps all = draw.steps;
        Steps part = new Steps(
                Arrays.copyOfRange(all.t, from, to),
                Arrays.copyOfRange(all.s, from, to),
                Arrays.copyOfRange(all.end, from, to));
        return draw(
                Ops.slice(draw.x0, 0, from, to),
                Ops.slice(draw.eps, 0, from, to),
                part,
                Labels.slice(draw.labels, from, to));
    }
}
