package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.io.AtomicFile;
import org.fewstep.io.Npy;
import org.fewstep.io.Png;
import org.fewstep.io.TensorSource;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;

/**
 * The same samples at several step counts, timed, and as files: a picture each; points and other shapes also as numbers.
 *
 * <p>All samples are made and checked before the first file is written.
 */
final class SampleSheet {
    private final Generator generator;
    private final GeneratorOptions options;
    private final long seed;
    private final int[] labels;
    private final int columns;
    private final List<Made> made = new ArrayList<>();

    /**
     * Samples at one step count.
     *
     * @param evaluations of the network for one sample
     * @param millis for one sample, when all are made together
     * @param values samples one after another
     */
    record Made(int steps, int evaluations, double millis, float[] values) {}

    /**
     * A sheet without samples yet.
     *
     * @param labels (n), {@link Generator#NO_LABEL} for none
     * @param columns images in a row of the picture
     */
    SampleSheet(Generator generator, GeneratorOptions options, long seed, int[] labels, int columns) {
        this.generator = generator;
        this.options = options;
        this.seed = seed;
        this.labels = labels;
        this.columns = columns;
    }

    /**
     * Labels of a picture whose rows hold one class each, in turn.
     *
     * @param classes to show; empty for no label
     */
    static int[] rows(List<Integer> classes, int rows, int columns) {
        int[] labels = new int[Math.multiplyExact(rows, columns)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = classes.isEmpty() ? Generator.NO_LABEL : classes.get(i / columns % classes.size());
        }
        return labels;
    }

    /**
     * Makes the samples at a step count.
     *
     * @throws IllegalStateException when a number is not finite
     */
    Made make(int steps) {
        long start = System.nanoTime();
        float[] values = generator.sample(0, steps, seed, labels, options);
        double millis = (System.nanoTime() - start) * 1e-6 / Math.max(1, labels.length);
        if (!finite(values)) {
            throw new IllegalStateException("sample: got numbers that are not finite at " + steps
                    + " steps, the first at " + firstWrong(steps) + "; expected finite ones; the model has diverged");
        }
        Made one = new Made(steps, generator.evaluations(steps, options), millis, values);
        made.add(one);
        return one;
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** The step and the time at which the first state is not finite. */
    private String firstWrong(int steps) {
        double[] times = generator.times(steps, options);
        List<float[]> states = generator.trajectory(0, steps, seed, labels, options);
        for (int i = 0; i < states.size(); i++) {
            if (!finite(states.get(i))) {
                return "step " + i + ", t = " + times[i];
            }
        }
        return "no step of a run computed anew";
    }

    /** Writes all that was made into a folder, which is made if it is missing, and returns the files. */
    List<Path> write(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + folder, e);
        }
        int[] shape = generator.shape();
        double limit =
                made.stream().mapToDouble(m -> Pictures.limit(m.values())).max().orElse(1);
        List<Path> files = new ArrayList<>();
        for (Made each : made) {
            String name = "samples-steps-" + each.steps();
            if (Pictures.areImages(shape)) {
                Path picture = folder.resolve(name + ".png");
                Png.write(picture, Pictures.grid(each.values(), shape, columns));
                files.add(picture);
                continue;
            }
            if (Pictures.arePoints(shape)) {
                Path picture = folder.resolve(name + ".png");
                String caption = each.steps() + (each.steps() == 1 ? " step" : " steps");
                Png.write(picture, Pictures.scatter(each.values(), limit, Pictures.BLUE, caption));
                files.add(picture);
            }
            Path csv = folder.resolve(name + ".csv");
            AtomicFile.write(csv, csv(each.values(), labels.length).getBytes(StandardCharsets.US_ASCII));
            files.add(csv);
            Path npy = folder.resolve(name + ".npy");
            Npy.write(npy, TensorSource.of(each.values(), batchShape(shape)));
            files.add(npy);
        }
        return files;
    }

    private long[] batchShape(int[] shape) {
        long[] sizes = new long[shape.length + 1];
        sizes[0] = labels.length;
        for (int i = 0; i < shape.length; i++) {
            sizes[i + 1] = shape[i];
        }
        return sizes;
    }

    /** A line a sample, under a header x0,x1,...; numbers that read back to the same float. */
    private static String csv(float[] values, int n) {
        int width = n == 0 ? 0 : values.length / n;
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < width; j++) {
            text.append(j == 0 ? "" : ",").append('x').append(j);
        }
        text.append('\n');
        for (int i = 0; i < n; i++) {
            float[] row = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            for (int j = 0; j < width; j++) {
                text.append(j == 0 ? "" : ",").append(row[j]);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
