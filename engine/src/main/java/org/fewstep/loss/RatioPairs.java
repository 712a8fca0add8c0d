package org.fewstep.loss;

import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Rng;

/**
 * Levels t of any law, and r a share below: r = max(t (1 - (1 - ratio) n(t)), least) with n(t) = 1 + k sigmoid(-b t), or 1.
 *
 * <p>With ratio = 1 - 1 / q^(stage + 1) this is easy consistency tuning: stage 0 begins where r is 0 for small t, which is
 * denoising, and each stage divides the distance by q. Checked against locuslab/ect and NVlabs/FastGen.
 *
 * @param times law of t, above 0
 * @param ratio r / t for large t at a step
 * @param k slope of n, at least 0; 8 as published, 0 for n = 1
 * @param b rate of n; 1 as published
 * @param least least r, at least 0: 0 in easy consistency tuning, the network's least level in FastGen
 * @paper Geng, Pokle, Luo, Lin, Kolter: Consistency Models Made Easy, 2024, arXiv:2406.14548, section 3
 */
public record RatioPairs(TimeSampler times, Ratio ratio, double k, double b, double least) implements TimePairSampler {
    /** The ratio r / t for large t, in [0, 1), by training step. */
    @FunctionalInterface
    public interface Ratio {
        /** The ratio at a step. */
        double at(long step);

        /** The ratio of a stage: 1 - 1 / q^(stage + 1). */
        static double ofStage(double q, int stage) {
            return 1 - 1 / Math.pow(q, stage + 1.0);
        }
    }

    /**
     * A stage more every so many steps: 1 - 1 / q^(stage + 1), at most {@code most}.
     *
     * @param q above 1: 2 as published, 256 with a single stage in the one-hour recipe
     * @param stepsPerStage at least 1
     * @param most below 1; FastGen has 0.999
     */
    public record Stages(double q, long stepsPerStage, double most) implements Ratio {
        public Stages {
            if (!(q > 1) || stepsPerStage < 1 || !(most < 1)) {
                throw new IllegalArgumentException("stages: got q " + q + ", " + stepsPerStage
                        + " steps a stage, at most " + most + "; expected q above 1, at least 1 step, a ratio below 1");
            }
        }

        @Override
        public double at(long step) {
            return Math.min(Ratio.ofStage(q, (int) (step / stepsPerStage)), most);
        }
    }

    public RatioPairs {
        if (!(k >= 0) || !(least >= 0) || Double.isNaN(b)) {
            throw new IllegalArgumentException("ratio pairs: got k " + k + ", b " + b + ", least level " + least
                    + "; expected k and the level at least 0");
        }
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        return pairs(times.sample(rng.stream("t"), step, count), ratio.at(step));
    }

    /** The pairs of given levels at a ratio. */
    public TimePairs pairs(double[] t, double ratio) {
        double[] r = new double[t.length];
        for (int i = 0; i < r.length; i++) {
            double n = 1 + k / (1 + Math.exp(b * t[i]));
            r[i] = Math.max(t[i] * (1 - (1 - ratio) * n), least);
        }
        return new TimePairs(t.clone(), r);
    }
}
