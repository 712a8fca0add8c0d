package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Consistency distillation and training in continuous time, as of 2023: the derivative of f along the ODE, which is 0 for a
 * consistency function.
 *
 * <pre>
 * df  = -(df/dx dx/dt + df/dt),   dx/dt = (x_t - D(x_t, t)) / t, or (x_t - x0) / t = z without a teacher
 * L   = E |df|                                     through the derivative (reverse over forward)
 * L   = E -sg(df) . f(x_t, t)                      pseudo-objective: its gradient counts, its value means nothing
 * </pre>
 *
 * <p>The first is the norm over coordinates, not its square, or the mean of |df| over all of them. The pseudo-objective's gradient
 * is that of discrete pairs whose distance goes to 0, with the student as its own target. Checked against
 * openai/consistency_models_cifar10. Cost: one evaluation with tangent, one backward pass, through both in the first form.
 *
 * @paper Song, Dhariwal, Chen, Sutskever: Consistency Models, 2023, arXiv:2303.01469, appendix B
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ContinuousConsistency implements Loss<ContinuousConsistency.Nets, ContinuousConsistency.Draw> {
    /** The objective. */
    public enum Form {
        /** The norm of df. */
        NORM,
        /** The mean of |df| over coordinates. */
        MEAN_ABSOLUTE,
        /** The pseudo-objective. */
        STOP_GRADIENT
    }

    /**
     * The networks.
     *
     * @param student consistency function f
     * @param teacher denoiser D(x, sigma), or null for training from data alone
     */
    public record Nets(PredictionNet student, @Nullable PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param times law of t, above 0; EDM's sigma
     * @param form of the objective
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(TimeSampler times, Form form, double labelDrop, int classes) {}

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param z noise (B, ...)
     * @param t levels (B)
     * @param labels after dropout, K for none; null without classes
     * @param times t on the device (B)
     * @param column t (B, 1, ..., 1)
     * @param cond the labels on the device
     */
    public record Draw(
            Tensor x0, Tensor z, double[] t, int @Nullable [] labels, Tensor times, Tensor column, Cond cond) {}

    private final Config config;

    public ContinuousConsistency(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor z = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        double[] t = config.times.sample(rng.stream("times"), step, batch.size());
        boolean[] dropped = Labels.dropEach(rng, step, batch.size(), config.labelDrop);
        int[] labels = Labels.of("continuous consistency", batch, config.classes);
        return draw(x0, z, t, Labels.without(labels, dropped, config.classes));
    }

    /** The draw of given numbers: data and noise (B, ...), levels (B), labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor z, double[] t, int @Nullable [] labels) {
        return new Draw(
                x0,
                z,
                t,
                labels,
                PerSample.times(t, x0),
                Tensor.perSample(t, x0),
                Labels.cond(labels, config.classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.z, draw.times, draw.column));
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        Tensor xt = mulAdd(draw.column, draw.z, draw.x0);
        Tensor back = neg(slope(nets.teacher, xt, draw)); // t times the score: the way to less noise
        Tensor minusOne = Tensor.full(xt.device(), xt.dtype(), -1, draw.times.shape());
        Tensor[] at = {xt, draw.times};
        Tensor[] along = {back, minusOne};
        boolean through = config.form != Form.STOP_GRADIENT;
        Dual dual = through
                ? Jvp.of(in -> nets.student.of(in[0], in[1], draw.cond), at, along)
                : Jvp.detached(in -> nets.student.of(in[0], in[1], draw.cond), at, along);
        Tensor f = dual.value();
        Tensor df = Jvp.tangentOrZero(dual);

        Tensor perSample = switch (config.form) {
            case NORM -> new Distance.Norm().of(df);
            case MEAN_ABSOLUTE -> PerSample.meanOf(abs(df));
            case STOP_GRADIENT -> neg(PerSample.sumOf(mul(stopGradient(df), f)));
        };
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("tangent_x", back);
        parts.put("tangent_t", minusOne);
        parts.put("f", f);
        parts.put("df", df);
        Tensor error = mean(new Distance.Norm().of(stopGradient(df)));
        return new LossResult(mean(perSample), error, perSample, parts);
    }

    /** dx/dt of the ODE at x_t, a constant. */
    private static Tensor slope(@Nullable PredictionNet teacher, Tensor xt, Draw draw) {
        try (NoGrad off = NoGrad.open()) {
            Tensor clean = teacher == null ? draw.x0 : teacher.of(xt, draw.times, draw.cond);
            return div(sub(xt, clean), draw.column);
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
                Labels.slice(draw.labels, from, to));
    }
}
