package org.fewstep.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.cpu.Provider;

/**
 * Runs the program a second time in a JVM with the vector module, where this one was started without it: the same Java,
 * options, class path and arguments, so that the command line is fast without a flag. An application that embeds Fewstep
 * adds {@link Provider#VECTOR_FLAG} itself.
 *
 * <p>The second JVM is the program: it owns the run, its output is this one's, its exit code too. Its standard input is a
 * pipe from here, from which nothing ever comes; when it closes, this JVM is gone and the second one ends at once, like a
 * killed program, so that two never write one run. A signal to end is passed on, and waited for: the checkpoint is the
 * second JVM's. The JVM's notice of an incubating module is left out of stderr.
 *
 * <p>Not where {@code fewstep.cpu} asks for another provider, where the JDK has no such module, where a debugger or a
 * remote console waits for this JVM, or under {@code -Dfewstep.selfstart=false}; the program then runs here.
 */
final class SelfStart {
    /** System property: {@code false} turns this off, {@code child} is set for the second JVM. */
    static final String PROPERTY = "fewstep.selfstart";

    private static final String CHILD = "child";
    private static final String MODULE = "jdk.incubator.vector";
    private static final String NOTICE = "WARNING: Using incubator modules: ";

    /** Exit code of a program that was killed. */
    private static final int KILLED = 137;

    /** What reads and writes files alone, and is over before a second JVM has started. */
    private static final Set<String> BRIEF = Set.of("info", "recipes", "export", "help");

    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

    /** Options that the JVM takes from the environment: this one's list of options has them already. */
    private static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    private SelfStart() {}

    /**
     * Runs the program in a second JVM, if one is wanted, and waits for it.
     *
     * @param program the class with the main method
     * @return the exit code; empty if the program is to run here
     */
    static OptionalInt run(Class<?> program, String... args) {
        if (CHILD.equals(System.getProperty(PROPERTY))) {
            watchParent();
            return OptionalInt.empty();
        }
        if (!wanted(args)) {
            return OptionalInt.empty();
        }
        List<String> command = command(program, args);
        if (command.isEmpty()) {
            return OptionalInt.empty();
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeAll(VARIABLES);
        try {
            return OptionalInt.of(follow(builder.start()));
        } catch (IOException e) {
            // There is no second JVM to be had; the program needs none.
            return OptionalInt.empty();
        }
    }

    private static boolean wanted(String... args) {
        String provider = System.getProperty("fewstep.cpu");
        return !"false".equals(System.getProperty(PROPERTY))
                && (provider == null || provider.equals(Provider.VECTOR.label()))
                && !Provider.vectorUsable()
                && ModuleFinder.ofSystem().find(MODULE).isPresent()
                && args.length > 0
                && !BRIEF.contains(args[0])
                && List.of(args).stream().noneMatch(HELP::contains);
    }

    /** The command line of the second JVM; empty where this one's cannot be repeated. */
    private static List<String> command(Class<?> program, String... args) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        if (!Files.isExecutable(java) && !Files.isExecutable(java.resolveSibling("java.exe"))) {
            return List.of();
        }
        List<String> options;
        try {
            options = ManagementFactory.getRuntimeMXBean().getInputArguments();
        } catch (LinkageError e) {
            return List.of(); // a runtime without java.management
        }
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        for (String option : options) {
            if (isListener(option)) {
                return List.of();
            }
            command.add(option);
        }
        command.add(Provider.VECTOR_FLAG);
        command.add("-D" + PROPERTY + "=" + CHILD);
        command.add("-D" + Screen.TERMINAL + "=" + Screen.system().terminal());
        String path = System.getProperty("java.class.path");
        // Started with -jar, the path is the jar; its manifest holds options of its own.
        if (System.getProperty("sun.java.command", "").startsWith(path)) {
            command.addAll(List.of("-jar", path));
        } else {
            command.addAll(List.of("-cp", path, program.getName()));
        }
        command.addAll(List.of(args));
        return command;
    }

    /** True for options that make this JVM the one that somebody connects to. */
    private static boolean isListener(String option) {
        return option.startsWith("-agentlib:jdwp")
                || option.startsWith("-Xrunjdwp")
                || option.startsWith("-Dcom.sun.management.jmxremote");
    }

    private static int follow(Process child) {
        Thread errors = new Thread(() -> copy(child.getErrorStream(), System.err), "fewstep-stderr");
        errors.setDaemon(true);
        errors.start();
        Thread hook = new Thread(() -> end(child, errors), "fewstep-child");
        Runtime.getRuntime().addShutdownHook(hook);
        int code = waitFor(child, errors);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return code; // a signal ends this JVM too
        }
        return code;
    }

    /** Passes a signal on and waits for the child's checkpoint. Where a signal is final, the terminal has sent it too. */
    private static void end(Process child, Thread errors) {
        if (child.supportsNormalTermination()) {
            // Not Process.destroy, which would close the pipe.
            child.toHandle().destroy();
        }
        waitFor(child, errors);
    }

    private static int waitFor(Process child, Thread errors) {
        while (true) {
            try {
                int code = child.waitFor();
                // What the child wrote last; a process of the child's that lives on may keep its stderr open.
                errors.join(TimeUnit.SECONDS.toMillis(1));
                return code;
            } catch (InterruptedException e) {
                continue; // nobody has a reason to interrupt this thread
            }
        }
    }

    /** Copies bytes as they come, without the lines that begin with the notice. */
    static void copy(InputStream from, OutputStream to) {
        byte[] notice = NOTICE.getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[8192];
        int matched = 0;
        boolean dropping = false;
        try {
            for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
                for (int i = 0; i < count; i++) {
                    byte b = chunk[i];
                    boolean ends = b == '\n';
                    if (dropping) {
                        dropping = !ends;
                        matched = ends ? 0 : matched;
                    } else if (matched >= 0 && matched < notice.length && b == notice[matched]) {
                        matched++;
                        dropping = matched == notice.length;
                    } else {
                        if (matched > 0) {
                            to.write(notice, 0, matched);
                        }
                        to.write(b);
                        matched = ends ? 0 : -1;
                    }
                }
                to.flush();
            }
            if (matched > 0 && !dropping) {
                to.write(notice, 0, matched);
                to.flush();
            }
        } catch (IOException e) {
            return; // nobody reads stderr any more
        }
    }

    /** Ends this JVM when the pipe from its parent closes. */
    private static void watchParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            continue;
                        }
                    } catch (IOException e) {
                        // The same: the parent is gone.
                    }
                    Runtime.getRuntime().halt(KILLED);
                },
                "fewstep-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
