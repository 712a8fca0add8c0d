package org.fewstep.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.fewstep.bench.kernels.KernelsCommand;
import org.fewstep.bench.sample.BridgesCommand;
import org.fewstep.bench.sample.RingCommand;
import org.fewstep.bench.sample.SeedsCommand;
import org.fewstep.bench.sample.SheetCommand;
import org.fewstep.bench.solvers.OrdersCommand;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.KernelBuildError;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program in {@code benchmarks.jar}: a command of its own, or else JMH with its arguments.
 *
 * <p>Exit codes: 0 success, 1 failure, 2 wrong usage, 3 a file is missing or damaged, 4 no such device or CPU provider.
 */
@Command(
        name = "benchmarks.jar",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        description = "Times this engine and other libraries on the same work.",
        footer = {"", "Any other first argument goes to JMH: a pattern of benchmarks and its options (-h lists them)."})
public final class Bench implements Runnable {
    private Bench() {}

    /** Runs a command or JMH and ends the process. */
    public static void main(String[] args) throws IOException {
        CommandLine line = line(new PrintWriter(System.out, true), new PrintWriter(System.err, true));
        String first = args.length == 0 ? "--help" : args[0];
        if (line.getSubcommands().containsKey(first) || first.equals("--help")) {
            System.exit(line.execute(args.length == 0 ? new String[] {first} : args));
        }
        org.openjdk.jmh.Main.main(args);
    }

    /** The commands on the given streams. */
    static CommandLine line(PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Bench())
                .addSubcommand(new TableCommand())
                .addSubcommand(new ReportCommand())
                .addSubcommand(new RooflineCommand())
                .addSubcommand(new KernelsCommand())
                .addSubcommand(new OrdersCommand())
                .addSubcommand(new BridgesCommand())
                .addSubcommand(new RingCommand())
                .addSubcommand(new SeedsCommand())
                .addSubcommand(new SheetCommand());
        line.setOut(out);
        line.setErr(err);
        line.setParameterExceptionHandler((e, args) -> {
            err.println(e.getCommandLine().getCommandName() + ": " + e.getMessage());
            return 2;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            err.println(command.getCommandName() + ": " + e.getMessage());
            return code(e);
        });
        return line;
    }

    private static int code(Exception error) {
        if (error instanceof IllegalArgumentException) {
            return 2;
        }
        if (error instanceof BadFileException
                || (error instanceof UncheckedIOException && error.getCause() instanceof NoSuchFileException)) {
            return 3;
        }
        return error instanceof DeviceException && !(error instanceof KernelBuildError) ? 4 : 1;
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(new CommandLine(this), "got no command; expected one; see --help");
    }
}
