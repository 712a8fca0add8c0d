package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.Sha256;
import org.fewstep.io.TensorInfo;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.train.Checkpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fewstep info}: what is in a checkpoint or an export. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Show what is in a checkpoint or an export: step, recipe, networks, tensors, hash.")
final class InfoCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint or an export.")
    private Path file = Path.of("");

    InfoCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        ModelPaths.requireFile("info", file);
        try (ModelFile model = ModelFile.open(file);
                SafeTensors.Reader tensors = SafeTensors.open(file)) {
            Checkpoint checkpoint = Checkpoint.of(model);
            ModelSpec spec = model.spec();
            screen.line("file      %s, %s", file, Text.bytes(size()));
            screen.line("sha-256   %s", Sha256.of(file));
            screen.line("written   by version %s on %s", checkpoint.version(), checkpoint.device());
            screen.line(
                    "step      %s of %s",
                    Text.count(checkpoint.step()),
                    Text.count(checkpoint.recipe().training().steps()));
            screen.line(
                    "samples   shape %s, %s, %s",
                    spec.shape(),
                    spec.dtype(),
                    spec.network().classes() == 0
                            ? "no classes"
                            : spec.network().classes() + " classes");
            org.fewstep.path.Path path = spec.path();
            if (path != null) {
                screen.line("path      %s, noise at time %.0f", path.name(), path.noiseTime());
            }
            Parametrisation parametrisation = spec.parametrisation();
            if (parametrisation != null) {
                screen.line("gives     %s", parametrisation.describe());
            }
            StochasticInterpolant bridge = spec.bridge();
            if (bridge != null) {
                Map<String, Object> recipe = checkpoint.recipe().toMap();
                screen.line(
                        "path      %s, from %s at time 0 to %s at time 1",
                        bridge.name(), law(recipe.get("source")), law(recipe.get("data")));
            }
            screen.line(
                    "networks  %s; samples are made with %s", String.join(", ", model.roles()), model.defaultRole());
            if (model.metadata().containsKey(ModelFile.KEY_TEACHER)) {
                screen.line("teacher   in this file, for training to go on");
            }
            screen.line("recipe");
            YamlFile.write(checkpoint.recipe().toMap()).lines().forEach(line -> screen.line("  " + line));

            Table table = new Table("tensor", "type", "shape", "elements");
            long elements = 0;
            for (String name : tensors.names()) {
                TensorInfo info = tensors.info(name);
                elements += info.elements();
                table.row(
                        name,
                        info.type().toString(),
                        Arrays.toString(info.shape()).replace(" ", ""),
                        Text.count(info.elements()));
            }
            screen.line("tensors   %d, %s numbers", tensors.names().size(), Text.count(elements));
            table.lines().forEach(screen::line);
            for (String role : model.roles()) {
                long parameters = tensors.names().stream()
                        .filter(name -> name.startsWith(role + "/"))
                        .mapToLong(name -> tensors.info(name).elements())
                        .sum();
                screen.line("%s: %s parameters", role, Text.count(parameters));
            }
        }
        return ExitCode.OK.code();
    }

    /** Data in a few words. */
    private static String law(@Nullable Object settings) {
        if (!(settings instanceof Map<?, ?> map)) {
            return "nothing";
        }
        return map.get("kind") + (map.containsKey("only") ? " of class " + map.get("only") : "");
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("look at " + file, e);
        }
    }
}
