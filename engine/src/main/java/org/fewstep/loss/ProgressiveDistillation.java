package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.PathColumns;
import org.fewstep.path.Prediction;
import org.fewstep.solver.Spacing;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Progressive distillation: one DDIM step of the student becomes two of the teacher, which then has half as many.
 *
 * <pre>
 * z_m = DDIM(z_t, teacher(z_t), t to m),   z_s = DDIM(z_m, teacher(z_m), m to s)
 * x   = (z_s - (sigma_s / sigma_t) z_t) / (alpha_s - alpha_t sigma_s / sigma_t)
 * L   = E w(t) d(x0 of the student at z_t, sg x)
 * </pre>
 *
 * <p>x is what makes one step from z_t end exactly in z_s. On the last step of a variance-preserving grid, where s is so clean
 * that x would be a ratio of two small numbers, the teacher's prediction at z_m stands for it. On {@link
 * org.fewstep.path.EdmSchedule} a DDIM step is Euler's step in sigma. The published weights are those of {@link PairWeight} in
 * sigma / alpha: 1, the ratio of signal to noise, its maximum with 1, and 1 above it, which is the error of v. A student that
 * predicts eps does not survive the last rounds. Checked against google-research's diffusion_distillation and
 * openai/consistency_models. Cost: one evaluation forward and backward a step, and two of the teacher.
 *
 * @paper Salimans, Ho: Progressive Distillation for Fast Sampling of Diffusion Models, 2022, arXiv:2202.00512, algorithm 2
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ProgressiveDistillation implements Loss<ProgressiveDistillation.Nets, ProgressiveDistillation.Draw> {
    private static final String NAME = "progressive distillation";

    /**
     * The networks; both predict the same.
     *
     * @param student of the coarse steps
     * @param teacher of the fine steps
     */
    public record Nets(PredictionNet student, PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param schedule of noise
     * @param prediction what both networks give
     * @param spacing of the student's times
     * @param from noisiest time
     * @param to cleanest time
     * @param steps number of the student's steps by training step
     * @param lastIsPrediction whether the step to {@code to} takes the teacher's prediction for its target
     * @param distance of the student's x0 from its target
     * @param weight at sigma / alpha
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     * @param guidance scales w that both networks take as 1 + w; null for networks that take none
     */
    public record Config(
            NoiseSchedule schedule,
            Prediction prediction,
            Spacing spacing,
            double from,
            double to,
            ScaleSchedule steps,
            boolean lastIsPrediction,
            Distance distance,
            PairWeight weight,
            double labelDrop,
            int classes,
            @Nullable GuidanceLaw guidance) {}

    /**
     * The times of a batch.
     *
     * @param t where the student's steps begin (B)
     * @param m their middle (B)
     * @param s where they end (B)
     * @param last which of them end the grid (B)
     */
    public record Steps(double[] t, double[] m, double[] s, boolean[] last) {}

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param steps times
     * @param labels after dropout, K for none; null without classes
     * @param w guidance (B); null without
     * @param on what the loss reads of times and labels
     */
    public record Draw(
            Tensor x0, Tensor eps, Steps steps, int @Nullable [] labels, double @Nullable [] w, OnDevice on) {}

    /** Times and labels of a draw as tensors. */
    static final class OnDevice {
        private final PathColumns at;
        private final X0Columns atT;
        private final X0Columns atM;
        private final DdimColumns first;
        private final DdimColumns second;
        private final DdimColumns whole;
        private final Tensor weight;
        private final Tensor last;
        private final Cond cond;

        private OnDevice(Config config, Steps steps, Tensor like, Cond cond) {
            PathCoefficients t = PathCoefficients.of(config.schedule, steps.t);
            PathCoefficients m = PathCoefficients.of(config.schedule, steps.m);
            PathCoefficients s = PathCoefficients.of(config.schedule, steps.s);
            double[] w = new double[steps.t.length];
            double[] ends = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                w[i] = config.weight.at(t.sigma()[i] / t.alpha()[i], s.sigma()[i] / s.alpha()[i]);
                ends[i] = config.lastIsPrediction && steps.last[i] ? 1 : 0;
            }
            at = PathColumns.of(config.schedule, steps.t, like);
            atT = X0Columns.of(config.prediction, t, steps.t, like);
            atM = X0Columns.of(config.prediction, m, steps.m, like);
            first = DdimColumns.of(t, m, like);
            second = DdimColumns.of(m, s, like);
            whole = DdimColumns.of(t, s, like);
            weight = PerSample.times(w, like);
            last = Tensor.perSample(ends, like);
            this.cond = cond;
        }

        private List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(at.tensors());
            all.addAll(atT.tensors());
            all.addAll(atM.tensors());
            all.addAll(first.tensors());
            all.addAll(second.tensors());
            all.addAll(whole.tensors());
            all.addAll(List.of(weight, last));
            return all;
        }
    }

    private final Config config;

    public ProgressiveDistillation(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        int count = config.steps.scales(step);
        int[] index = rng.stream("times").integers(0, batch.size(), step, count);
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        int[] labels = Labels.of(NAME, batch, config.classes);
        double[] w = config.guidance == null ? null : config.guidance.sample(rng, step, batch.size());
        return draw(x0, eps, steps(index, count), Labels.without(labels, dropped, config.classes), w);
    }

    /** The times of the student's steps i, counted from the noisiest, of so many. */
    public Steps steps(int[] index, int count) {
        Steps steps = new Steps(
                new double[index.length],
                new double[index.length],
                new double[index.length],
                new boolean[index.length]);
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= count) {
                throw new IllegalArgumentException(
                        NAME + ": got step " + index[i] + " of " + count + "; expected 0 to " + (count - 1));
            }
            steps.t[i] = time((double) index[i] / count);
            steps.m[i] = time((index[i] + 0.5) / count);
            steps.s[i] = time((index[i] + 1.0) / count);
            steps.last[i] = index[i] == count - 1;
        }
        return steps;
    }

    private double time(double u) {
        GridPoint from = config.schedule.at(config.from);
        GridPoint to = config.schedule.at(config.to);
        return config.spacing.at(config.schedule, from, to, u).t();
    }

    /** The draw of given numbers: data and noise (B, ...), times, labels (B) after dropout or null, guidance (B) or null. */
    public Draw draw(Tensor x0, Tensor eps, Steps steps, int @Nullable [] labels, double @Nullable [] w) {
        Cond cond = Labels.guided(Labels.cond(labels, config.classes, x0), w, x0);
        return new Draw(x0, eps, steps, labels, w, new OnDevice(config, steps, x0, cond));
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
        Tensor zt = on.at.xt(draw.x0, draw.eps);
        Tensor zm;
        Tensor zs;
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            zm = on.first.step(zt, on.atT.x0(nets.teacher, zt, on.cond));
            Tensor atMiddle = on.atM.x0(nets.teacher, zm, on.cond);
            zs = on.second.step(zm, atMiddle);
            target = where(on.last, atMiddle, on.whole.inverse(zt, zs));
        }
        Tensor x0 = on.atT.x0(nets.student, zt, on.cond);
        Tensor distance = config.distance.of(x0, target);
        Tensor perSample = mul(on.weight, distance);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z_t", zt);
        parts.put("z_m", zm);
        parts.put("z_s", zs);
        parts.put("target", target);
        parts.put("x0", x0);
        return new LossResult(mean(perSample), mean(stopGradient(distance)), perSample, parts);
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
                Arrays.copyOfRange(all.m, from, to),
                Arrays.copyOfRange(all.s, from, to),
                Arrays.copyOfRange(all.last, from, to));
        return draw(
                Ops.slice(draw.x0, 0, from, to),
                Ops.slice(draw.eps, 0, from, to),
                part,
                Labels.slice(draw.labels, from, to),
                draw.w == null ? null : Arrays.copyOfRange(draw.w, from, to));
    }
}
