package org.fewstep.model;

import java.util.List;
import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;

/**
 * Everything that fixes the structure of a {@link MomentMap}.
 *
 * @param net structure of the network G, of two times
 * @param form how G becomes the map; not the average velocity, which a plain network gives
 * @param schedule the path; Euler's form is of the linear one alone
 * @param timeScale factor of the times that G gets, above 0
 */
public record MomentMapConfig(NetworkConfig net, ImmScaling.Form form, Schedule schedule, double timeScale)
        implements NetworkConfig {
    /** Paths with noise at 1. */
    public enum Schedule {
        /** 1 - t and t */
        LINEAR,
        /** cosine and sine of pi t / 2 */
        COSINE;

        /** The path, with noise at 1. */
        public Path path() {
            return this == LINEAR ? LinearPath.NOISE_AT_ONE : new CosinePath().reversed();
        }
    }

    public MomentMapConfig {
        boolean plain = net instanceof MlpConfig
                || net instanceof ResidualMlpConfig
                || net instanceof DitConfig
                || net instanceof UNetConfig;
        boolean known = form != ImmScaling.Form.AVERAGE_VELOCITY
                && (schedule == Schedule.LINEAR || form != ImmScaling.Form.EULER);
        if (!plain || net.times() != 2 || !known || !(timeScale > 0) || Double.isInfinite(timeScale)) {
            throw new IllegalArgumentException("moment map: got " + net + ", form " + form + " on " + schedule
                    + ", time scale " + timeScale + "; expected a plain network with two times, identity or simple-edm,"
                    + " or euler on the linear path, a finite number above 0");
        }
    }

    @Override
    public int dim() {
        return net.dim();
    }

    @Override
    public int classes() {
        return net.classes();
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public boolean nullLabel() {
        return net.nullLabel();
    }

    @Override
    public boolean guided() {
        return net.guided();
    }

    @Override
    public boolean accepts(List<Integer> shape) {
        return net.accepts(shape);
    }

    @Override
    public double leastNumbers() {
        return net.leastNumbers();
    }

    @Override
    public MomentMap build(Init init) {
        return new MomentMap(init, this);
    }
}
