package org.fewstep.sample;

import org.fewstep.solver.Solver;
import org.fewstep.solver.Spacing;
import org.jspecify.annotations.Nullable;

/**
 * How a generator makes samples.
 *
 * @param solver how to step, where there is no {@code own}
 * @param own any solver on any grid, or null
 * @param guidance scale w of v = uncond + w (cond - uncond); 1 is none
 * @param guidanceFrom first time of the network's path with guidance
 * @param guidanceTo last time of the network's path with guidance
 * @param steering what else acts on the network's prediction, or null
 * @param gamma part of the noise that a map between two times makes anew in each step, 0 to 1; 0 follows the flow
 * @param velocityUpTo for a flow map: length in time up to which a step is one of Euler by the velocity u(x, t, t), at least 0
 * @param chunk greatest number of samples computed together, which bounds the memory; does not change the samples
 */
public record GeneratorOptions(
        SolverChoice solver,
        @Nullable SolverOnGrid own,
        double guidance,
        double guidanceFrom,
        double guidanceTo,
        @Nullable Steering steering,
        double gamma,
        double velocityUpTo,
        int chunk) {
    /** Solver by the network, no guidance, 256 samples at a time. */
    public static final GeneratorOptions DEFAULT = new GeneratorOptions(SolverChoice.AUTO, 1, 0, 1, 256);

    public GeneratorOptions {
        if (!Double.isFinite(guidance)) {
            throw new IllegalArgumentException("generator: got guidance " + guidance + "; expected a finite number");
        }
        if (!(0 <= guidanceFrom && guidanceFrom <= guidanceTo && guidanceTo <= 1)) {
            throw new IllegalArgumentException("generator: got guidance from " + guidanceFrom + " to " + guidanceTo
                    + "; expected 0 <= from <= to <= 1");
        }
        if (!(0 <= gamma && gamma <= 1)) {
            throw new IllegalArgumentException("generator: got gamma " + gamma + "; expected 0 to 1");
        }
        if (!(velocityUpTo >= 0)) {
            throw new IllegalArgumentException(
                    "generator: got velocity up to steps of " + velocityUpTo + "; expected at least 0");
        }
        if (chunk < 1) {
            throw new IllegalArgumentException("generator: got chunk " + chunk + "; expected at least 1");
        }
    }

    /** With one of the usual solvers. */
    public GeneratorOptions(SolverChoice solver, double guidance, double guidanceFrom, double guidanceTo, int chunk) {
        this(solver, null, guidance, guidanceFrom, guidanceTo, null, 0, 0, chunk);
    }

    /** The same with another of the usual solvers. */
    public GeneratorOptions withSolver(SolverChoice other) {
        return new GeneratorOptions(
                other, null, guidance, guidanceFrom, guidanceTo, steering, gamma, velocityUpTo, chunk);
    }

    /** The same with any solver on a grid of any spacing. */
    public GeneratorOptions withSolver(Solver other, Spacing spacing) {
        return new GeneratorOptions(
                solver,
                new SolverOnGrid(other, spacing),
                guidance,
                guidanceFrom,
                guidanceTo,
                steering,
                gamma,
                velocityUpTo,
                chunk);
    }

    /** The same with guidance at all times. */
    public GeneratorOptions withGuidance(double scale) {
        return withGuidance(scale, 0, 1);
    }

    /** The same with guidance in an interval of times. */
    public GeneratorOptions withGuidance(double scale, double from, double to) {
        return new GeneratorOptions(solver, own, scale, from, to, steering, gamma, velocityUpTo, chunk);
    }

    /** The same with other steering, null for none. */
    public GeneratorOptions withSteering(@Nullable Steering other) {
        return new GeneratorOptions(solver, own, guidance, guidanceFrom, guidanceTo, other, gamma, velocityUpTo, chunk);
    }

    /** The same with noise in the steps of a map between two times. */
    public GeneratorOptions withGamma(double share) {
        return new GeneratorOptions(
                solver, own, guidance, guidanceFrom, guidanceTo, steering, share, velocityUpTo, chunk);
    }

    /** The same with a flow map's velocity in steps up to this length. */
    public GeneratorOptions withVelocityUpTo(double length) {
        return new GeneratorOptions(solver, own, guidance, guidanceFrom, guidanceTo, steering, gamma, length, chunk);
    }

    /** The same with another chunk. */
    public GeneratorOptions withChunk(int samples) {
        return new GeneratorOptions(
                solver, own, guidance, guidanceFrom, guidanceTo, steering, gamma, velocityUpTo, samples);
    }
}
