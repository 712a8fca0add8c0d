package org.fewstep.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code fewstep}: parses arguments, runs a command, turns its error into one message on stderr and an exit
 * code (see {@link ExitCode}). On success stderr stays empty.
 */
@Command(
        name = "fewstep",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        description = "Trains and samples few-step generative models.",
        footer = {
            "",
            "Exit codes: 0 success, 1 a run failed, 2 wrong usage or configuration, 3 a file is missing or damaged,"
                    + " 4 the device is not available, 130 interrupted after a checkpoint."
        })
public final class Main implements Runnable {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean debug;

    private final CommandLine line;

    private Main(Screen screen) {
        this.line = new CommandLine(this);
        line.addSubcommand(new DemoCommand(screen));
        line.addSubcommand(new TrainCommand(screen));
        line.addSubcommand(new SampleCommand(screen));
        line.addSubcommand(new EditCommand(screen));
        line.addSubcommand(new InvertCommand(screen));
        line.addSubcommand(new PairsCommand(screen));
        line.addSubcommand(new StraightnessCommand(screen));
        line.addSubcommand(new SolversCommand(screen));
        line.addSubcommand(new PlanCommand(screen));
        line.addSubcommand(new EvaluateCommand(screen));
        line.addSubcommand(StudyCommand.with(screen));
        line.addSubcommand(new ExportCommand(screen));
        line.addSubcommand(new InfoCommand(screen));
        line.addSubcommand(new RecipesCommand(screen));
        line.addSubcommand(new DoctorCommand(screen));
        line.setOut(new PrintWriter(screen.out(), true));
        line.setErr(new PrintWriter(screen.err(), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, args) -> usageError(screen, e));
        line.setExecutionExceptionHandler((e, command, parsed) -> failed(screen, command.getCommandName(), e));
    }

    /** Runs the program, in a JVM with the vector module if there can be one (see {@link SelfStart}), and ends the process. */
    public static void main(String[] args) {
        // XChart draws into memory; without this it would look for a display.
        System.setProperty("java.awt.headless", "true");
        OptionalInt code = SelfStart.run(Main.class, args);
        System.exit(code.isPresent() ? code.getAsInt() : run(Screen.system(), args));
    }

    /** Runs the program on the given streams and returns the exit code. */
    static int run(Screen screen, String... args) {
        Main main = new Main(screen);
        int code;
        try {
            code = main.line.execute(args);
        } catch (OutOfMemoryError e) {
            // Everything else that a command throws is an exception, which the handler above has taken.
            screen.err().println("fewstep: out of memory (" + e.getMessage() + "); raise it with java -Xmx");
            code = ExitCode.FAILED.code();
        }
        screen.out().flush();
        return code;
    }

    /** Without a command there is nothing to run. */
    @Override
    public void run() {
        throw new ParameterException(
                line,
                "got no command; expected one of "
                        + String.join(", ", line.getSubcommands().keySet()));
    }

    private static int usageError(Screen screen, ParameterException error) {
        CommandLine command = error.getCommandLine();
        String message = error.getMessage();
        if (error instanceof UnmatchedArgumentException unmatched) {
            message = "got " + String.join(" ", unmatched.getUnmatched()) + ", which it does not know"
                    + nearest(command, unmatched.getUnmatched().get(0))
                            .map(near -> "; nearest is " + near)
                            .orElse("");
        }
        screen.err().println(command.getCommandSpec().qualifiedName() + ": " + message);
        screen.err().println("Usage: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.code();
    }

    private static Optional<String> nearest(CommandLine command, String word) {
        java.util.List<String> known =
                new java.util.ArrayList<>(command.getSubcommands().keySet());
        known.addAll(command.getCommandSpec().optionsMap().keySet());
        return Text.nearest(word, known);
    }

    private int failed(Screen screen, String command, Exception error) {
        if (debug) {
            error.printStackTrace(screen.err());
        } else {
            screen.err().println("fewstep " + command + ": " + message(error));
        }
        return ExitCode.of(error).code();
    }

    private static String message(Exception error) {
        @Nullable String message = error.getMessage();
        return message == null || message.isBlank()
                ? error.getClass().getSimpleName() + "; run it with --debug for the place"
                : message.strip();
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"fewstep " + number()};
        }

        static String number() {
            @Nullable String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(development)" : version;
        }
    }
}
