package org.fewstep.loss;

/** How many noise levels, or sampling steps, a training step works with. */
public sealed interface ScaleSchedule {
    /** The number at a step, at least 1. */
    int scales(long step);

    /**
     * The same number throughout.
     *
     * @param count at least 2
     */
    record Fixed(int count) implements ScaleSchedule {
        public Fixed {
            if (count < 2) {
                throw new IllegalArgumentException("scales: got " + count + "; expected at least 2 noise levels");
            }
        }

        @Override
        public int scales(long step) {
            return count;
        }
    }

    /**
     * N(k) + 1 with N(k) = ceil(sqrt(k / K ((s1 + 1)^2 - s0^2) + s0^2) - 1), at least 1: consistency training, with the rate
     * mu(k) = exp(s0 ln(mu0) / N(k)) of the target's average.
     *
     * @param s0 first number, at least 1
     * @param s1 last number, at least s0
     * @param total steps K, at least 1
     * @paper Song, Dhariwal, Chen, Sutskever: Consistency Models, 2023, arXiv:2303.01469, appendix C
     */
    record Progressive(int s0, int s1, long total) implements ScaleSchedule {
        public Progressive {
            require(s0, s1, total);
        }

        private double intervals(long step) {
            double last = (s1 + 1.0) * (s1 + 1.0);
            double first = (double) s0 * s0;
            return Math.max(1, Math.ceil(Math.sqrt((double) step / total * (last - first) + first) - 1));
        }

        @Override
        public int scales(long step) {
            return (int) intervals(step) + 1;
        }

        /** The rate mu(k) of the target's average. */
        public double mu(long step, double mu0) {
            return Math.exp(s0 * Math.log(mu0) / intervals(step));
        }
    }

    /**
     * min(s0 2^floor(k / K'), s1) + 1 with K' = floor(K / (log2(floor(s1 / s0)) + 1)): improved consistency training.
     *
     * @param s0 first number of intervals, at least 1
     * @param s1 last number of intervals, at least s0
     * @param total steps K, at least 1
     * @paper Song, Dhariwal: Improved Techniques for Training Consistency Models, 2023, arXiv:2310.14189, equation 6
     */
    record Doubling(int s0, int s1, long total) implements ScaleSchedule {
        /** 10 to 1280, as published. */
        public Doubling(long total) {
            this(10, 1280, total);
        }

        public Doubling {
            require(s0, s1, total);
        }

        @Override
        public int scales(long step) {
            double stages = Math.log(Math.floorDiv(s1, s0)) / Math.log(2) + 1;
            long each = Math.max(1, (long) Math.floor(total / stages));
            return (int) Math.min(s0 * Math.pow(2, Math.floorDiv(step, each)), s1) + 1;
        }
    }

    /**
     * Halves every so many steps down to 2, then goes from 2 to 1 after twice as many: progressive distillation in one run.
     *
     * @param start first number, a power of two from 2
     * @param stepsPerStage at least 1
     * @param end last number, a power of two up to the first
     */
    record Halving(int start, long stepsPerStage, int end) implements ScaleSchedule {
        /** Down to 1. */
        public Halving(int start, long stepsPerStage) {
            this(start, stepsPerStage, 1);
        }

        public Halving {
            boolean powers = Integer.bitCount(start) == 1 && Integer.bitCount(end) == 1;
            if (start < 2 || !powers || end < 1 || end > start || stepsPerStage < 1) {
                throw new IllegalArgumentException("halving scales: got start " + start + ", end " + end + ", "
                        + stepsPerStage + " steps a stage; expected powers of two, the start from 2 and not below the"
                        + " end, and at least 1");
            }
        }

        @Override
        public int scales(long step) {
            long stage = step / stepsPerStage;
            int least = Math.max(2, end);
            int scales = stage > 30 ? least : Math.max(least, start >> stage);
            // The stage of two steps lasts twice as long as the others.
            long ofTwo = stepsPerStage * (Integer.numberOfTrailingZeros(start) - 1);
            return end == 1 && scales == 2 && step - ofTwo >= 2 * stepsPerStage ? 1 : scales;
        }
    }

    /**
     * s0^(1 - k / K) s1^(k / K), rounded, and s1 from step K on: the steps of a multistep consistency model's teacher.
     *
     * @param s0 first number, at least 1
     * @param s1 last number, at least s0
     * @param total steps K, at least 1
     * @paper Heek, Hoogeboom, Salimans: Multistep Consistency Models, 2024, arXiv:2403.06807, section 3.3
     */
    record LogLinear(int s0, int s1, long total) implements ScaleSchedule {
        public LogLinear {
            require(s0, s1, total);
        }

        @Override
        public int scales(long step) {
            double part = Math.min(1, (double) step / total);
            return (int) Math.round(Math.exp((1 - part) * Math.log(s0) + part * Math.log(s1)));
        }
    }

    private static void require(int s0, int s1, long total) {
        if (s0 < 1 || s1 < s0 || total < 1) {
            throw new IllegalArgumentException("scales: got " + s0 + " to " + s1 + " over " + total
                    + " steps; expected 1 <= s0 <= s1 and at least 1 step");
        }
    }
}
