package org.fewstep.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.kernels.cpu.Provider;

/** Runs a command in a JVM with the vector module where this one was started without it and the JDK has it. */
final class VectorJvm {
    /** Set in the second JVM, so that there is no third. */
    private static final String SECOND = "fewstep.bench.second";

    private VectorJvm() {}

    /**
     * The command's exit code, from this JVM or from another one with the same options and arguments.
     *
     * @param args of this program, the command's name first
     */
    static int call(List<String> args, Callable<Integer> command) throws Exception {
        boolean there = ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent();
        if (Provider.vectorUsable() || !there || Boolean.getBoolean(SECOND)) {
            return command.call();
        }
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.add(Provider.VECTOR_FLAG);
        line.add("-D" + SECOND + "=true");
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Bench.class.getName()));
        line.addAll(args);
        return wait(line);
    }

    private static int wait(List<String> line) throws IOException, InterruptedException {
        Process second = new ProcessBuilder(line).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(second::destroy));
        return second.waitFor();
    }
}
