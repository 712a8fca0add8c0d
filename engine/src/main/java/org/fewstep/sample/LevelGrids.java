package org.fewstep.sample;

import java.util.List;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.solver.Churn;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.TimeGrid;

/**
 * Solvers and grids for a network with a {@link Parametrisation}: noise levels from 80 to 0.002, and the clean end.
 *
 * <p>A consistency function is called at 80 alone in one step, at 80 and the published middle level in two (0.821 for noise
 * levels, the time 1.1 on the quarter circle), and at the first points of a Karras grid in more. A map between levels steps
 * along a Karras grid from 80 to its least level. A model of few steps takes DDIM's on its {@link FewStepTimes}, a generator
 * the first of its own levels.
 */
final class LevelGrids {
    /** Least noise level before the clean end. */
    static final double LEAST = 0.002;

    /** Middle level of two steps (Song and Dhariwal 2023, arXiv:2310.14189). */
    private static final double MIDDLE_LEVEL = 0.821;

    /** Middle time of two steps (Lu and Song 2024, arXiv:2410.11081). */
    private static final double MIDDLE_TIME = 1.1;

    private LevelGrids() {}

    /** The solver of a choice, on Karras's levels. */
    static SolverOnGrid stepping(Parametrisation model, SolverChoice choice) {
        KarrasSpacing karras = new KarrasSpacing();
        if (model.role() == Parametrisation.Role.STEPS) {
            FewStepTimes times = FewStepTimes.of(model);
            return new SolverOnGrid(new Ddim(0), times.spacing());
        }
        if (model.role() == Parametrisation.Role.CONSISTENCY || model.role() == Parametrisation.Role.GENERATOR) {
            return new SolverOnGrid(new MultistepConsistency(model.sigmaMin()), karras);
        }
        return switch (choice) {
            case EULER -> new SolverOnGrid(new EdmEuler(Churn.NONE), karras);
            case MIDPOINT -> new SolverOnGrid(new EdmHeun(0.5, Churn.NONE), karras);
            default -> new SolverOnGrid(new EdmHeun(), karras);
        };
    }

    /** The levels of steps by a map between levels: Karras's, from 80 to its least. */
    static TimeGrid jumps(Parametrisation model, int steps) {
        double[] levels = new KarrasSpacing().levels(steps + 1, Parametrisation.HIGHEST, model.sigmaMin());
        return TimeGrid.ofLevels(model.schedule(), levels);
    }

    /**
     * The grid of a solver from the highest level on.
     *
     * @throws IllegalArgumentException for more steps than a generator has levels
     */
    static TimeGrid grid(Parametrisation model, SolverOnGrid stepping, int steps) {
        List<Double> own = model.levels();
        if (own != null) {
            if (steps > own.size()) {
                throw new IllegalArgumentException("generator: got " + steps + " steps for a " + model.describe()
                        + "; expected at most " + own.size());
            }
            double[] levels = new double[steps + 1];
            for (int i = 0; i < steps; i++) {
                levels[i] = own.get(i);
            }
            return TimeGrid.ofLevels(model.schedule(), levels);
        }
        return model.role() == Parametrisation.Role.STEPS
                ? FewStepTimes.of(model).grid(steps)
                : grid(model, stepping, steps, Parametrisation.HIGHEST);
    }

    /** The grid of a solver from a level sigma / alpha on. */
    static TimeGrid grid(Parametrisation model, SolverOnGrid stepping, int steps, double from) {
        NoiseSchedule schedule = model.schedule();
        double least = Math.min(LEAST, from / 10);
        if (!(stepping.solver() instanceof MultistepConsistency)) {
            return TimeGrid.spaced(
                    schedule,
                    stepping.spacing(),
                    steps,
                    schedule.timeAtSnr(1 / from),
                    schedule.timeAtSnr(1 / least),
                    FinalPoint.CLEAN);
        }
        if (steps == 2 && from == Parametrisation.HIGHEST) {
            double middle = model.form() == Parametrisation.Form.SIGMA
                    ? MIDDLE_LEVEL
                    : schedule.at(MIDDLE_TIME).rho();
            return TimeGrid.ofLevels(schedule, from, middle, 0);
        }
        double[] levels = new KarrasSpacing().levels(steps + 1, from, least);
        levels[steps] = 0;
        return TimeGrid.ofLevels(schedule, levels);
    }
}
