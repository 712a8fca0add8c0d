package org.fewstep.train;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import org.fewstep.data.Dataset;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;

/**
 * Compares generated samples with data every so many steps and logs the distances as {@code NAME-STEPS}, for instance
 * {@code energy-1}.
 */
public final class Evaluation implements Callback {
    private final int every;
    private final int samples;
    private final int[] sampleSteps;
    private final Map<String, ToDoubleBiFunction<float[], float[]>> distances;
    private float[] data = {};

    /**
     * Says what to measure.
     *
     * @param every training steps between evaluations, at least 1; the last step is evaluated too
     * @param samples generated and real samples to compare, at least 2
     * @param sampleSteps steps of the generator, each evaluated
     * @param distances by name: a function of (generated, real), both (samples, dim)
     */
    public Evaluation(
            int every, int samples, int[] sampleSteps, Map<String, ToDoubleBiFunction<float[], float[]>> distances) {
        if (every < 1 || samples < 2) {
            throw new IllegalArgumentException(
                    "evaluation: got every " + every + ", samples " + samples + "; expected at least 1 and at least 2");
        }
        this.every = every;
        this.samples = samples;
        this.sampleSteps = sampleSteps.clone();
        this.distances = new TreeMap<>(distances);
    }

    @Override
    public void onStart(Trainer trainer) {
        data = data(trainer.dataset(), samples);
    }

    /** So many samples of a dataset, or all of a smaller one. */
    static float[] data(Dataset dataset, int samples) {
        int count = (int) Math.min(samples, dataset.size());
        int dim = 1;
        for (int size : dataset.sampleShape()) {
            dim *= size;
        }
        // An endless dataset trains from its start; the far end is never trained on.
        long first = dataset.size() == Dataset.ENDLESS ? Long.MAX_VALUE / 2 : 0;
        long[] indices = new long[count];
        for (int i = 0; i < count; i++) {
            indices[i] = first + i;
        }
        float[] data = new float[count * dim];
        dataset.read(indices, data, null);
        return data;
    }

    /** So many samples of a generator, of all classes in turn. */
    static float[] generated(Generator generator, int samples, int steps) {
        int classes = generator.classes();
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            labels[i] = classes == 0 ? Generator.NO_LABEL : i % classes;
        }
        return generator.sample(0, steps, 0, labels, GeneratorOptions.DEFAULT);
    }

    @Override
    public void onStep(Trainer trainer, StepReport report) {
        if (report.step() % every != 0 && report.step() != report.steps()) {
            return;
        }
        Map<String, Double> row = new TreeMap<>();
        Generator generator = trainer.generator();
        for (int steps : sampleSteps) {
            float[] made = generated(generator, samples, steps);
            distances.forEach((name, distance) -> row.put(name + "-" + steps, distance.applyAsDouble(made, data)));
        }
        trainer.log(row);
    }
}
