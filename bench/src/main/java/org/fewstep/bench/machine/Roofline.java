package org.fewstep.bench.machine;

import java.io.PrintWriter;
import java.util.Locale;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;

/** Measures the roofs of this machine, then every kernel family against them, and prints both as Markdown tables. */
public final class Roofline {
    private Roofline() {}

    /**
     * Prints the tables.
     *
     * @param provider of the kernels
     * @param threads numbers of threads, a table each
     */
    public static void print(Provider provider, int[] threads, PrintWriter out) {
        Caches caches = Caches.read();
        for (int count : threads) {
            Roofs roofs = Roofs.measure(count, caches);
            print(roofs, out);
            try (CpuDevice device = new CpuDevice(provider, count)) {
                device.warmUp();
                try (KernelCases cases = new KernelCases(device)) {
                    kernels(roofs, device, cases, out);
                }
            }
        }
    }

    private static void print(Roofs roofs, PrintWriter out) {
        out.printf(Locale.ROOT, "%n## %d thread%s%n%n", roofs.threads(), roofs.threads() == 1 ? "" : "s");
        out.printf(Locale.ROOT, "Fused multiply-adds, %s: %.1f GFLOP/s.%n%n", roofs.how(), roofs.flops() * 1e-9);
        out.println("| working set | copy GB/s | triad GB/s |");
        out.println("|---|---|---|");
        for (Roofs.Level level : roofs.levels()) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f |%n",
                    level.capacity() == Long.MAX_VALUE
                            ? level.name()
                            : level.name() + ", up to " + (level.capacity() >> 10) + " KB",
                    level.bandwidth().copy() * 1e-9,
                    level.bandwidth().triad() * 1e-9);
        }
        out.println();
        out.flush();
    }

    private static void kernels(Roofs roofs, CpuDevice device, KernelCases cases, PrintWriter out) {
        out.println("Provider " + device.provider().fingerprint() + ". Share: the time that the roof allows for the"
                + " stated operations and bytes over the least time measured.");
        out.println();
        out.println("| kernel | sizes | us min | us median | GFLOP/s | GB/s | limit | share |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (KernelCases.Case c : cases.cases()) {
            Workload work = c.work();
            Sample sample = Sample.of(() -> device.run(work));
            long flops = work.flops();
            long bytes = work.bytes();
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %.2f | %.1f | %.1f | %s | %.0f %% |%n",
                    work.label(),
                    c.sizes(),
                    sample.min() * 1e6,
                    sample.median() * 1e6,
                    flops * 1e-9 / sample.min(),
                    bytes * 1e-9 / sample.min(),
                    roofs.isArithmetic(flops, bytes)
                            ? "arithmetic"
                            : roofs.level(bytes).name(),
                    100 * roofs.seconds(flops, bytes) / sample.min());
            out.flush();
        }
    }
}
