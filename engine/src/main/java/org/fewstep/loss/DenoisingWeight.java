package org.fewstep.loss;

import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;

/**
 * Weight of a denoising loss at a time. A weight means the same loss whatever is predicted: the errors of x0, eps and v at
 * one point are multiples of each other, and only {@link Uniform} is tied to the prediction.
 *
 * <p>The error of a score counts as that of eps = -sigma score.
 */
public sealed interface DenoisingWeight {
    /** The factor of the squared error of a prediction; not finite where the loss does not exist. */
    double at(Prediction prediction, NoiseSchedule schedule, double t);

    /** No weight: the plain squared error of what is predicted. */
    record Uniform() implements DenoisingWeight {
        @Override
        public double at(Prediction prediction, NoiseSchedule schedule, double t) {
            return 1;
        }
    }

    /** The squared error of the velocity; (D / sigma)^2 for eps with D = (alpha'/alpha) sigma^2 - sigma sigma' (SiT). */
    record Velocity() implements DenoisingWeight {
        @Override
        public double at(Prediction prediction, NoiseSchedule schedule, double t) {
            double slope = switch (prediction) {
                case V -> 1;
                case X0 -> speed(schedule, t) / schedule.sigma(t);
                case EPS, SCORE -> speed(schedule, t) / schedule.alpha(t);
            };
            return slope * slope;
        }
    }

    /**
     * g^2 / 2 times the squared error of the score, which bounds the likelihood (Song et al. 2021, arXiv:2101.09258); D /
     * sigma^2 for eps, D as in {@link Velocity}.
     */
    record Likelihood() implements DenoisingWeight {
        @Override
        public double at(Prediction prediction, NoiseSchedule schedule, double t) {
            double alpha = schedule.alpha(t);
            double sigma = schedule.sigma(t);
            return switch (prediction) {
                case V -> alpha / (sigma * speed(schedule, t));
                case X0 -> speed(schedule, t) * alpha / (sigma * sigma * sigma);
                case EPS, SCORE -> speed(schedule, t) / (alpha * sigma);
            };
        }
    }

    /**
     * (rho^2 + s^2) / (rho s)^2 times the squared error of x0 with rho = sigma / alpha: an error of 1 at every noise level for
     * EDM's network at the start of training (Karras et al. 2022, arXiv:2206.00364, table 1).
     *
     * @param sigmaData s, standard deviation of the data, above 0
     */
    record Edm(double sigmaData) implements DenoisingWeight {
        public Edm {
            if (!(sigmaData > 0) || Double.isInfinite(sigmaData)) {
                throw new IllegalArgumentException(
                        "edm weight: got sigma_data " + sigmaData + "; expected a finite number above 0");
            }
        }

        @Override
        public double at(Prediction prediction, NoiseSchedule schedule, double t) {
            double alpha = schedule.alpha(t);
            double rho = schedule.sigma(t) / alpha;
            // The square of rho is left out here, so that eps has its weight at sigma = 0 too.
            double rest = (rho * rho + sigmaData * sigmaData) / (sigmaData * sigmaData);
            return switch (prediction) {
                case X0 -> rest / (rho * rho);
                case EPS, SCORE -> rest;
                case V -> rest * square(alpha / speed(schedule, t));
            };
        }
    }

    /** |alpha' sigma - sigma' alpha|, how fast the path trades noise for data. */
    private static double speed(NoiseSchedule schedule, double t) {
        return Math.abs(schedule.dAlpha(t) * schedule.sigma(t) - schedule.dSigma(t) * schedule.alpha(t));
    }

    private static double square(double x) {
        return x * x;
    }
}
