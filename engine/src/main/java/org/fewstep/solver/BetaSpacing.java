package org.fewstep.solver;

import org.fewstep.path.BetaLaw;

/**
 * Levels at the quantiles 1 - u of a beta law on the range of levels: with exponents below 1 the points crowd at both ends.
 *
 * @param law its exponents are 0.6 and 0.6 as published
 * @paper Lee et al. 2024: Beta Sampling is All You Need, arXiv:2407.12173
 */
public record BetaSpacing(BetaLaw law) implements LevelSpacing {
    /** The published exponents. */
    public BetaSpacing() {
        this(new BetaLaw(0.6, 0.6));
    }

    @Override
    public String name() {
        return "beta";
    }

    @Override
    public double level(double from, double to, double u) {
        return to + law.quantile(1 - u) * (from - to);
    }
}
