package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.stopGradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Consistency trajectory model, the soft consistency term: a map G(x, t, s) between any two points of a teacher's
 * probability-flow ODE.
 *
 * <pre>
 * x_t = x0 + t z,   x_u = m Heun steps of the teacher from t to u, neighbouring levels of a grid
 * a   = G_avg(G(x_t, t, s), s, e)            the gradient flows through the averaged network's input
 * b   = sg G_avg(G_avg(x_u, u, s), s, e)
 * L   = E d(a, b),     e = sigma_min, s on the grid at or below u
 * </pre>
 *
 * <p>Both ends are compared after the averaged network has taken them to the clean end. The paper's d is LPIPS; here it is any
 * {@link Distance}. {@link TrajectoryDenoising} is the term for s = t. Times are EDM's sigma. Checked against sony/ctm. Cost:
 * one evaluation forward and backward a step, three of the average, one of them backward to its input, and 2 m of the teacher.
 *
 * @paper Kim et al.: Consistency Trajectory Models: Learning Probability Flow ODE Trajectory of Diffusion, 2023,
 *     arXiv:2310.02279, algorithm 1
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ConsistencyTrajectory implements Loss<ConsistencyTrajectory.Nets, ConsistencyTrajectory.Draw> {
    private static final String NAME = "consistency trajectory";

    /**
     * The networks.
     *
     * @param student F of G
     * @param average F of the averaged G
     * @param teacher denoiser D(x, sigma)
     */
    public record Nets(FlowMapNet student, FlowMapNet average, PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param scaling of G
     * @param grid of the levels
     * @param levels of the grid, at least 3; 18 and 40 as published
     * @param distance between the ends
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            CtmScaling scaling, KarrasGrid grid, int levels, Distance distance, double labelDrop, int classes) {
        public Config {
            if (levels < 3 || !(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException(NAME + ": got " + levels + " levels, label drop " + labelDrop
                        + ", classes " + classes + "; expected at least 3, a probability, at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param z noise (B, ...)
     * @param index place of t on the grid, counted from the highest level (B)
     * @param steps m, of the teacher
     * @param end place of s (B)
     * @param labels after dropout, K for none; null without classes
     * @param levels t, ..., u as (B) and (B, 1, ..., 1), in turn
     * @param s (B)
     * @param least e (B)
     * @param cond the labels on the device
     */
    public record Draw(
            Tensor x0,
            Tensor z,
            int[] index,
            int steps,
            int[] end,
            int @Nullable [] labels,
            List<Tensor> levels,
            Tensor s,
            Tensor least,
            Cond cond) {
        public Draw {
            levels = List.copyOf(levels);
        }
    }

    private final Config config;

    public ConsistencyTrajectory(Config config) {
        this.config = config;
    }

    /** The level of a place on the grid. */
    public double level(int index) {
        return config.grid.level(index / (config.levels - 1.0));
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        int count = batch.size();
        Tensor z = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        // The number of steps is one for the batch, so that it stays one pass.
        int steps = 1 + rng.stream("steps").integers(0, 1, step, config.levels - 1)[0];
        int[] index = rng.stream("t").integers(0, count, step, config.levels - steps);
        double[] u = rng.stream("s").uniform(0, count, step);
        int[] end = new int[count];
        for (int i = 0; i < count; i++) {
            int first = index[i] + steps;
            end[i] = first + (int) (u[i] * (config.levels - first));
        }
        boolean[] dropped = Labels.dropEach(rng, step, count, config.labelDrop);
        int[] labels = Labels.of(NAME, batch, config.classes);
        return draw(x0, z, index, steps, end, Labels.without(labels, dropped, config.classes));
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param z noise (B, ...)
     * @param index place of t (B)
     * @param steps m, at least 1
     * @param end place of s (B), at least index + steps
     * @param labels after dropout (B), or null
     */
    public Draw draw(Tensor x0, Tensor z, int[] index, int steps, int[] end, int @Nullable [] labels) {
        List<Tensor> levels = new ArrayList<>();
        for (int k = 0; k <= steps; k++) {
            double[] level = new double[index.length];
            for (int i = 0; i < level.length; i++) {
                if (index[i] < 0 || index[i] + steps > end[i] || end[i] >= config.levels) {
                    throw new IllegalArgumentException(NAME + ": got t at " + index[i] + ", " + steps
                            + " steps, s at " + end[i] + " of " + config.levels
                            + " levels; expected 0 <= t, t + steps <= s, s on the grid");
                }
                level[i] = level(index[i] + k);
            }
            levels.add(PerSample.times(level, x0));
            levels.add(Tensor.perSample(level, x0));
        }
        double[] s = new double[end.length];
        double[] least = new double[end.length];
        for (int i = 0; i < s.length; i++) {
            s[i] = level(end[i]);
        }
        Arrays.fill(least, config.grid.sigmaMin());
        return new Draw(
                x0,
                z,
                index,
                steps,
                end,
                labels,
                levels,
                PerSample.times(s, x0),
                PerSample.times(least, x0),
                Labels.cond(labels, config.classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.z, draw.s, draw.least));
        inputs.addAll(draw.levels);
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    /** The number of the teacher's steps less 1. */
    @Override
    public int branch(Draw draw) {
        return draw.steps - 1;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        CtmScaling scaling = config.scaling;
        Tensor t = draw.levels.get(0);
        Tensor xt = mulAdd(draw.levels.get(1), draw.z, draw.x0);
        Tensor xu = xt;
        Tensor u = draw.levels.get(2 * draw.steps);
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            for (int k = 0; k < draw.steps; k++) {
                TeacherStep.Levels at = new TeacherStep.Levels(
                        draw.levels.get(2 * k),
                        draw.levels.get(2 * k + 2),
                        draw.levels.get(2 * k + 1),
                        draw.levels.get(2 * k + 3));
                xu = TeacherStep.HEUN.of(nets.teacher, xu, at, draw.cond);
            }
            Tensor toS = scaling.map(nets.average, xu, u, draw.s, draw.cond);
            target = scaling.map(nets.average, toS, draw.s, draw.least, draw.cond);
        }
        Tensor map = scaling.map(nets.student, xt, t, draw.s, draw.cond);
        Tensor estimate = scaling.map(nets.average, map, draw.s, draw.least, draw.cond);
        Tensor perSample = config.distance.of(estimate, stopGradient(target));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_u", xu);
        parts.put("map", map);
        parts.put("estimate", estimate);
        parts.put("target", target);
        return new LossResult(mean(perSample), perSample, parts);
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
                Arrays.copyOfRange(draw.index, from, to),
                draw.steps,
                Arrays.copyOfRange(draw.end, from, to),
                Labels.slice(draw.labels, from, to));
    }

    /** The estimates a of clean data on draws of their own, for the loss of a discriminator. */
    public Generated<?> estimates(FlowMapNet student, FlowMapNet average) {
        return new Estimates(this, student, average);
    }

    private record Estimates(ConsistencyTrajectory loss, FlowMapNet student, FlowMapNet average)
            implements Generated<Draw> {
        @Override
        public Draw draw(Batch batch, Rng rng, int step) {
            return loss.draw(batch, rng, step);
        }

        @Override
        public Pairs of(Draw draw) {
            CtmScaling scaling = loss.config.scaling;
            Tensor t = draw.levels.get(0);
            Tensor xt = mulAdd(draw.levels.get(1), draw.z, draw.x0);
            Tensor map = scaling.map(student, xt, t, draw.s, draw.cond);
            Tensor estimate = scaling.map(average, map, draw.s, draw.least, draw.cond);
            return new Pairs(draw.x0, estimate, t, draw.cond);
        }

        @Override
        public List<Tensor> inputs(Draw draw) {
            List<Tensor> inputs = new ArrayList<>(
                    List.of(draw.x0, draw.z, draw.levels.get(0), draw.levels.get(1), draw.s, draw.least));
            Labels.addTo(inputs, draw.cond);
            return inputs;
        }

        @Override
        public Draw slice(Draw draw, int from, int to) {
            return loss.slice(draw, from, to);
        }
    }
}
