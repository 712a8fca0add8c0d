package org.fewstep.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.train.Checkpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep export}: the averaged network of a checkpoint alone, for sampling. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write the network that samples are made with alone: no optimizer, no other average.")
final class ExportCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint.")
    private Path checkpoint = Path.of("");

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The .safetensors file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "",
            description = "Another network of the checkpoint: student or ema.DECAY (see fewstep info).")
    private String role = "";

    ExportCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        ModelPaths.requireFile("export", checkpoint);
        Checkpoint.export(checkpoint, out, role);
        FileList.show(screen, List.of(out));
        return ExitCode.OK.code();
    }
}
