package org.fewstep.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.data.Dataset;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.metric.NearestNeighbour;
import org.fewstep.metric.Quantile;
import org.fewstep.sample.Classifier;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.train.Accuracy;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.DataSettings;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fewstep evaluate}: a classifier on its test set, or on the samples of a model. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Measure a classifier on test data, or with --model how many of a model's samples it recognises"
                + " as the class that was asked for.")
final class EvaluateCommand implements Callable<Integer> {
    /** Most references of a dataset without end. */
    private static final int MOST = 100_000;

    private static final int CHUNK = 2048;

    private final Screen screen;

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            required = true,
            description = "Checkpoint or export of a classifier, as the recipe mnist-classifier trains it.")
    private Path classifierFile = Path.of("");

    @Option(names = "--model", paramLabel = "FILE", description = "Checkpoint or export of a model with classes.")
    private @Nullable Path modelFile;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "1000", description = "Samples (default: 1000).")
    private int samples = 1000;

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1",
            description = "Numbers of steps (default: 1).")
    private List<Integer> steps = List.of();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the noise (default: 0).")
    private long seed;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            defaultValue = "1",
            description = "Guidance scale (default: 1, none).")
    private double guidance = 1;

    @Option(
            names = "--nearest",
            description = "Also compare the distances of samples to the nearest training sample with those of test"
                    + " data.")
    private boolean nearest;

    @Option(
            names = "--frechet",
            description = "Also compare the samples with test data in the classifier's features: Frechet distance,"
                    + " precision and recall; training data beside, which are the floor.")
    private boolean frechet;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data; replaces that of the recipes.")
    private @Nullable String data;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    EvaluateCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--samples", samples);
        Numbers.requireSteps("--steps", steps);
        Path model = modelFile;
        if (model == null && (nearest || frechet)) {
            throw new IllegalArgumentException((nearest ? "--nearest" : "--frechet")
                    + ": got no --model; expected a model whose samples are compared");
        }
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("evaluate", classifierFile);
        try (Classifier classifier = Classifier.load(classifierFile, device)) {
            if (model == null) {
                onTestData(classifier);
            } else {
                ModelPaths.requireFile("evaluate", model);
                onSamples(classifier, model, device);
            }
        }
        return ExitCode.OK.code();
    }

    private void onTestData(Classifier classifier) {
        Dataset test = recipe(classifierFile).data().test();
        if (!Arrays.equals(test.sampleShape(), classifier.spec().sampleShape())
                || test.classes() != classifier.classes()) {
            throw new IllegalArgumentException("--data: got samples of shape " + Arrays.toString(test.sampleShape())
                    + " in " + test.classes() + " classes; expected "
                    + classifier.spec().shape() + " in " + classifier.classes() + ", as the classifier was trained");
        }
        AccuracyTable.show(screen, Accuracy.of(classifier, test, MOST));
    }

    private void onSamples(Classifier classifier, Path model, Device device) {
        try (Generator generator = Generator.load(model, device)) {
            int classes = generator.classes();
            if (classes != classifier.classes()
                    || !generator.spec().shape().equals(classifier.spec().shape())) {
                throw new IllegalArgumentException("--model: got samples of shape "
                        + generator.spec().shape() + " in " + classes + " classes; expected "
                        + classifier.spec().shape() + " in " + classifier.classes() + ", as the classifier knows them");
            }
            int[] labels = new int[samples];
            for (int i = 0; i < samples; i++) {
                labels[i] = i % classes;
            }
            GeneratorOptions options = GeneratorOptions.DEFAULT.withGuidance(guidance);
            SampleSheet sheet = new SampleSheet(generator, options, seed, labels, classes);
            AccuracyTable table = new AccuracyTable();
            Table distances = new Table("samples", "distance to the nearest training sample, 5 %", "median");
            FeatureTable features = frechet ? featureTable(classifier, model) : null;
            for (int count : steps) {
                float[] made = sheet.make(count).values();
                table.add(count + (count == 1 ? " step" : " steps"), Accuracy.of(classifier, made, labels));
                String name = Text.count(samples) + " at " + count + (count == 1 ? " step" : " steps");
                if (nearest) {
                    row(distances, name, distances(device, model, made));
                }
                if (features != null) {
                    features.add(name, made);
                }
            }
            screen.line("%s samples of %s, recognised as the class asked for", Text.count(samples), model);
            table.lines().forEach(screen::line);
            if (nearest) {
                float[] test = read(recipe(model).data().test(), 0, samples);
                int held = test.length / generator.spec().network().dim();
                row(distances, Text.count(held) + " test data", distances(device, model, test));
                screen.line("");
                distances.lines().forEach(screen::line);
            }
            if (features != null) {
                screen.line("");
                features.show(screen);
            }
        }
    }

    private FeatureTable featureTable(Classifier classifier, Path model) {
        DataSettings of = recipe(model).data();
        FeatureTable table = new FeatureTable(classifier, read(of.test(), 0, MOST));
        float[] training = read(of.open(), 0, samples);
        int dim = classifier.spec().network().dim();
        table.add(Text.count(training.length / dim) + " training data", training);
        return table;
    }

    private static void row(Table table, String name, double[] distances) {
        table.row(name, Text.value(Quantile.of(distances, 0.05)), Text.value(Quantile.of(distances, 0.5)));
    }

    /** Distances of points to the nearest sample that the model's recipe trains on. */
    private double[] distances(Device device, Path model, float[] points) {
        Recipe recipe = recipe(model);
        Dataset training = recipe.data().open();
        long seen = (long) recipe.training().steps() * recipe.training().batch();
        int count = (int) Math.min(training.size(), Math.min(seen, MOST));
        int dim = Arrays.stream(training.sampleShape()).reduce(1, Math::multiplyExact);
        NearestNeighbour neighbours = new NearestNeighbour(device, points, dim);
        for (int from = 0; from < count; from += CHUNK) {
            neighbours.add(read(training, from, Math.min(CHUNK, count - from)));
        }
        return neighbours.distances();
    }

    /** Samples from a number on, as many as there are. */
    private static float[] read(Dataset dataset, int from, int count) {
        long[] indices = new long[(int) Math.min(count, dataset.size() - from)];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = from + i;
        }
        int dim = Arrays.stream(dataset.sampleShape()).reduce(1, Math::multiplyExact);
        float[] values = new float[Math.multiplyExact(indices.length, dim)];
        dataset.read(indices, values, null);
        return values;
    }

    private Recipe recipe(Path file) {
        Recipe recipe = Checkpoint.of(file).recipe();
        return data == null ? recipe : recipe.withFolders(data);
    }
}
