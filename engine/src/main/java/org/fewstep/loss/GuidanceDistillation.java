package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.PathColumns;
import org.fewstep.path.Prediction;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Guidance distillation, stage one: a student that takes the guidance scale as an input learns in one evaluation what its
 * teacher's guided two give.
 *
 * <pre>
 * x = (1 + w) x0(z_t | c) - w x0(z_t),   w uniform on a range
 * L = E weight(t) mean (x0 of the student at z_t, c, w  -  sg x)^2
 * </pre>
 *
 * <p>w = 0 is no guidance: the scale is that of Imagen less 1, and {@link Cond#scales} has 1 + w, the one definition of guidance
 * here. Cost: one evaluation forward and backward a step, and two of the teacher.
 *
 * @paper Meng, Rombach, Gao, Kingma, Ermon, Ho, Salimans: On Distillation of Guided Diffusion Models, 2022, arXiv:2210.03142,
 *     algorithm 1
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class GuidanceDistillation implements Loss<GuidanceDistillation.Nets, GuidanceDistillation.Draw> {
    private static final String NAME = "guidance distillation";

    /**
     * The networks.
     *
     * @param student takes labels and guidance scales
     * @param teacher takes labels, the null label too
     */
    public record Nets(PredictionNet student, PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param schedule of noise
     * @param student what the student gives
     * @param teacher what the teacher gives
     * @param times law of t
     * @param least least w, at least 0
     * @param most greatest w; 4 as published
     * @param weight at sigma / alpha
     * @param classes number of classes K, at least 1
     */
    public record Config(
            NoiseSchedule schedule,
            Prediction student,
            Prediction teacher,
            TimeSampler times,
            double least,
            double most,
            PairWeight weight,
            int classes) {
        public Config {
            if (!(0 <= least && least <= most) || classes < 1) {
                throw new IllegalArgumentException(NAME + ": got w " + least + " to " + most + ", " + classes
                        + " classes; expected 0 <= least <= most and at least 1 class; guidance needs labels");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t times (B)
     * @param w guidance (B)
     * @param labels classes (B)
     * @param on what the loss reads of times, guidance and labels
     */
    public record Draw(Tensor x0, Tensor eps, double[] t, double[] w, int[] labels, OnDevice on) {}

    /**
     * A draw's numbers as tensors.
     *
     * @param at the schedule at t
     * @param ofStudent from the student's prediction to x0
     * @param ofTeacher from the teacher's prediction to x0
     * @param w (B, 1, ..., 1)
     * @param weight (B)
     * @param cond labels and guidance scales 1 + w
     */
    record OnDevice(PathColumns at, X0Columns ofStudent, X0Columns ofTeacher, Tensor w, Tensor weight, Cond cond) {}

    private final Config config;

    public GuidanceDistillation(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        double[] t = config.times.sample(rng.stream("times"), step, batch.size());
        double[] w = new GuidanceLaw(config.least, config.most).sample(rng, step, batch.size());
        int[] labels = Labels.require(NAME, batch, config.classes);
        return draw(x0, eps, t, w, labels);
    }

    /** The draw of given numbers: data and noise (B, ...), times, guidance and classes (B). */
    public Draw draw(Tensor x0, Tensor eps, double[] t, double[] w, int[] labels) {
        PathCoefficients at = PathCoefficients.of(config.schedule, t);
        double[] weight = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            double level = at.sigma()[i] / at.alpha()[i];
            weight[i] = config.weight.at(level, level);
        }
        OnDevice on = new OnDevice(
                PathColumns.of(config.schedule, t, x0),
                X0Columns.of(config.student, at, t, x0),
                X0Columns.of(config.teacher, at, t, x0),
                Tensor.perSample(w, x0),
                PerSample.times(weight, x0),
                Labels.guided(Labels.cond(labels, config.classes, x0), w, x0));
        return new Draw(x0, eps, t, w, labels, on);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps, draw.on.w, draw.on.weight));
        inputs.addAll(draw.on.at.tensors());
        inputs.addAll(draw.on.ofStudent.tensors());
        inputs.addAll(draw.on.ofTeacher.tensors());
        Labels.addTo(inputs, draw.on.cond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on;
        Tensor zt = on.at.xt(draw.x0, draw.eps);
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Cond labels = new Cond(on.cond.labels(), 1, 0, 1);
            Tensor with = on.ofTeacher.x0(nets.teacher, zt, labels);
            Tensor without = on.ofTeacher.x0(nets.teacher, zt, Labels.none(config.classes, zt));
            target = sub(mul(scaleShift(on.w, 1, 1), with), mul(on.w, without));
        }
        Tensor x0 = on.ofStudent.x0(nets.student, zt, on.cond);
        Tensor distance = new Distance.MeanSquare().of(x0, target);
        Tensor perSample = mul(on.weight, distance);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z_t", zt);
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
        return draw(
                Ops.slice(draw.x0, 0, from, to),
                Ops.slice(draw.eps, 0, from, to),
                Arrays.copyOfRange(draw.t, from, to),
                Arrays.copyOfRange(draw.w, from, to),
                Arrays.copyOfRange(draw.labels, from, to));
    }
}
