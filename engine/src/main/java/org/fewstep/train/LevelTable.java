package org.fewstep.train;

import java.util.Arrays;
import java.util.Map;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.TableTimes;

/**
 * The noise levels of score distillation: a table of {@value #SIZE}, even in sigma^(1/7). The student is judged at those from 2 to
 * 98 percent of the table, the fake score network learns at all.
 *
 * @param least level of the table, above 0 (default 0.002)
 * @param highest level of the table, above least (default 80)
 */
public record LevelTable(double least, double highest) {
    private static final int SIZE = 1000;

    /** The published levels. */
    static final LevelTable DEFAULT = new LevelTable(KarrasGrid.PUBLISHED.sigmaMin(), KarrasGrid.PUBLISHED.sigmaMax());

    static Map<String, Object> defaults() {
        return Settings.toMap(DEFAULT);
    }

    public LevelTable {
        SettingsChecks.positive("least", least);
        SettingsChecks.positive("highest", highest);
        if (!(least < highest)) {
            throw new SettingsException("highest", Double.toString(highest), "above least, " + least, "");
        }
    }

    /** The levels as a grid. */
    KarrasGrid grid() {
        return new KarrasGrid(least, highest, KarrasGrid.PUBLISHED.rho());
    }

    /** The times of all levels on a schedule, rising. */
    private double[] times(NoiseSchedule schedule) {
        double[] falling = grid().levels(SIZE);
        double[] rising = new double[SIZE];
        Arrays.setAll(rising, i -> schedule.timeAtSnr(1 / falling[SIZE - 1 - i]));
        return rising;
    }

    /** Times at which the student is judged. */
    TableTimes middle(NoiseSchedule schedule) {
        return TableTimes.middle(times(schedule));
    }

    /** All times. */
    TableTimes all(NoiseSchedule schedule) {
        return TableTimes.all(times(schedule));
    }
}
