package org.fewstep.bench.sample;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.train.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * Runs of recipes, each trained once by the program's own command {@code train} and kept in a folder; one that was broken off
 * goes on.
 *
 * @param program class path of the program, one jar as a rule
 * @param folder of the runs
 * @param settings that every run gets, as {@code --set} takes them
 */
record TrainingRuns(String program, Path folder, List<String> settings) {
    private static final String LOG = "train.log";

    TrainingRuns {
        for (String part : program.split(File.pathSeparator)) {
            if (!Files.exists(Path.of(part))) {
                throw new IllegalArgumentException("--program: got " + part
                        + ", which is not there; expected fewstep.jar, which mvn package makes in engine/target");
            }
        }
        settings = List.copyOf(settings);
    }

    /**
     * The checkpoint of a finished run.
     *
     * @param steps of training
     * @param teacher whose checkpoint the recipe learns from; null where the recipe says it
     * @throws IllegalStateException when the training fails; its output is in the run's folder
     */
    Path checkpoint(String recipe, long seed, long steps, @Nullable Path teacher)
            throws IOException, InterruptedException {
        String name = Path.of(recipe).getFileName().toString().replace(".yaml", "");
        Path run = folder.resolve(name + "-" + steps + "-" + seed);
        Path checkpoint = run.resolve(Checkpoint.FILE);
        boolean begun = Files.exists(checkpoint);
        if (begun && Checkpoint.of(checkpoint).step() >= steps) {
            return checkpoint;
        }
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Provider.vectorUsable()) {
            line.add(Provider.VECTOR_FLAG);
        }
        line.addAll(List.of("-cp", program, "org.fewstep.cli.Main", "train"));
        line.addAll(List.of("--out", run.toString()));
        if (begun) {
            line.add("--resume");
        } else {
            line.addAll(List.of("--recipe", recipe, "--seed", Long.toString(seed)));
            line.addAll(List.of("--set", "training.steps=" + steps));
            settings.forEach(s -> line.addAll(List.of("--set", s)));
            if (teacher != null) {
                line.addAll(List.of("--set", "teacher=" + teacher));
            }
        }
        Files.createDirectories(folder);
        Path log = folder.resolve(run.getFileName() + "." + LOG);
        Process training = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Thread ending = new Thread(training::destroy);
        Runtime.getRuntime().addShutdownHook(ending);
        int code = training.waitFor();
        Runtime.getRuntime().removeShutdownHook(ending);
        if (code != 0) {
            throw new IllegalStateException(
                    "train: recipe " + recipe + ", seed " + seed + " ended with code " + code + "; see " + log);
        }
        return checkpoint;
    }
}
