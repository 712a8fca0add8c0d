package org.fewstep.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.Straightness;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep straightness}: how straight a flow is, before and after reflow. */
@Command(
        name = "straightness",
        mixinStandardHelpOptions = true,
        description = "Measure S = E integral |(x1 - x0) - v(x_t, t)|^2 dt of flows: 0 for straight ones.")
final class StraightnessCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "Checkpoints or exports of flows.")
    private List<Path> checkpoints = List.of();

    @Option(names = "--n", paramLabel = "N", defaultValue = "4096", description = "Number of samples (default: 4096).")
    private int n = 4096;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Euler steps of the integral (default: 100).")
    private int steps = 100;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the noise (default: 0).")
    private long seed;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    StraightnessCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--n", n);
        Numbers.requireSteps("--steps", List.of(steps));
        Device device = Devices.require(deviceName);
        checkpoints.forEach(file -> ModelPaths.requireFile("straightness", file));
        Table table = new Table("flow", "straightness S");
        for (Path file : checkpoints) {
            try (Generator flow = Generator.load(file, device)) {
                table.row(file.toString(), Text.value(Straightness.of(flow, n, steps, seed)));
            }
        }
        table.lines().forEach(screen::line);
        return ExitCode.OK.code();
    }
}
