package org.fewstep.solver;

import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.VeSchedule;
import org.fewstep.path.VpSchedule;

/**
 * The discrete diffusions of score-based models with N steps, as tables over the steps from data to noise: the forward step
 * is x + f x + G xi.
 */
sealed interface ScoreDiscretisation {
    /** f of step i. */
    double drift(int i);

    /** G^2 of step i. */
    double squaredDiffusion(int i);

    /** Factor of x + G^2 score in the ancestral step. */
    double ancestralScale(int i);

    /** Standard deviation of the ancestral step's noise. */
    double ancestralNoise(int i);

    /** Factor a of Langevin's step size. */
    double langevinScale(int i);

    /** The discretisation of a schedule. */
    static ScoreDiscretisation of(NoiseSchedule schedule, int steps, PredictorCorrector.Rates rates) {
        if (schedule instanceof VpSchedule vp) {
            return rates == PredictorCorrector.Rates.EXACT ? Vp.exact(vp, steps) : Vp.published(vp, steps);
        }
        if (schedule instanceof VeSchedule ve) {
            return Ve.of(ve, steps);
        }
        throw new IllegalArgumentException("predictor-corrector: got schedule " + schedule.name()
                + "; expected vp-linear or ve, whose discretisations are published");
    }

    /**
     * Steps of DDPM's form.
     *
     * @param betas below 1
     */
    record Vp(double[] betas) implements ScoreDiscretisation {
        static Vp exact(VpSchedule vp, int steps) {
            double[] betas = new double[steps];
            for (int i = 0; i < steps; i++) {
                double ratio = vp.alpha((i + 1.0) / steps) / vp.alpha((double) i / steps);
                betas[i] = 1 - ratio * ratio;
            }
            return new Vp(betas);
        }

        static Vp published(VpSchedule vp, int steps) {
            double[] betas = new double[steps];
            for (int i = 0; i < steps; i++) {
                betas[i] = vp.beta(fraction(i, steps)) / steps;
            }
            if (!(betas[steps - 1] < 1)) {
                throw new IllegalArgumentException("predictor-corrector: got a rate of " + betas[steps - 1] + " with "
                        + steps + " steps; expected below 1; take more than betaMax steps, or exact rates");
            }
            return new Vp(betas);
        }

        @Override
        public double drift(int i) {
            return Math.sqrt(1 - betas[i]) - 1;
        }

        @Override
        public double squaredDiffusion(int i) {
            return betas[i];
        }

        @Override
        public double ancestralScale(int i) {
            return 1 / Math.sqrt(1 - betas[i]);
        }

        @Override
        public double ancestralNoise(int i) {
            return Math.sqrt(betas[i]);
        }

        @Override
        public double langevinScale(int i) {
            return 1 - betas[i];
        }
    }

    /**
     * SMLD's levels, equally spaced in the logarithm.
     *
     * @param sigmas rising
     */
    record Ve(double[] sigmas) implements ScoreDiscretisation {
        static Ve of(VeSchedule ve, int steps) {
            double[] sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                sigmas[i] = ve.sigma(fraction(i, steps));
            }
            return new Ve(sigmas);
        }

        private double before(int i) {
            return i == 0 ? 0 : sigmas[i - 1];
        }

        @Override
        public double drift(int i) {
            return 0;
        }

        @Override
        public double squaredDiffusion(int i) {
            return (sigmas[i] - before(i)) * (sigmas[i] + before(i));
        }

        @Override
        public double ancestralScale(int i) {
            return 1;
        }

        @Override
        public double ancestralNoise(int i) {
            return before(i) * Math.sqrt(squaredDiffusion(i)) / sigmas[i];
        }

        @Override
        public double langevinScale(int i) {
            return 1;
        }
    }

    private static double fraction(int i, int steps) {
        return steps == 1 ? 1 : i / (steps - 1.0);
    }
}
