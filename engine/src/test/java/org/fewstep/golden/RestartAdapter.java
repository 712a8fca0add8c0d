package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.Restart;
import org.fewstep.solver.TimeGrid;

/** The Restart sampler. */
final class RestartAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.params().choice("sampler", "restart_sampler");
        OptionalParams params = new OptionalParams(run);
        List<Restart.Interval> intervals = new ArrayList<>();
        JsonCursor info = JsonCursor.root(Json.parse(run.params().string("restart_info")), "restart_info");
        for (String key : info.keys()) {
            JsonCursor one = info.get(key);
            intervals.add(new Restart.Interval(
                    one.at(0).asInt(),
                    one.at(1).asInt(),
                    one.at(2).asDouble(),
                    one.at(3).asDouble()));
        }
        EdmSchedule schedule = new EdmSchedule();
        TimeGrid grid = EdmAdapter.grid(schedule, EdmAdapter.levels(params));
        // The published default leaves the noise out.
        Restart solver = new Restart(intervals, params.number("S_noise", 0));
        new PlannedRun(run, solver.plan(grid), schedule, PlannedRun.scaledLatents(run, grid.point(0)), 1)
                .offer(Tolerance.VALUE);
    }
}
