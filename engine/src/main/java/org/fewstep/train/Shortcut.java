package org.fewstep.train;

import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ShortcutModel;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.path.BrownianPath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@link ShortcutModel}, noise at 0: sampled with 1, 2, 4, ... equal steps up to the finest, since no other lengths are learned.
 *
 * <p>The published line keeps 1e-5 of the noise at the data end; here it ends in the data.
 *
 * @param line linear, or brownian: the stochastic interpolant with a Brownian latent noise (default linear)
 * @param finest T, steps of the finest grid, a power of 2, 2 to 65536 (default 128)
 * @param every of so many samples one learns from half steps, at least 1 (default 8)
 * @param guidance scale of the half steps of the shortest length, 1 is none (default 1)
 * @param mu rate of the average of the student that makes the half steps, in [0, 1); 0 for the student itself (default 0.999)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Shortcut(Line line, int finest, int every, double guidance, double mu, double labelDrop)
        implements MethodSettings {
    /** Paths from noise to data. */
    public enum Line {
        /** the straight line */
        LINEAR(LinearPath.NOISE_AT_ZERO),
        /** the line with noise on the way */
        BROWNIAN(new BrownianPath());

        private final Path path;

        Line(Path path) {
            this.path = path;
        }
    }

    static Map<String, Object> defaults() {
        return Map.of("line", Line.LINEAR, "finest", 128, "every", 8, "guidance", 1.0, "mu", 0.999, "label-drop", 0.1);
    }

    public Shortcut {
        SettingsChecks.within("finest", finest, 2, 65_536);
        if (Integer.bitCount(finest) != 1) {
            throw new SettingsException("finest", Integer.toString(finest), "a power of 2", "");
        }
        SettingsChecks.within("every", every, 1, 1_000_000);
        SettingsChecks.finite("guidance", guidance);
        LevelChecks.rate("mu", mu);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    private int levels() {
        return Integer.numberOfTrailingZeros(finest);
    }

    @Override
    public void requireBatch(int batch) {
        if (batch / every < levels()) {
            throw new SettingsException(
                    "training.batch",
                    batch + ", of which " + batch / every + " learn from half steps",
                    "a batch with one for each of the " + levels() + " lengths, at least " + (long) levels() * every,
                    "or a smaller method.every or method.finest");
        }
    }

    @Override
    public Path path() {
        return line.path;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public @Nullable LongToDoubleFunction targetRate(long steps) {
        return mu == 0 ? null : step -> mu;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        int classes = roles.classes();
        if (classes == 0 && guidance != 1) {
            throw new SettingsException(
                    "method.guidance",
                    Double.toString(guidance) + " for data without classes",
                    "1",
                    "guidance needs labels");
        }
        FlowNetwork average = roles.target();
        return StudentLoss.of(
                new ShortcutModel(new ShortcutModel.Config(
                        line.path, finest, every, guidance, classes == 0 ? 0 : labelDrop, classes)),
                (student, dropping) ->
                        new ShortcutModel.Nets(student, average == null ? student : dropping.of(average)));
    }
}
