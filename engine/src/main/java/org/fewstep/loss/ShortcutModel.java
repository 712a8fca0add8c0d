package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.op.Ops;
import org.fewstep.path.Path;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Shortcut models: average velocities over steps of length 2^-k, each learned from two steps of half the length, and the
 * shortest of them by flow matching.
 *
 * <pre>
 * d = 2^-k,   k &lt; log2 T,   t in {0, d, ..., 1 - d} from the noise end
 * v1 = u(x_t, t, t + d/2),   x' = clip(x_t + d/2 v1),   v2 = u(x', t + d/2, t + d)      averaged network
 * L  = E |u(x_t, t, t + d) - sg clip((v1 + v2) / 2)|^2      the first B / every samples
 * L  = E |u(x_t, t, t + 1/T) - dx_t/dt|^2                   the others, t on the grid of T
 * </pre>
 *
 * <p>Means over coordinates; clip is to [-4, 4]. The lengths are spread evenly over the first samples, the shortest first,
 * those left over having d = 1. Guidance v_null + w (v - v_null) acts on the half steps of the shortest length alone, from which
 * the longer ones inherit it. Labels are dropped from the others only. As published, the step of 1/T stands for the
 * velocity, which leaves a bias of that order. The path is the line of {@link org.fewstep.path.NarrowingPath} as published; {@link
 * org.fewstep.path.BrownianPath} makes it the stochastic interpolant with a Brownian latent noise.
 *
 * <p>The published code uses the data of the first samples a second time for the others; here each sample of the batch is used
 * once. Sample on a grid of 2^k equal steps: other lengths are not learned. Checked against kvfrans/shortcut-models (JAX).
 * Cost: one evaluation forward and backward, and for the first samples two forward.
 *
 * @paper Frans, Hafner, Levine, Abbeel: One Step Diffusion via Shortcut Models, 2024, arXiv:2410.12557
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ShortcutModel implements Loss<ShortcutModel.Nets, ShortcutModel.Draw> {
    private static final String NAME = "shortcut model";
    private static final double CLIP = 4;

    /**
     * The networks.
     *
     * @param student u(x, from, to)
     * @param average that makes the half steps: the student's running average, or itself
     */
    public record Nets(FlowMapNet student, FlowMapNet average) {}

    /**
     * The choices.
     *
     * @param path between noise and data
     * @param finest T, steps of the finest grid, a power of 2, at least 2; 128 as published
     * @param every of so many samples one learns from half steps, at least 1; 8 as published
     * @param guidance w; 1 is none
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(Path path, int finest, int every, double guidance, double labelDrop, int classes) {
        public Config {
            if (finest < 2 || Integer.bitCount(finest) != 1) {
                throw new IllegalArgumentException(
                        NAME + ": got " + finest + " finest steps; expected a power of 2, at least 2");
            }
            if (every < 1 || !(0 <= labelDrop && labelDrop <= 1) || classes < 0) {
                throw new IllegalArgumentException(NAME + ": got every " + every + ", label drop " + labelDrop
                        + ", classes " + classes + "; expected at least 1, a probability, at least 0");
            }
            if (guidance != 1 && classes == 0) {
                throw new IllegalArgumentException(
                        NAME + ": got guidance " + guidance + " without classes; expected 1, or classes");
            }
        }

        /** log2 T. */
        public int levels() {
            return Integer.numberOfTrailingZeros(finest);
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t start times (B)
     * @param level k of each sample, log2 T for flow matching (B)
     * @param halved number M of samples that learn from half steps, the first
     * @param guided number of these that have guidance, the first
     * @param labels after dropout, K for none; null without classes
     * @param on what the loss reads of the times and labels
     */
    public record Draw(
            Tensor x0,
            Tensor eps,
            double[] t,
            int[] level,
            int halved,
            int guided,
            int @Nullable [] labels,
            OnDevice on) {}

    /**
     * Times and labels as tensors.
     *
     * @param path the path at t
     * @param end ends of the steps (B)
     * @param halves of the first M samples: start, middle and end (M), signed length of a half step (M, 1, ..., 1); empty
     *     where M = 0
     * @param cond labels of all samples
     * @param halvedCond labels of the first M
     */
    public record OnDevice(PathColumns path, Tensor end, List<Tensor> halves, Cond cond, Cond halvedCond) {
        public OnDevice {
            halves = List.copyOf(halves);
        }
    }

    private final Config config;

    public ShortcutModel(Config config) {
        this.config = config;
    }

    /** Levels of M samples that learn from half steps: each of the lengths equally often, then d = 1. */
    public int[] levels(int halved) {
        int each = halved / config.levels();
        int[] level = new int[halved];
        for (int i = 0; i < each * config.levels(); i++) {
            level[i] = config.levels() - 1 - i / each;
        }
        return level;
    }

    /** The time after n steps of length 2^-level from the noise end. */
    public double time(int n, int level) {
        double way = Math.scalb((double) n, -level);
        return config.path.noiseTime() == 0 ? way : 1 - way;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        int count = batch.size();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        int halved = count / config.every;
        int[] level = Arrays.copyOf(levels(halved), count);
        Arrays.fill(level, halved, count, config.levels());
        double[] u = rng.stream("times").uniform(0, count, step);
        double[] t = new double[count];
        boolean[] dropped = Labels.dropEach(rng, step, count, config.labelDrop);
        for (int i = 0; i < count; i++) {
            t[i] = time((int) Math.scalb(u[i], level[i]), level[i]);
            dropped[i] &= i >= halved;
        }
        int[] labels = Labels.of(NAME, batch, config.classes);
        return draw(x0, eps, t, level, halved, Labels.without(labels, dropped, config.classes));
    }

    /**
     * The draw of given numbers.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param t start times (B)
     * @param level k (B), below log2 T for the first {@code halved} samples
     * @param labels after dropout (B), or null
     */
    public Draw draw(Tensor x0, Tensor eps, double[] t, int[] level, int halved, int @Nullable [] labels) {
        int guided = config.guidance == 1 ? 0 : halved / config.levels();
        return draw(x0, eps, t, level, halved, guided, labels);
    }

    private Draw draw(Tensor x0, Tensor eps, double[] t, int[] level, int halved, int guided, int @Nullable [] labels) {
        double direction = config.path.dataTime() - config.path.noiseTime();
        double[] end = new double[t.length];
        double[] middle = new double[halved];
        double[] half = new double[halved];
        for (int i = 0; i < t.length; i++) {
            double span = direction * Math.scalb(1.0, -level[i]);
            end[i] = t[i] + span;
            if (i < halved) {
                half[i] = span / 2;
                middle[i] = t[i] + half[i];
            }
        }
        Cond cond = Labels.cond(labels, config.classes, x0);
        Tensor ends = PerSample.times(end, x0);
        if (halved == 0) {
            OnDevice on = new OnDevice(PathColumns.of(config.path, t, x0), ends, List.of(), cond, Cond.NONE);
            return new Draw(x0, eps, t, level, halved, guided, labels, on);
        }
        Tensor like = Ops.slice(x0, 0, 0, halved);
        List<Tensor> halves = List.of(
                PerSample.times(Arrays.copyOf(t, halved), like),
                PerSample.times(middle, like),
                PerSample.times(Arrays.copyOf(end, halved), like),
                Tensor.perSample(half, like));
        Cond halvedCond = Labels.cond(Labels.slice(labels, 0, halved), config.classes, like);
        OnDevice on = new OnDevice(PathColumns.of(config.path, t, x0), ends, halves, cond, halvedCond);
        return new Draw(x0, eps, t, level, halved, guided, labels, on);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        OnDevice on = draw.on;
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps, on.end));
        inputs.addAll(on.path.tensors());
        inputs.addAll(on.halves);
        Labels.addTo(inputs, on.cond);
        Labels.addTo(inputs, on.halvedCond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on;
        Tensor x = on.path.xt(draw.x0, draw.eps);
        Tensor target = target(nets.average, x, draw);
        Tensor u = nets.student.u(x, on.path.t(), on.end, on.cond);
        Tensor perSample = PerSample.meanOf(square(sub(u, target)));

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", x);
        parts.put("target", target);
        parts.put("u", u);
        return new LossResult(mean(perSample), perSample, parts);
    }

    private Tensor target(FlowMapNet average, Tensor x, Draw draw) {
        Tensor velocity = draw.on.path.velocity(draw.x0, draw.eps);
        int batch = x.dim(0);
        int halved = draw.halved;
        if (halved == 0) {
            return velocity;
        }
        try (NoGrad off = NoGrad.open()) {
            Tensor twice = ofTwoHalves(average, Ops.slice(x, 0, 0, halved), draw);
            return halved == batch ? twice : concat(0, twice, Ops.slice(velocity, 0, halved, batch));
        }
    }

    private Tensor ofTwoHalves(FlowMapNet average, Tensor x, Draw draw) {
        Tensor start = draw.on.halves.get(0);
        Tensor middle = draw.on.halves.get(1);
        Tensor end = draw.on.halves.get(2);
        Tensor half = draw.on.halves.get(3);
        Tensor first = guided(average, x, start, middle, draw);
        Tensor between = clamp(add(x, mul(half, first)), -CLIP, CLIP);
        Tensor second = guided(average, between, middle, end, draw);
        return clamp(scale(add(first, second), 0.5), -CLIP, CLIP);
    }

    /** The average velocity, with guidance for the first samples. */
    private Tensor guided(FlowMapNet net, Tensor x, Tensor from, Tensor to, Draw draw) {
        Tensor u = net.u(x, from, to, draw.on.halvedCond);
        int guided = draw.guided;
        if (guided == 0) {
            return u;
        }
        Tensor some = Ops.slice(x, 0, 0, guided);
        Tensor none = net.u(
                some, Ops.slice(from, 0, 0, guided), Ops.slice(to, 0, 0, guided), Labels.none(config.classes, some));
        Tensor mixed = add(none, scale(sub(Ops.slice(u, 0, 0, guided), none), config.guidance));
        int halved = x.dim(0);
        return guided == halved ? mixed : concat(0, mixed, Ops.slice(u, 0, guided, halved));
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
                Arrays.copyOfRange(draw.level, from, to),
                Math.max(0, Math.min(draw.halved, to) - from),
                Math.max(0, Math.min(draw.guided, to) - from),
                Labels.slice(draw.labels, from, to));
    }
}
