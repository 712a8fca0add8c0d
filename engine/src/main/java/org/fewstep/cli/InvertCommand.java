package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.fewstep.io.Npy;
import org.fewstep.io.Png;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep invert}: the noise that a flow map makes given samples of, and what it makes of that noise. */
@Command(
        name = "invert",
        mixinStandardHelpOptions = true,
        description = "Carry samples to noise and back by a flow map that was trained in both directions: a picture for"
                + " each number of steps, the noise as numbers, and the error of the round trip.")
final class InvertCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint or an export.")
    private Path checkpoint = Path.of("");

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "PNG of a sample, as often as there are samples; by default they are held-out data.")
    private List<Path> images = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the data's files, in place of the recipe's own.")
    private @Nullable String data;

    @Option(
            names = "--class",
            paramLabel = "K",
            description = "Class of the samples (default: that of the data; none for pictures).")
    private @Nullable Integer label;

    @Option(
            names = "--n",
            paramLabel = "N",
            defaultValue = "8",
            description = "Number of samples of held-out data (default: 8).")
    private int n = 8;

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,4,16",
            description = "Numbers of steps, the same each way (default: 1,4,16).")
    private List<Integer> steps = List.of();

    @Option(
            names = "--velocity-up-to",
            paramLabel = "L",
            defaultValue = "0",
            description = "Steps of at most this length in time are steps of Euler by the map's velocity (default: 0,"
                    + " none).")
    private double velocityUpTo;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of the choice of held-out data (default: 0).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the files; by default that of the checkpoint.")
    private @Nullable Path out;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    InvertCommand(Screen screen) {
        this.screen = screen;
    }

    /**
     * Samples there and back.
     *
     * @param steps each way
     * @param noise n noises one after another
     * @param back what is made of them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Trip(int steps, float[] noise, float[] back) {}

    @Override
    public Integer call() {
        Numbers.requireCount("--n", n);
        Numbers.requireSteps("--steps", steps);
        if (!images.isEmpty() && data != null) {
            throw new IllegalArgumentException("--data: got a folder beside --image; expected one of them");
        }
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("invert", checkpoint);
        Recipe recipe = Checkpoint.of(checkpoint).recipe();
        if (!recipe.method().invertible()) {
            throw new IllegalArgumentException("invert: got a model of recipe " + recipe.name()
                    + ", whose map was not trained from data to noise; expected fmm, or lsd, esd, psd, lmd or emd with"
                    + " method.directions both");
        }
        try (Generator generator = Generator.load(checkpoint, device)) {
            int[] shape = generator.shape();
            int count = images.isEmpty() ? n : images.size();
            int[] labels = new int[count];
            Arrays.fill(labels, Generator.NO_LABEL);
            float[] samples = images.isEmpty() ? heldOut(recipe, labels) : pictures(shape);
            if (label != null || generator.classes() == 0) {
                Arrays.fill(labels, label == null ? Generator.NO_LABEL : label);
            }
            GeneratorOptions options = GeneratorOptions.DEFAULT.withVelocityUpTo(velocityUpTo);
            List<Trip> trips = new ArrayList<>();
            Table table = new Table("steps each way", "round trip, rms", "mean of the noise", "its spread");
            for (int k : steps) {
                float[] noise = generator.invert(samples, k, labels, options);
                Trip trip = new Trip(k, noise, generator.sampleFrom(noise, k, labels, options));
                requireFinite(trip);
                trips.add(trip);
                double mean = mean(noise);
                table.row(
                        Integer.toString(k),
                        Text.value(error(samples, trip.back)),
                        Text.value(mean),
                        Text.value(spread(noise, mean)));
            }
            screen.line("%d samples to noise and back by %s on %s", count, checkpoint.getFileName(), device.name());
            table.lines().forEach(screen::line);
            FileList.show(screen, write(samples, trips, shape, count));
        }
        return ExitCode.OK.code();
    }

    /** Held-out data with their classes. */
    private float[] heldOut(Recipe recipe, int[] labels) {
        Recipe found = data == null ? recipe : recipe.withFolders(data);
        return HeldOut.data(found, seed).read(labels.length, labels);
    }

    private float[] pictures(int[] shape) {
        if (!Pictures.areImages(shape)) {
            throw new IllegalArgumentException("--image: got a model of samples of shape " + Arrays.toString(shape)
                    + "; expected images (1, H, W) or (3, H, W)");
        }
        int size = shape[0] * shape[1] * shape[2];
        float[] all = new float[images.size() * size];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(ImageFile.read(images.get(i), shape), 0, all, i * size, size);
        }
        return all;
    }

    private static void requireFinite(Trip trip) {
        for (int i = 0; i < trip.noise.length; i++) {
            if (!Float.isFinite(trip.noise[i]) || !Float.isFinite(trip.back[i])) {
                throw new IllegalStateException("invert: got numbers that are not finite at " + trip.steps
                        + " steps; expected finite ones; the model has diverged");
            }
        }
    }

    /** Root mean square difference. */
    private static double error(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = (double) a[i] - b[i];
            sum += d * d;
        }
        return Math.sqrt(sum / a.length);
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double spread(float[] values, double mean) {
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / values.length);
    }

    private List<Path> write(float[] samples, List<Trip> trips, int[] shape, int count) {
        Path folder = out == null ? ModelPaths.folderOf(checkpoint) : out;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + folder, e);
        }
        long[] sizes = new long[shape.length + 1];
        sizes[0] = count;
        for (int d = 0; d < shape.length; d++) {
            sizes[d + 1] = shape[d];
        }
        List<Path> files = new ArrayList<>();
        for (Trip trip : trips) {
            String name = "invert-steps-" + trip.steps;
            Path picture = folder.resolve(name + ".png");
            if (Pictures.areImages(shape)) {
                Png.write(picture, Pictures.grid(rows(samples, trip), shape, count));
                files.add(picture);
            } else if (Pictures.arePoints(shape)) {
                double limit = Math.max(Pictures.limit(samples), Pictures.limit(trip.noise));
                String caption = trip.steps + (trip.steps == 1 ? " step" : " steps");
                Png.write(picture, Pictures.scatter(samples, trip.noise, trip.back, limit, caption));
                files.add(picture);
            }
            Path noise = folder.resolve(name + "-noise.npy");
            Npy.write(noise, TensorSource.of(trip.noise, sizes));
            files.add(noise);
        }
        return files;
    }

    /** A row of samples, one of noise, one of what became of it. */
    private static float[] rows(float[] samples, Trip trip) {
        int size = samples.length;
        float[] all = Arrays.copyOf(samples, 3 * size);
        System.arraycopy(trip.noise, 0, all, size, size);
        System.arraycopy(trip.back, 0, all, 2 * size, size);
        return all;
    }
}
