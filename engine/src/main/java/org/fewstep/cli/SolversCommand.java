package org.fewstep.cli;

import java.util.concurrent.Callable;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import picocli.CommandLine.Command;

/** {@code fewstep solvers}: the solvers by name. */
@Command(
        name = "solvers",
        mixinStandardHelpOptions = true,
        description = "List the solvers: order, evaluations a step, what they ask a network for, noise.")
final class SolversCommand implements Callable<Integer> {
    private final Screen screen;

    SolversCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Table table = new Table("solver", "order", "evaluations a step", "field", "noise", "what it is");
        TimeGrid grid = TimeGrid.uniform(new VpSchedule(), 8, 1, 1e-3);
        for (SolverCatalog.Entry entry : SolverCatalog.all()) {
            StepPlan plan = entry.solver().plan(grid);
            table.row(
                    entry.name(),
                    Integer.toString(entry.order()),
                    entry.evaluations(),
                    plan.field().name().toLowerCase(java.util.Locale.ROOT),
                    plan.draws() > 0 ? "yes" : "no",
                    entry.about());
        }
        table.lines().forEach(screen::line);
        return ExitCode.OK.code();
    }
}
