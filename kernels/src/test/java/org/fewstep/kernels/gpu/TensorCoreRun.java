package org.fewstep.kernels.gpu;

import java.nio.file.Path;
import java.util.Map;

/** Runs {@link TensorCoreChecks} on the simulator: what {@link TensorCoreTest} starts in a JVM of its own. */
final class TensorCoreRun {
    static final String GOOD = "good";

    private TensorCoreRun() {}

    /**
     * Prints a line {@code name: outcome} for each check.
     *
     * @param args the compiler of the simulator's modules, a folder for them, and how the names of wanted checks start
     */
    public static void main(String[] args) {
        System.setProperty("fewstep.nvcc", Path.of(args[0]).toString());
        System.setProperty("fewstep.kernel.cache", args[1]);
        TensorCoreChecks checks =
                new TensorCoreChecks(() -> new CudaDriver(CudaDriver.find().get(0)), true);
        for (Map.Entry<String, TensorCoreChecks.Check> check : checks.all().entrySet()) {
            if (args.length > 2 && !check.getKey().startsWith(args[2])) {
                continue;
            }
            System.out.println(check.getKey() + ": " + outcome(check.getValue()));
        }
    }

    private static String outcome(TensorCoreChecks.Check check) {
        try {
            check.run();
            return GOOD;
        } catch (AssertionError | RuntimeException e) {
            return String.valueOf(e).replace('\n', ' ');
        }
    }
}
