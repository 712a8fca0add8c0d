package org.fewstep.golden;

import org.fewstep.path.EdmSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.Seeds1;
import org.fewstep.solver.Seeds2;
import org.fewstep.solver.Solver;
import org.fewstep.solver.TimeGrid;

/** SEEDS of orders 1 and 2. */
final class SeedsAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.params().ignore("karras"); // repeats the input sigmas
        OptionalParams params = new OptionalParams(run);
        int order = run.params().integer("order");
        double c = params.number("c2", 0.5);
        if (c != 0.5) {
            throw run.params().fail("c2", "" + c, "0.5, the only one whose published noise is right");
        }
        Prediction form = run.params().bool("noise_pred") ? Prediction.EPS : Prediction.X0;
        Seeds2.Weights weights =
                params.choice("butcher", "2a", "2b").equals("2a") ? Seeds2.Weights.A : Seeds2.Weights.B;
        Solver solver = switch (order) {
            case 1 -> new Seeds1(form, Coefficients.PUBLISHED);
            case 2 -> new Seeds2(form, weights, c, Coefficients.PUBLISHED);
            default -> throw run.params().fail("order", "" + order, "1 or 2");
        };
        EdmSchedule schedule = new EdmSchedule();
        TimeGrid grid = TimeGrid.of(schedule, run.numbers("sigmas"));
        new PlannedRun(run, solver.plan(grid), schedule, run.tensor("x_T"), order).offer(Tolerance.VALUE);
    }
}
