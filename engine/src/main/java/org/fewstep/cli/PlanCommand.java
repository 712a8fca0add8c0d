package org.fewstep.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.VpCosineSchedule;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.GridCatalog;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.solver.TimeGrid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fewstep plan}: every coefficient of a sampling run, without a model. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Print a sampling run as a program: every evaluation, draw and coefficient.")
final class PlanCommand implements Callable<Integer> {
    private final Screen screen;

    @Option(names = "--solver", paramLabel = "NAME", defaultValue = "dpmpp-2m", description = "See fewstep solvers.")
    private String solver = "dpmpp-2m";

    @Option(names = "--steps", paramLabel = "N", defaultValue = "10", description = "Steps of the grid (default: 10).")
    private int steps = 10;

    @Option(
            names = "--grid",
            paramLabel = "NAME",
            defaultValue = "logsnr",
            description = "uniform, quadratic, logsnr, karras, beta or cosine (default: logsnr).")
    private String grid = "logsnr";

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "vp",
            description = "vp, vp-cosine, edm or flow (default: vp).")
    private String schedule = "vp";

    @Option(names = "--clean", description = "End at clean data, sigma = 0.")
    private boolean clean;

    PlanCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--steps", steps);
        TimeGrid times = grid();
        screen.line(
                "%s",
                times.points().get(0).t() + " to " + times.point(times.steps()).t() + " on "
                        + times.schedule().name());
        Table table = new Table("point", "t", "alpha", "sigma", "lambda");
        for (int i = 0; i <= times.steps(); i++) {
            table.row(
                    Integer.toString(i),
                    Double.toString(times.point(i).t()),
                    Double.toString(times.point(i).alpha()),
                    Double.toString(times.point(i).sigma()),
                    Double.toString(times.point(i).lambda()));
        }
        table.lines().forEach(screen::line);
        SolverCatalog.of(solver).plan(times).toString().lines().forEach(line -> screen.line("%s", line));
        return ExitCode.OK.code();
    }

    private TimeGrid grid() {
        FinalPoint end = clean ? FinalPoint.CLEAN : FinalPoint.LEAST;
        NoiseSchedule on;
        double from = 1;
        double to = 1e-3;
        switch (schedule.toLowerCase(Locale.ROOT)) {
            case "vp" -> on = new VpSchedule();
            case "vp-cosine" -> {
                on = new VpCosineSchedule();
                from = VpCosineSchedule.PUBLISHED_START;
            }
            case "edm" -> {
                on = new EdmSchedule();
                from = 80;
                to = 0.002;
            }
            case "flow" -> {
                on = LinearPath.NOISE_AT_ONE;
                from = 0.999;
            }
            default ->
                throw new IllegalArgumentException(
                        "--schedule: got " + schedule + "; expected vp, vp-cosine, edm or flow");
        }
        return TimeGrid.spaced(on, GridCatalog.of(grid), steps, from, to, end);
    }
}
