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
import org.fewstep.io.Raster;
import org.fewstep.io.TensorSource;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.sample.Translator;
import org.fewstep.sample.TranslatorOptions;
import org.jspecify.annotations.Nullable;

/**
 * The same samples at several step counts, timed, and as files: a picture each; points and other shapes also as numbers.
 *
 * <p>All samples are made and checked before the first file is written.
 */
final class SampleSheet {
    private final Maker maker;
    private final float @Nullable [] source;
    private final int n;
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

    /** What makes the samples of a sheet. */
    private interface Maker {
        int[] shape();

        float[] samples(int steps);

        int evaluations(int steps);

        double[] times(int steps);

        List<float[]> trajectory(int steps);
    }

    /**
     * A sheet of samples made of noise, without any yet.
     *
     * @param labels (n), {@link Generator#NO_LABEL} for none
     * @param columns images in a row of the picture
     */
    SampleSheet(Generator generator, GeneratorOptions options, long seed, int[] labels, int columns) {
        this(new OfNoise(generator, options, seed, labels), null, labels.length, columns);
    }

    /**
     * A sheet of samples made of others, without any yet; its pictures show both.
     *
     * @param source n samples one after another
     * @param columns images in a row of the picture
     */
    SampleSheet(Translator translator, TranslatorOptions options, long seed, float[] source, int n, int columns) {
        this(new OfSource(translator, options, seed, source), source, n, columns);
    }

    private SampleSheet(Maker maker, float @Nullable [] source, int n, int columns) {
        this.maker = maker;
        this.source = source;
        this.n = n;
        this.columns = columns;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record OfNoise(Generator generator, GeneratorOptions options, long seed, int[] labels) implements Maker {
        @Override
        public int[] shape() {
            return generator.shape();
        }

        @Override
        public float[] samples(int steps) {
            return generator.sample(0, steps, seed, labels, options);
        }

        @Override
        public int evaluations(int steps) {
            return generator.evaluations(steps, options);
        }

        @Override
        public double[] times(int steps) {
            return generator.times(steps, options);
        }

        @Override
        public List<float[]> trajectory(int steps) {
            return generator.trajectory(0, steps, seed, labels, options);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record OfSource(Translator translator, TranslatorOptions options, long seed, float[] source)
            implements Maker {
        @Override
        public int[] shape() {
            return translator.shape();
        }

        @Override
        public float[] samples(int steps) {
            return translator.translate(source, 0, steps, seed, options);
        }

        @Override
        public int evaluations(int steps) {
            return translator.evaluations(steps, options);
        }

        @Override
        public double[] times(int steps) {
            return translator.times(steps, options);
        }

        @Override
        public List<float[]> trajectory(int steps) {
            return translator.trajectory(source, 0, steps, seed, options);
        }
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
        float[] values = maker.samples(steps);
        double millis = (System.nanoTime() - start) * 1e-6 / Math.max(1, n);
        if (!finite(values)) {
            throw new IllegalStateException("sample: got numbers that are not finite at " + steps
                    + " steps, the first at " + firstWrong(steps) + "; expected finite ones; the model has diverged");
        }
        Made one = new Made(steps, maker.evaluations(steps), millis, values);
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
        double[] times = maker.times(steps);
        List<float[]> states = maker.trajectory(steps);
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
        int[] shape = maker.shape();
        double limit =
                made.stream().mapToDouble(m -> Pictures.limit(m.values())).max().orElse(1);
        List<Path> files = new ArrayList<>();
        for (Made each : made) {
            String name = "samples-steps-" + each.steps();
            if (Pictures.areImages(shape)) {
                Path picture = folder.resolve(name + ".png");
                Png.write(picture, grid(each.values(), shape));
                files.add(picture);
                continue;
            }
            if (Pictures.arePoints(shape)) {
                Path picture = folder.resolve(name + ".png");
                String caption = each.steps() + (each.steps() == 1 ? " step" : " steps");
                Png.write(
                        picture,
                        source == null
                                ? Pictures.scatter(each.values(), limit, Pictures.BLUE, caption)
                                : Pictures.scatter(
                                        source, each.values(), Math.max(limit, Pictures.limit(source)), caption));
                files.add(picture);
            }
            Path csv = folder.resolve(name + ".csv");
            AtomicFile.write(csv, csv(each.values(), n).getBytes(StandardCharsets.US_ASCII));
            files.add(csv);
            Path npy = folder.resolve(name + ".npy");
            Npy.write(npy, TensorSource.of(each.values(), batchShape(shape)));
            files.add(npy);
        }
        return files;
    }

    private Raster grid(float[] values, int[] shape) {
        return source == null ? Pictures.grid(values, shape, columns) : Pictures.pairs(source, values, shape, columns);
    }

    private long[] batchShape(int[] shape) {
        long[] sizes = new long[shape.length + 1];
        sizes[0] = n;
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
