package org.fewstep.bench.kernels;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kernels}: the laboratory of GPU kernels. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Check, race, tune and inspect GPU kernels: the shipped versions, and a file of your own.",
        subcommands = {ListCommand.class, CheckCommand.class, RaceCommand.class, TuneCommand.class, InspectCommand.class
        })
public final class KernelsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        if (spec != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "got no command; expected list, check, race, tune or inspect; see --help");
        }
    }

    /** The command line of a command that picocli made. */
    static CommandLine line(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("kernels: got no command line; expected picocli to set it");
        }
        return spec.commandLine();
    }
}
