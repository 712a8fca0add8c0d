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
        out.println(
                "Root mean square error of 2048 end points (F64) against Dormand-Prince at 1e-12, on the mixture of weights"
                        + " .5/.3/.2, means (.75, .25), (-.5, .6), (-.2, -.65), stds .8/1/.6, at so many evaluations or the next"
                        + " fewer that make whole steps. Slope: between the last two; \"reference\" is what the published"
                        + " implementations were measured to have.");
        SolverOrders.Setting setting = null;
        for (SolverOrders.Measured one : SolverOrders.measure(SolverOrders.rows())) {
            if (one.row().setting() != setting) {
                setting = one.row().setting();
                head(out, setting);
            }
            StringBuilder text = new StringBuilder("| " + one.row().label() + " |");
            for (double error : one.errors()) {
                text.append(String.format(Locale.ROOT, " %.2e |", error));
            }
            out.printf(
                    Locale.ROOT,
                    "%s %.2f | %.2f |%n",
                    text,
                    one.slope(),
                    one.row().slope());
        }
        out.flush();
        return 0;
    }

    private static void head(PrintWriter out, SolverOrders.Setting setting) {
        StringBuilder head = new StringBuilder("| solver |");
        StringBuilder line = new StringBuilder("|---|");
        for (int evaluations : SolverOrders.EVALUATIONS) {
            head.append(' ').append(evaluations).append(" |");
            line.append("---|");
        }
        out.println();
        out.println("## " + setting.about());
        out.println(head + " slope | reference |");
        out.println(line + "---|---|");
    }
}
