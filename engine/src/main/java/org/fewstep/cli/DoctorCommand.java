package org.fewstep.cli;

import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code fewstep doctor}: what this machine offers, what is used of it, and whether it computes correctly. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Show versions, devices and the CPU provider in use, and check that they compute correctly.")
final class DoctorCommand implements Callable<Integer> {
    private final Screen screen;

    DoctorCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Runtime runtime = Runtime.getRuntime();
        screen.line("fewstep %s", Main.Version.number());
        entry(
                "java",
                property("java.version") + " (" + property("java.vendor") + ", " + property("java.vm.name") + ")");
        entry("system", property("os.name") + " " + property("os.version") + " " + property("os.arch"));
        entry("cores", Integer.toString(runtime.availableProcessors()));
        entry("heap", "up to " + Text.bytes(runtime.maxMemory()) + " (-Xmx)");

        screen.line("");
        screen.line("devices");
        for (Devices.Found found : Devices.list()) {
            entry(found.name(), (found.usable() ? "usable, " : "not usable, ") + found.reason());
        }

        Device device = Devices.best();
        screen.line("");
        screen.line("in use: %s, %s", device.name(), device.fingerprint());
        entry(
                "threads",
                System.getProperty("fewstep.threads", Integer.toString(runtime.availableProcessors()))
                        + " (-Dfewstep.threads)");
        String cap = System.getProperty("fewstep.pool");
        entry(
                "pool",
                "keeps up to " + (cap == null ? "a quarter of the heap" : cap + " B")
                        + " for reuse (-Dfewstep.pool); now " + device.live());
        SelfCheck check = new SelfCheck(device);
        entry("speed", Text.format("%.1f GFLOP/s in a product of 384 x 384 matrices, F32", check.gigaflops()));

        screen.line("");
        screen.line("CPU providers for F32 (-Dfewstep.cpu=NAME; chosen once, never mixed)");
        for (Provider provider : Provider.values()) {
            entry(provider.label(), (provider == used(device) ? "in use: " : "") + about(provider));
        }

        screen.line("");
        screen.line("checks");
        boolean good = true;
        for (SelfCheck.Outcome outcome : check.all()) {
            entry(outcome.name(), (outcome.ok() ? "ok, " : "FAILED, ") + outcome.detail());
            good &= outcome.ok();
        }
        if (!good) {
            throw new IllegalStateException("a check failed: this machine or Java runtime computes wrongly;"
                    + " try another JDK and report the output of doctor");
        }
        return ExitCode.OK.code();
    }

    private static @Nullable Provider used(Device device) {
        return device instanceof CpuDevice cpu ? cpu.provider() : null;
    }

    private static String about(Provider provider) {
        return switch (provider) {
            case VECTOR ->
                "vectors of the module jdk.incubator.vector, 20 to 30 times as fast as ejml; "
                        + (Provider.vectorUsable()
                                ? "the command line adds it, an application adds java " + Provider.VECTOR_FLAG
                                : "this JVM was started without it: java " + Provider.VECTOR_FLAG);
            case LOOPS -> "loops that the JIT compiler vectorises, 4 to 6 times as fast as ejml";
            case EJML -> "all matrix products by EJML: the reference, reaches about 3 % of the FMA peak";
        };
    }

    private void entry(String name, String text) {
        screen.line("  %-10s %s", name, text);
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
