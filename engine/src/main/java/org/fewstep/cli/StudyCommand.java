package org.fewstep.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fewstep study}: experiments that are run from beginning to end. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "STUDY",
        description = "Run an experiment and report what its numbers show.")
final class StudyCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private StudyCommand() {}

    /** The command with its studies. */
    static CommandLine with(Screen screen) {
        return new CommandLine(new StudyCommand()).addSubcommand(new RandomnessCommand(screen));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "got no study; expected one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
