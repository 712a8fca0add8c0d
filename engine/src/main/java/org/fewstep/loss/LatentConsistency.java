package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Guided consistency distillation with skipped steps, as of latent consistency models: guidance and consistency in one stage,
 * on a table of betas.
 *
 * <pre>
 * z_t  = alpha_t x0 + sigma_t eps,   t one of n timesteps, k apart
 * p^   = p(c) + w (p(c) - p())       for the teacher's p = x0 and p = eps
 * z_s  = alpha_s x0^ + sigma_s eps^,   s = max(t - k, 0)
 * f    = c_skip z + c_out x0,   c_skip = d^2 / ((a t)^2 + d^2),   c_out = a t / sqrt((a t)^2 + d^2)
 * L    = E d(f(z_t, c, w, t), sg f_target(z_s, c, w, s))
 * </pre>
 *
 * <p>w = 0 is no guidance: the scale is that of Imagen less 1, and {@link Cond#scales} has 1 + w. With a = 10 per timestep c_skip is
 * next to nothing from the first timestep on, so the boundary condition is a formality; the last step goes to timestep 0, not
 * to clean data. Checked against huggingface/diffusers. Cost: one evaluation forward and
 * backward a step, one of the target and two of the teacher.
 *
 * @paper Luo, Tan, Huang, Li, Zhao: Latent Consistency Models, 2023, arXiv:2310.04378, algorithm 1
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class LatentConsistency implements Loss<LatentConsistency.Nets, LatentConsistency.Draw> {
    private static final String NAME = "latent consistency";

    /** What the networks get as their time. */
    public enum Clock {
        /** t / T. */
        TIMESTEP,
        /** sigma / alpha, for networks of noise levels. */
        LEVEL
    }

    /**
     * The networks; all predict the same.
     *
     * @param student takes labels and guidance scales
     * @param target its average
     * @param teacher takes labels, the null label too
     */
    public record Nets(PredictionNet student, PredictionNet target, PredictionNet teacher) {}

    /**
     * The choices.
     *
     * @param table of betas, T timesteps
     * @param steps n, 1 to T; 50 as published
     * @param prediction what the networks give: EPS, X0, or V = alpha eps - sigma x0
     * @param clock time of the networks; TIMESTEP as published
     * @param timestepScaling a; 10 as published
     * @param sigmaData d; 0.5 as published
     * @param least least w, at least 0; 5 as published
     * @param most greatest w; 15 as published
     * @param distance mean square or {@link Distance.ElementHuber} of 0.001 as published
     * @param classes number of classes K, at least 1
     */
    public record Config(
            BetaTable table,
            int steps,
            Prediction prediction,
            Clock clock,
            double timestepScaling,
            double sigmaData,
            double least,
            double most,
            Distance distance,
            int classes) {
        public Config {
            if (steps < 1 || steps > table.size()) {
                throw new IllegalArgumentException(
                        NAME + ": got " + steps + " steps of " + table.size() + " timesteps; expected 1 to that many");
            }
            if (!(timestepScaling > 0) || !(sigmaData > 0) || !(0 <= least && least <= most) || classes < 1) {
                throw new IllegalArgumentException(NAME + ": got scaling " + timestepScaling + ", sigma_data "
                        + sigmaData + ", w " + least + " to " + most + ", " + classes
                        + " classes; expected the first two above 0, 0 <= least <= most, at least 1 class");
            }
        }

        /** k, timesteps that a step skips. */
        public int skip() {
            return table.size() / steps;
        }

        /** The timesteps t, rising. */
        public int[] timesteps() {
            int[] all = new int[steps];
            for (int i = 0; i < steps; i++) {
                all[i] = skip() * (i + 1) - 1;
            }
            return all;
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param index places of t among the timesteps (B)
     * @param w guidance (B)
     * @param labels classes (B)
     * @param on what the loss reads of these
     */
    public record Draw(Tensor x0, Tensor eps, int[] index, double[] w, int[] labels, OnDevice on) {
        /** Timesteps t (B). */
        public int[] start() {
            return on.start.clone();
        }

        /** Timesteps s (B). */
        public int[] end() {
            return on.end.clone();
        }
    }

    /** A place on the table, one a sample. */
    private record Place(X0Columns toX0, X0Columns toEps, Tensor alpha, Tensor sigma, Tensor skip, Tensor out) {
        static Place of(Config config, int[] timestep, Tensor like) {
            double[] alphaSquared = config.table.alphaSquared();
            int n = timestep.length;
            double[] alpha = new double[n];
            double[] sigma = new double[n];
            double[] minusSigma = new double[n];
            double[] skip = new double[n];
            double[] out = new double[n];
            double[] label = new double[n];
            double variance = config.sigmaData * config.sigmaData;
            for (int i = 0; i < n; i++) {
                alpha[i] = Math.sqrt(alphaSquared[timestep[i]]);
                sigma[i] = Math.sqrt(1 - alphaSquared[timestep[i]]);
                minusSigma[i] = -sigma[i];
                double scaled = timestep[i] * config.timestepScaling;
                skip[i] = variance / (scaled * scaled + variance);
                out[i] = scaled / Math.sqrt(scaled * scaled + variance);
                label[i] =
                        config.clock == Clock.LEVEL ? sigma[i] / alpha[i] : (double) timestep[i] / config.table.size();
            }
            // By the angle as time v is alpha eps - sigma x0.
            PathCoefficients at = new PathCoefficients(alpha, sigma, minusSigma, alpha);
            double[][] ofEps = config.prediction.weights(Prediction.EPS, at);
            return new Place(
                    X0Columns.of(config.prediction, at, label, like),
                    new X0Columns(
                            PerSample.times(label, like),
                            Tensor.perSample(ofEps[0], like),
                            Tensor.perSample(ofEps[1], like)),
                    Tensor.perSample(alpha, like),
                    Tensor.perSample(sigma, like),
                    Tensor.perSample(skip, like),
                    Tensor.perSample(out, like));
        }

        /** f. */
        Tensor consistency(PredictionNet net, Tensor z, Cond cond) {
            return mulAdd(out, toX0.x0(net, z, cond), mul(skip, z));
        }

        List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(toX0.tensors());
            all.addAll(toEps.tensors());
            all.addAll(List.of(alpha, sigma, skip, out));
            return all;
        }
    }

    /** A draw's numbers as tensors. */
    static final class OnDevice {
        private final int[] start;
        private final int[] end;
        private final Place from;
        private final Place to;
        private final Tensor w;
        private final Cond cond;

        private OnDevice(Config config, int[] index, double[] w, int[] labels, Tensor like) {
            int[] timesteps = config.timesteps();
            start = new int[index.length];
            end = new int[index.length];
            for (int i = 0; i < index.length; i++) {
                if (index[i] < 0 || index[i] >= timesteps.length) {
                    throw new IllegalArgumentException(NAME + ": got step " + index[i] + " of " + timesteps.length
                            + "; expected 0 to " + (timesteps.length - 1));
                }
                start[i] = timesteps[index[i]];
                end[i] = Math.max(start[i] - config.skip(), 0);
            }
            from = Place.of(config, start, like);
            to = Place.of(config, end, like);
            this.w = Tensor.perSample(w, like);
            cond = Labels.guided(Labels.cond(labels, config.classes, like), w, like);
        }
    }

    private final Config config;

    public LatentConsistency(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        int[] index = rng.stream("times").integers(0, batch.size(), step, config.steps);
        double[] w = new GuidanceLaw(config.least, config.most).sample(rng, step, batch.size());
        int[] labels = Labels.require(NAME, batch, config.classes);
        return draw(x0, eps, index, w, labels);
    }

    /** The draw of given numbers: data and noise (B, ...), places of t, guidance and classes (B). */
    public Draw draw(Tensor x0, Tensor eps, int[] index, double[] w, int[] labels) {
        return new Draw(x0, eps, index, w, labels, new OnDevice(config, index, w, labels, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps, draw.on.w));
        inputs.addAll(draw.on.from.tensors());
        inputs.addAll(draw.on.to.tensors());
        Labels.addTo(inputs, draw.on.cond);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on;
        Tensor zt = mulAdd(on.from.sigma, draw.eps, mul(on.from.alpha, draw.x0));
        Tensor zs;
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Tensor with = nets.teacher.of(zt, on.from.toX0.t(), new Cond(on.cond.labels(), 1, 0, 1));
            Tensor without = nets.teacher.of(zt, on.from.toX0.t(), Labels.none(config.classes, zt));
            Tensor x0 = guided(on.from.toX0, with, without, zt, on.w);
            Tensor eps = guided(on.from.toEps, with, without, zt, on.w);
            zs = mulAdd(on.to.sigma, eps, mul(on.to.alpha, x0));
            target = on.to.consistency(nets.target, zs, on.cond);
        }
        Tensor f = on.from.consistency(nets.student, zt, on.cond);
        Tensor perSample = config.distance.of(f, target);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("z_t", zt);
        parts.put("z_s", zs);
        parts.put("f", f);
        parts.put("target", target);
        return new LossResult(mean(perSample), perSample, parts);
    }

    /** p(c) + w (p(c) - p()) for the p that the columns make of the teacher's prediction. */
    private static Tensor guided(X0Columns columns, Tensor with, Tensor without, Tensor z, Tensor w) {
        Tensor conditional = columns.of(with, z);
        return add(conditional, mul(w, sub(conditional, columns.of(without, z))));
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
                Arrays.copyOfRange(draw.index, from, to),
                Arrays.copyOfRange(draw.w, from, to),
                Arrays.copyOfRange(draw.labels, from, to));
    }
}
