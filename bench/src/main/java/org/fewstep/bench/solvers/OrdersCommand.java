package org.fewstep.bench.solvers;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code orders}: how fast each solver's error falls. */
@Command(
        name = "orders",
        mixinStandardHelpOptions = true,
        description = "Measure each solver's error on a smooth mixture at 5 to 160 evaluations, and its order.")
public final class OrdersCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("orders: got no command line; expected picocli to set it");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("# Orders of the solvers");
        out.println();
        out.println("Root mean square error of 128 end points (F64) against Dormand-Prince at 1e-12, on the mixture of weights"
                + " .5/.3/.2, means (.75, .25), (-.5, .6), (-.2, -.65), stds .8/1/.6; VP's linear schedule from t = 1 to"
                + " 1e-3, equal steps in lambda. Slope: between 80 and 160 evaluations; \"reference\" is what the"
                + " published implementations were measured to have.");
        out.println();
        StringBuilder head = new StringBuilder("| solver |");
        StringBuilder line = new StringBuilder("|---|");
        for (int evaluations : SolverOrders.EVALUATIONS) {
            head.append(' ').append(evaluations).append(" |");
            line.append("---|");
        }
        out.println(head + " slope | reference |");
        out.println(line + "---|---|");
        for (SolverOrders.Measured one : SolverOrders.measure(SolverOrders.rows())) {
            StringBuilder text = new StringBuilder("| " + one.row().label() + " |");
            for (double error : one.errors()) {
                text.append(String.format(Locale.ROOT, " %.2e |", error));
            }
            out.printf(Locale.ROOT, "%s %.2f | %.2f |%n", text, one.slope(), one.row().slope());
        }
        out.flush();
        return 0;
    }
}
