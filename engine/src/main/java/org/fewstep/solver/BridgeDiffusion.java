package org.fewstep.solver;

import org.fewstep.path.Bridge;

/** How much noise the SDE of a bridge between two laws adds: eps(t), at least 0. The marginals are the same for any. */
public sealed interface BridgeDiffusion {
    /** eps at a time. */
    double at(double t);

    /** Factor of the form; 0 for the ODE. */
    double norm();

    /** eps / c, the weight of the latent noise eta = c s in place of the score; c is the bridge's width. */
    default double perWidth(Bridge bridge, double t) {
        return at(t) / bridge.noise(t);
    }

    /**
     * The same at all times. Its share of the score is as singular at the ends as the score is.
     *
     * @param norm at least 0
     */
    record Constant(double norm) implements BridgeDiffusion {
        public Constant {
            requireNorm(norm);
        }

        @Override
        public double at(double t) {
            return norm;
        }
    }

    /**
     * norm times the bridge's width c(t): 0 at both ends, with a weight of eta that is constant.
     *
     * @param norm at least 0
     * @param bridge whose width it is
     */
    record Width(double norm, Bridge bridge) implements BridgeDiffusion {
        public Width {
            requireNorm(norm);
        }

        @Override
        public double at(double t) {
            return norm * bridge.noise(t);
        }

        @Override
        public double perWidth(Bridge other, double t) {
            return bridge.equals(other) ? norm : at(t) / other.noise(t);
        }
    }

    private static void requireNorm(double norm) {
        if (!(norm >= 0) || Double.isInfinite(norm)) {
            throw new IllegalArgumentException(
                    "bridge sde: got eps " + norm + "; expected a finite number of at least 0");
        }
    }
}
