package org.fewstep.golden;

import org.fewstep.path.CosinePath;
import org.fewstep.path.Gamma;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;

/** Interpolants by interflow's names. */
final class Interpolants {
    static final String ONE_SIDED = "one-sided-";
    static final String MIRROR = "mirror";

    private Interpolants() {}

    static StochasticInterpolant twoSided(String path, String gamma) {
        for (InterpolantMean mean : InterpolantMean.values()) {
            if (mean.text().equals(path)) {
                return new StochasticInterpolant(mean, gamma(gamma));
            }
        }
        throw new AssertionError("unknown path \"" + path + "\": no interpolant of that name");
    }

    /** The path between noise at 0 and data of a one-sided interpolant, which has no gamma. */
    static Path oneSided(String path, String gamma) {
        if (!gamma.equals("None")) {
            throw new AssertionError("unknown gamma \"" + gamma + "\": a one-sided interpolant has None");
        }
        return switch (path) {
            case "one-sided-linear" -> LinearPath.NOISE_AT_ZERO;
            case "one-sided-trig" -> new CosinePath();
            default -> throw new AssertionError("unknown path \"" + path + "\": no interpolant of that name");
        };
    }

    static Gamma gamma(String name) {
        for (Gamma gamma : Gamma.values()) {
            if (gamma.text().equals(name)) {
                return gamma;
            }
        }
        throw new AssertionError("unknown gamma \"" + name + "\": no width of that name");
    }
}
