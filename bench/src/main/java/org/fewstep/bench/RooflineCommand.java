package org.fewstep.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.bench.machine.Machine;
import org.fewstep.bench.machine.Roofline;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.kernels.cpu.Provider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roofline}: this machine's peak and bandwidth, and each kernel's share of them. */
@Command(
        name = "roofline",
        mixinStandardHelpOptions = true,
        description = "Measure multiply-add peak and memory bandwidth, and each kernel's share of what they allow.")
final class RooflineCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--provider",
            defaultValue = EngineDevice.DEFAULT,
            description = "CPU provider of the kernels: default, vector, loops or ejml.")
    private String provider = EngineDevice.DEFAULT;

    @Option(
            names = "--threads",
            defaultValue = "1,2",
            split = ",",
            description = "Numbers of threads, a table each (default: 1,2).")
    private int[] threads = {1, 2};

    @Override
    public Integer call() throws Exception {
        for (int count : threads) {
            if (count < 1 || count > Runtime.getRuntime().availableProcessors()) {
                throw new IllegalArgumentException("threads: got " + count + "; expected 1 to "
                        + Runtime.getRuntime().availableProcessors() + ", the processors present");
            }
        }
        String counts = String.join(
                ",", Arrays.stream(threads).mapToObj(Integer::toString).toList());
        List<String> args = List.of("roofline", "--provider", provider, "--threads", counts);
        return VectorJvm.call(args, () -> measure(String.join(" ", args)));
    }

    private int measure(String command) {
        if (spec == null) {
            throw new IllegalStateException("roofline: got no command line; expected picocli to set it");
        }
        Provider chosen = provider.equals(EngineDevice.DEFAULT) ? Provider.best() : Provider.of(provider);
        Machine machine = Machine.here("java -jar bench/target/benchmarks.jar " + command);
        var out = spec.commandLine().getOut();
        out.println("# Roofline");
        out.println();
        out.println(machine.cpu() + ", " + machine.cores() + " cores, " + machine.os() + ", JDK " + machine.jdk()
                + ", load average " + machine.loadBefore() + ".");
        out.println();
        out.println("    " + machine.command());
        Roofline.print(chosen, threads, out);
        return 0;
    }
}
