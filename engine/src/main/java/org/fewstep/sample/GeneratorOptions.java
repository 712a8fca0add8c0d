package org.fewstep.sample;

/**
 * How a generator makes samples.
 *
 * @param solver how to step
 * @param guidance scale w of v = uncond + w (cond - uncond); 1 is none
 * @param guidanceFrom first time of the network's path with guidance
 * @param guidanceTo last time of the network's path with guidance
 * @param chunk greatest number of samples computed together, which bounds the memory; does not change the samples
 */
public record GeneratorOptions(
        SolverChoice solver, double guidance, double guidanceFrom, double guidanceTo, int chunk) {
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
        if (chunk < 1) {
            throw new IllegalArgumentException("generator: got chunk " + chunk + "; expected at least 1");
        }
    }

    /** The same with another solver. */
    public GeneratorOptions withSolver(SolverChoice other) {
        return new GeneratorOptions(other, guidance, guidanceFrom, guidanceTo, chunk);
    }

    /** The same with guidance at all times. */
    public GeneratorOptions withGuidance(double scale) {
        return new GeneratorOptions(solver, scale, 0, 1, chunk);
    }

    /** The same with another chunk. */
    public GeneratorOptions withChunk(int samples) {
        return new GeneratorOptions(solver, guidance, guidanceFrom, guidanceTo, samples);
    }
}
