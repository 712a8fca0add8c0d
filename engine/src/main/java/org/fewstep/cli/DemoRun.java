package org.fewstep.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.kernels.Device;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.Recipe;
import org.fewstep.train.Trainer;

/**
 * One training of the demo, with samples of the network before it and after it.
 *
 * @param folder run folder with the checkpoint
 * @param losses loss by step
 * @param untrained samples of the network before the first step, one entry a step count
 * @param trained samples of the averaged network at the end, from the checkpoint, one entry a step count
 * @param finished false when the run was interrupted; there are no trained samples then
 */
record DemoRun(
        Path folder,
        Map<Long, Double> losses,
        List<SampleSheet.Made> untrained,
        List<SampleSheet.Made> trained,
        boolean finished) {
    /** Step counts of a run's samples, their labels and their seed. */
    record Ask(List<Integer> steps, int[] labels, long seed) {}

    /** Carries out a recipe in a folder, replacing the run of an earlier demo there. */
    static DemoRun of(Screen screen, Recipe recipe, Path folder, Device device, ShutdownStop stop, Ask ask) {
        RunFiles.remove(folder);
        List<SampleSheet.Made> untrained;
        boolean finished;
        try (Trainer trainer = Trainer.start(recipe, folder, device, new RunWatch(screen, "      train", stop))) {
            untrained = samples(trainer.generator(), ask, false);
            long start = System.nanoTime();
            trainer.run();
            finished = trainer.step() == recipe.training().steps();
            screen.line(
                    "      %s optimizer steps in %s",
                    Text.count(trainer.step()), Text.duration((System.nanoTime() - start) * 1e-9));
        }
        Map<Long, Double> losses = new TreeMap<>(LossCurve.read(folder));
        if (!finished) {
            return new DemoRun(folder, losses, untrained, List.of(), false);
        }
        try (Generator generator = Generator.load(folder.resolve(Checkpoint.FILE), device)) {
            return new DemoRun(folder, losses, untrained, samples(generator, ask, true), true);
        }
    }

    /** The trained samples at a step count that was asked for. */
    SampleSheet.Made at(int steps) {
        return at(trained, steps);
    }

    /** The untrained samples at a step count that was asked for. */
    SampleSheet.Made untrainedAt(int steps) {
        return at(untrained, steps);
    }

    private static SampleSheet.Made at(List<SampleSheet.Made> made, int steps) {
        for (SampleSheet.Made each : made) {
            if (each.steps() == steps) {
                return each;
            }
        }
        throw new IllegalArgumentException("demo: got " + steps + " steps; expected a count that was asked for");
    }

    private static List<SampleSheet.Made> samples(Generator generator, Ask ask, boolean timed) {
        List<SampleSheet.Made> made = new ArrayList<>();
        for (int steps : ask.steps()) {
            SampleSheet sheet = new SampleSheet(generator, GeneratorOptions.DEFAULT, ask.seed(), ask.labels(), 1);
            if (timed) {
                sheet.make(1); // the kernels are compiled for this batch before the clock counts
            }
            made.add(sheet.make(steps));
        }
        return made;
    }
}
