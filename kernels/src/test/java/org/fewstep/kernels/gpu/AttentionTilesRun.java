package org.fewstep.kernels.gpu;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.cpu.KernelContract;

/** Runs attention by tiles on the simulator: what {@link AttentionTilesTest} starts in JVMs of their own. */
final class AttentionTilesRun {
    static final String GOOD = "good";

    /** Layout, batch, heads, tokens, channels: one channel, widths that are compiled for themselves, and four chunks. */
    private static final int[][] SIZES = {{0, 1, 1, 33, 1}, {1, 1, 1, 33, 32}, {0, 1, 1, 34, 128}, {2, 1, 1, 9, 200}};

    private AttentionTilesRun() {}

    /**
     * Prints what became of a check.
     *
     * @param args the compiler of the simulator's modules, a folder for them, a dtype, and then, where an error is planted,
     *     text of the kernels and what stands there instead
     */
    public static void main(String[] args) {
        System.setProperty("fewstep.nvcc", Path.of(args[0]).toString());
        System.setProperty("fewstep.kernel.cache", args[1]);
        DType dtype = DType.valueOf(args[2]);
        if (args.length == 3) {
            run(Source::of, device -> check(device, dtype));
        }
        for (int i = 3; i < args.length; i += 2) {
            String code = args[i];
            String wrong = args[i + 1];
            run(file -> planted(file, code, wrong), device -> check(device, dtype));
        }
    }

    private static String planted(String file, String code, String wrong) {
        String source = Source.of(file);
        if (!file.equals(GpuAttention.TILES)) {
            return source;
        }
        if (!source.contains(code)) {
            throw new IllegalStateException(file + " has no longer: " + code);
        }
        return source.replace(code, wrong);
    }

    private static void check(GpuDevice device, DType dtype) {
        KernelContract.check(Family.ATTENTION, device, dtype);
        for (int[] s : SIZES) {
            KernelContract.checkAttention(device, dtype, s[0], s[1], s[2], s[3], s[4]);
        }
    }

    /** By the family's own choice, which must be tiles. */
    private static void run(UnaryOperator<String> sources, Consumer<GpuDevice> check) {
        Driver driver = new CudaDriver(CudaDriver.find().get(0));
        Choices tiles = (work, legal) -> {
            if (!legal.get(0).equals(Choice.version(3))) {
                throw new IllegalStateException("got " + legal + "; expected v3 in front");
            }
            return legal.get(0);
        };
        String outcome = GOOD;
        try (GpuDevice device = new GpuDevice(
                "cuda:0", driver, new Programs(driver, ProgramCache.ofUser(), sources), tiles, 1 << 28, true)) {
            check.accept(device);
        } catch (AssertionError | RuntimeException e) {
            outcome = String.valueOf(e).replace('\n', ' ');
        }
        System.out.println("outcome: " + outcome);
    }

    /** The outcomes in what a run printed. */
    static List<String> outcomes(String output) {
        return output.lines()
                .filter(line -> line.startsWith("outcome: "))
                .map(line -> line.substring("outcome: ".length()))
                .toList();
    }
}
