package org.fewstep.loss;

/** Weight of a pair of noise levels r &lt; t, sigma as time, in a consistency loss. */
public sealed interface PairWeight {
    /** The factor of the distance. */
    double at(double t, double r);

    /** 1. */
    record Uniform() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1;
        }
    }

    /** The signal-to-noise ratio 1 / t^2. */
    record Snr() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1 / (t * t);
        }
    }

    /** 1 / t^2 + 1. */
    record SnrPlusOne() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1 / (t * t) + 1;
        }
    }

    /** max(1 / t^2, 1). */
    record TruncatedSnr() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return Math.max(1 / (t * t), 1);
        }
    }

    /**
     * 1 / t^2 + 1 / s^2.
     *
     * @param sigmaData s
     */
    record Karras(double sigmaData) implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1 / (t * t) + 1 / (sigmaData * sigmaData);
        }
    }

    /** 1 / (t - r), which keeps the loss of the same size however close the pair is. */
    record InverseSpan() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1 / (t - r);
        }
    }

    /** 1 / sqrt(t - r). */
    record InverseRootSpan() implements PairWeight {
        @Override
        public double at(double t, double r) {
            return 1 / Math.sqrt(t - r);
        }
    }

    /**
     * 1 / c_out(t)^power of EDM's scalings.
     *
     * @param sigmaData s of these; FastGen has 0.5 whatever the data
     * @param power 1 or 2
     */
    record InverseOut(double sigmaData, int power) implements PairWeight {
        @Override
        public double at(double t, double r) {
            return Math.pow(Math.sqrt(t * t + sigmaData * sigmaData) / (t * sigmaData), power);
        }
    }
}
