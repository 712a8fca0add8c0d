package org.fewstep.cli;

import java.util.Locale;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.SolverChoice;
import org.fewstep.sample.TranslatorOptions;
import org.fewstep.solver.GridCatalog;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.solver.Spacing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose a solver and the times of its steps. */
final class SolverOptions {
    @Option(
            names = "--solver",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "auto, flow-map, or one of those that 'fewstep solvers' lists (default: auto, which is"
                    + " flow-map for a one-step model and euler for a flow).")
    private String solver = "auto";

    @Option(
            names = "--grid",
            paramLabel = "NAME",
            description = "Spacing of the times: uniform, quadratic, logsnr, karras, beta or cosine (default:"
                    + " uniform; karras for a model of noise levels, cosine for a model between two data sets).")
    private @Nullable String grid;

    /** For a model that starts from noise: on levels as EDM's by default where it is one of noise levels. */
    GeneratorOptions of(ModelSpec spec) {
        String name = solver.toLowerCase(Locale.ROOT);
        if (name.equals("auto") || name.equals("flow-map")) {
            if (grid != null) {
                throw new IllegalArgumentException("--grid: got " + grid + " with solver " + name
                        + "; expected a solver of those that 'fewstep solvers' lists");
            }
            return GeneratorOptions.DEFAULT.withSolver(name.equals("auto") ? SolverChoice.AUTO : SolverChoice.FLOW_MAP);
        }
        Spacing usual = spec.parametrisation() != null ? new KarrasSpacing() : PowerSpacing.UNIFORM;
        return GeneratorOptions.DEFAULT.withSolver(SolverCatalog.of(name), grid == null ? usual : GridCatalog.of(grid));
    }

    /** For a model between two data sets. */
    TranslatorOptions ofBridge() {
        String name = solver.toLowerCase(Locale.ROOT);
        if (name.equals("flow-map")) {
            throw new IllegalArgumentException("--solver: got flow-map for a model between two data sets; expected auto"
                    + " or one of those that 'fewstep solvers' lists");
        }
        TranslatorOptions options = TranslatorOptions.DEFAULT;
        return options.withSolver(
                name.equals("auto") ? options.solver() : SolverCatalog.of(name),
                grid == null ? options.spacing() : GridCatalog.of(grid));
    }
}
