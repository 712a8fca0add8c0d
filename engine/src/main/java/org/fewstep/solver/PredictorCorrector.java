package org.fewstep.solver;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.weightedSum;

import java.util.Arrays;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Samples a score-based model by correcting with Langevin steps at a noise level and then stepping to the next level. At
 * each of N times from 1 to eps: the corrector, then the predictor, both with the score at that time.
 *
 * <pre>
 * Euler-Maruyama     x + (g^2 score - f x) / N + g sqrt(1/N) xi
 * reverse diffusion  x - f_i x + G_i^2 score + G_i xi
 * ancestral          (x + G_i^2 score) scale_i + noise_i xi
 * Langevin           x + e score + sqrt(2 e) xi,  e = 2 a_i (snr |xi| / |score|)^2
 * annealed Langevin  x + e score + sqrt(2 e) xi,  e = 2 a_i (snr sigma(t))^2
 * </pre>
 *
 * <p>The published code takes the norms of Langevin's step over the whole batch, so that a sample depends on its batch
 * mates ({@link Norms#BATCH}); {@link Norms#SAMPLE} does not. Its a_i = 1 - beta_i for VP is kept; its rates, which
 * exceed 1 with few steps, have an alternative. Every step draws the
 * predictor's noise, also where it is not used. Not a {@link Solver}: the step size depends on the state.
 *
 * <p>Weak order 1. N (correctorSteps + 1) evaluations, fewer without predictor or corrector.
 *
 * @param predictor of a step
 * @param corrector of a step
 * @param correctorSteps number of corrections a step, at least 1
 * @param snr of the corrector, above 0
 * @param probabilityFlow halves the predictor's score and adds no noise
 * @param denoise returns the last step's mean
 * @param norms over what Langevin's norms are taken
 * @param rates of a VP diffusion's steps
 * @paper Song et al. 2021: Score-Based Generative Modeling through Stochastic Differential Equations, arXiv:2011.13456
 */
public record PredictorCorrector(
        Predictor predictor,
        Corrector corrector,
        int correctorSteps,
        double snr,
        boolean probabilityFlow,
        boolean denoise,
        Norms norms,
        Rates rates) {
    /** How a step goes to the next noise level. */
    public enum Predictor {
        /** It does not. */
        NONE,
        /** Euler-Maruyama on the reverse SDE with steps of 1/N. */
        EULER_MARUYAMA,
        /** The reverse of the discrete diffusion. */
        REVERSE_DIFFUSION,
        /** DDPM's and SMLD's ancestral sampling; stochastic only. */
        ANCESTRAL
    }

    /** How a step corrects at its noise level. */
    public enum Corrector {
        /** It does not. */
        NONE,
        /** Langevin steps, sized by the ratio of the norms of noise and score. */
        LANGEVIN,
        /** Annealed Langevin dynamics, sized by the noise level. */
        ANNEALED_LANGEVIN
    }

    /** Over what the mean norms of noise and score are taken. */
    public enum Norms {
        /** The batch, as published. */
        BATCH,
        /**
         * Each sample by itself. Near a mode the score vanishes and the step grows without bound, which in few dimensions
         * spoils the law; there, annealed Langevin keeps samples independent.
         */
        SAMPLE
    }

    /** The rates beta_i of a VP diffusion's steps; VE has no choice. */
    public enum Rates {
        /** beta(i / (N - 1)) / N; only for N above the largest beta. */
        PUBLISHED,
        /** 1 - alpha^2((i + 1) / N) / alpha^2(i / N), below 1 for every N, of product alpha^2(1). */
        EXACT
    }

    public PredictorCorrector {
        if (correctorSteps < 1 || !(snr > 0) || Double.isInfinite(snr)) {
            throw new IllegalArgumentException("predictor-corrector: got " + correctorSteps + " corrector steps, snr "
                    + snr + "; expected at least 1 and a finite snr above 0");
        }
        if (predictor == Predictor.NONE && corrector == Corrector.NONE) {
            throw new IllegalArgumentException(
                    "predictor-corrector: got neither predictor nor corrector; expected at least one");
        }
        if (predictor == Predictor.ANCESTRAL && probabilityFlow) {
            throw new IllegalArgumentException("predictor-corrector: got the ancestral predictor with probability flow;"
                    + " expected a predictor that can go without noise; take REVERSE_DIFFUSION");
        }
    }

    /**
     * A run.
     *
     * @param score gradient of the log density at a state and a point
     * @param schedule a VP or VE schedule
     * @param steps N, at least 1
     * @param eps last time, in (0, 1)
     * @param start state (B, ...) at time 1
     * @return state (B, ...) at the data end, in the innermost scope
     */
    public Tensor sample(Field score, NoiseSchedule schedule, int steps, double eps, Tensor start, NoiseSource noise) {
        if (steps < 1 || !(0 < eps && eps < 1)) {
            throw new IllegalArgumentException("predictor-corrector: got " + steps + " steps to time " + eps
                    + "; expected at least 1 step and a time in (0, 1)");
        }
        try (NoGrad off = NoGrad.open()) {
            return new Run(score, schedule, steps, noise).from(start.stopGradient(), eps);
        }
    }

    private final class Run {
        private final Field score;
        private final NoiseSchedule schedule;
        private final ScoreDiscretisation table;
        private final int steps;
        private final NoiseSource noise;
        private int draws;

        Run(Field score, NoiseSchedule schedule, int steps, NoiseSource noise) {
            this.score = score;
            this.schedule = schedule;
            this.table = ScoreDiscretisation.of(schedule, steps, rates);
            this.steps = steps;
            this.noise = noise;
        }

        Tensor from(Tensor start, double eps) {
            Tensor x = start;
            for (int i = 0; i < steps; i++) {
                double t = steps == 1 ? 1 : 1 + (eps - 1) * i / (steps - 1);
                Tensor next;
                try (Scope scope = x.device().scope()) {
                    next = scale(step(x, schedule.at(t), i == steps - 1), 1);
                    next.keep(scope);
                }
                if (x != start) {
                    Scope.drop(x.buffer());
                }
                x = next;
            }
            return x;
        }

        private Tensor step(Tensor x, GridPoint at, boolean last) {
            int i = (int) Math.floor(at.t() * (steps - 1));
            Tensor corrected = x;
            Tensor mean = x;
            if (corrector != Corrector.NONE) {
                for (int k = 0; k < correctorSteps; k++) {
                    Tensor gradient = score.at(corrected, at);
                    Tensor xi = draw(x);
                    double[] size = size(gradient, xi, at, table.langevinScale(i));
                    mean = add(corrected, mul(gradient, Tensor.perSample(size, x)));
                    double[] spread =
                            Arrays.stream(size).map(e -> Math.sqrt(2 * e)).toArray();
                    corrected = add(mean, mul(xi, Tensor.perSample(spread, x)));
                }
            }
            if (predictor == Predictor.NONE) {
                // As published, a run without predictor ends on its last state, not on the last mean.
                return corrected;
            }
            return predict(corrected, at, i, last && denoise);
        }

        private Tensor predict(Tensor x, GridPoint at, int i, boolean meanOnly) {
            Tensor gradient = score.at(x, at);
            Tensor xi = draw(x);
            double share = probabilityFlow ? 0.5 : 1;
            double ofX;
            double ofScore;
            double spread;
            switch (predictor) {
                case EULER_MARUYAMA -> {
                    double g2 = schedule.squaredDiffusion(at.t());
                    ofX = 1 - schedule.driftRate(at.t()) / steps;
                    ofScore = share * g2 / steps;
                    spread = Math.sqrt(g2 / steps);
                }
                case REVERSE_DIFFUSION -> {
                    ofX = 1 - table.drift(i);
                    ofScore = share * table.squaredDiffusion(i);
                    spread = Math.sqrt(table.squaredDiffusion(i));
                }
                default -> {
                    ofX = table.ancestralScale(i);
                    ofScore = ofX * table.squaredDiffusion(i);
                    spread = table.ancestralNoise(i);
                }
            }
            return meanOnly || probabilityFlow
                    ? weightedSum(new double[] {ofX, ofScore}, x, gradient)
                    : weightedSum(new double[] {ofX, ofScore, spread}, x, gradient, xi);
        }

        private Tensor draw(Tensor like) {
            return noise.draw(draws++, like);
        }

        /** Step size e of each sample. */
        private double[] size(Tensor gradient, Tensor xi, GridPoint at, double a) {
            int batch = gradient.dim(0);
            double[] size = new double[batch];
            if (corrector == Corrector.ANNEALED_LANGEVIN) {
                Arrays.fill(size, 2 * a * snr * at.sigma() * snr * at.sigma());
                return size;
            }
            double[] ofScore = norms(gradient);
            double[] ofNoise = norms(xi);
            if (norms == Norms.BATCH) {
                Arrays.fill(ofScore, Arrays.stream(ofScore).average().orElseThrow());
                Arrays.fill(ofNoise, Arrays.stream(ofNoise).average().orElseThrow());
            }
            for (int b = 0; b < batch; b++) {
                // A score of exactly 0 says nothing about its scale; such a sample stays where it is.
                double ratio = ofScore[b] == 0 ? 0 : snr * ofNoise[b] / ofScore[b];
                size[b] = 2 * a * ratio * ratio;
            }
            return size;
        }

        private double[] norms(Tensor value) {
            double[] all = value.toDoubles();
            double[] norms = new double[value.dim(0)];
            int width = all.length / norms.length;
            for (int i = 0; i < all.length; i++) {
                norms[i / width] += all[i] * all[i];
            }
            return Arrays.stream(norms).map(Math::sqrt).toArray();
        }
    }
}
