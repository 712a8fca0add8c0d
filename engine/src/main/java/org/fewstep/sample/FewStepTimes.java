package org.fewstep.sample;

import org.fewstep.model.Parametrisation;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.TimeGrid;

/**
 * The times of a model of few steps, from noise level 80 to 0.002: Karras's levels where levels are the time, evenly spaced on
 * the quarter circle, which is progressive distillation's cosine schedule.
 *
 * @param schedule in whose time they are
 * @param spacing between the ends
 * @param from noisiest time
 * @param to cleanest time
 */
public record FewStepTimes(NoiseSchedule schedule, Spacing spacing, double from, double to) {
    /** Those of a model. */
    public static FewStepTimes of(Parametrisation model) {
        NoiseSchedule schedule = model.schedule();
        return new FewStepTimes(
                schedule,
                model.form() == Parametrisation.Form.SIGMA ? new KarrasSpacing() : PowerSpacing.UNIFORM,
                schedule.timeAtSnr(1 / Parametrisation.HIGHEST),
                schedule.timeAtSnr(1 / LevelGrids.LEAST));
    }

    /** The grid of so many steps; the last goes all the way to clean data. */
    TimeGrid grid(int steps) {
        double[] levels = new double[steps + 1];
        for (int i = 0; i < steps; i++) {
            levels[i] = spacing.at(schedule, schedule.at(from), schedule.at(to), (double) i / steps)
                    .rho();
        }
        return TimeGrid.ofLevels(schedule, levels);
    }
}
