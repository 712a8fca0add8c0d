package org.fewstep.golden;

import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LinearVpPath;
import org.fewstep.path.Path;
import org.fewstep.path.PolynomialPath;
import org.fewstep.path.VpPath;

/** The paths of the cases by name, all with noise at 0. */
final class Schedules {
    private final Path polynomial;
    private final Path vp;

    Schedules(Options params) {
        polynomial = new PolynomialPath(params.number("polynomial_n"));
        vp = new VpPath(params.number("vp_beta_min"), params.number("vp_beta_max"));
    }

    Path of(String name) {
        return switch (name) {
            case "cond_ot" -> LinearPath.NOISE_AT_ZERO;
            case "polynomial" -> polynomial;
            case "vp" -> vp;
            case "linear_vp" -> new LinearVpPath();
            case "cosine" -> new CosinePath();
            default -> throw new AssertionError("unknown variant \"" + name + "\": no path of that name");
        };
    }
}
