package org.fewstep.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.data.EightGaussians;
import org.fewstep.io.Gif;
import org.fewstep.io.Png;
import org.fewstep.io.Raster;
import org.fewstep.io.Scatter2d;
import org.fewstep.kernels.Device;
import org.fewstep.metric.EnergyDistance;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.tensor.Rng;
import org.fewstep.train.Checkpoint;

/** The eight Gaussians of the demo: energy distance, scatter pictures, and the flow as an animation. */
final class DemoPoints implements DemoData {
    private static final int SAMPLES = 2048;
    private static final int REFERENCE = 8192;
    private static final double LIMIT = 3.2;
    private static final int GAP = 8;

    private static final int GIF_SIDE = 320;
    private static final int GIF_POINTS = 1200;
    private static final int GIF_DELAY = 6;
    private static final int GIF_HOLD = 18;
    private static final int[] HUES = {0xd1495b, 0xe08e45, 0xb5a42e, 0x4f9d4f, 0x2a9d8f, 0x2f7fb8, 0x5e60ce, 0xa14da0};

    private final EightGaussians law = new EightGaussians();
    private final Device device;
    private final float[] reference;
    private final float[] another;

    /** Data from streams of the seed that no training draws from. */
    DemoPoints(Device device, long seed) {
        this.device = device;
        this.reference = draw(new Rng(seed).stream("demo reference"), REFERENCE);
        this.another = draw(new Rng(seed).stream("demo another draw"), SAMPLES);
    }

    private float[] draw(Rng rng, int count) {
        float[] xy = new float[2 * count];
        law.sample(rng, 0, count, xy);
        return xy;
    }

    @Override
    public String name() {
        return "8 Gaussians";
    }

    @Override
    public String prefix() {
        return "eight-gaussians";
    }

    @Override
    public int[] labels() {
        int[] none = new int[SAMPLES];
        Arrays.fill(none, Generator.NO_LABEL);
        return none;
    }

    @Override
    public String measure() {
        return "energy distance";
    }

    @Override
    public double distance(float[] samples) {
        return EnergyDistance.of(samples, reference, 2);
    }

    @Override
    public float[] anotherDraw() {
        return another;
    }

    @Override
    public String remark(float[] samples) {
        ModeCoverage coverage = ModeCoverage.of(samples, 2, law.modes(), law.std());
        return Text.format(
                "%d of %d modes, %.1f %% of the samples within 3 std of one",
                coverage.covered(), EightGaussians.MODES, 100 * coverage.quality());
    }

    @Override
    public List<Path> draw(Path out, DemoRun flow, DemoRun student) {
        List<Path> files = new ArrayList<>();
        Raster data = Pictures.scatter(another, LIMIT, Pictures.GREY, "data");
        Raster many = Pictures.scatter(flow.at(MANY).values(), LIMIT, Pictures.BLUE, "flow, " + MANY + " steps");
        Raster one = Pictures.scatter(student.at(1).values(), LIMIT, Pictures.ORANGE, "student, 1 step");
        files.add(png(out, "gaussians-data.png", data));
        files.add(png(out, "gaussians-many-step.png", many));
        files.add(png(out, "gaussians-one-step.png", one));
        files.add(png(out, "gaussians-all.png", Raster.beside(GAP, 0xffffff, data, many, one)));
        Path gif = out.resolve("gaussians-flow.gif");
        Gif.write(gif, frames(flow), GIF_DELAY, 0);
        files.add(gif);
        return files;
    }

    private static Path png(Path out, String name, Raster picture) {
        Path file = out.resolve(name);
        Png.write(file, picture);
        return file;
    }

    /** The many-step flow from noise to data; a point's colour is the mode that it ends nearest to. */
    private List<Raster> frames(DemoRun flow) {
        List<float[]> states;
        int[] none = Arrays.copyOf(labels(), GIF_POINTS);
        try (Generator generator = Generator.load(flow.folder().resolve(Checkpoint.FILE), device)) {
            states = generator.trajectory(0, MANY, 1, none, GeneratorOptions.DEFAULT);
        }
        int[] mode = nearestModes(states.get(states.size() - 1));
        List<Raster> frames = new ArrayList<>();
        for (int k = 0; k < states.size(); k++) {
            Raster frame = frame(states.get(k), mode, Text.format("t = %.2f", (double) k / MANY));
            int times = k == 0 || k == states.size() - 1 ? GIF_HOLD : 1;
            for (int i = 0; i < times; i++) {
                frames.add(frame);
            }
        }
        return frames;
    }

    private static Raster frame(float[] points, int[] mode, String caption) {
        Scatter2d scatter = new Scatter2d(GIF_SIDE, -LIMIT, LIMIT).pen(1.5, 0.8);
        for (int k = 0; k < HUES.length; k++) {
            float[] some = new float[points.length];
            int count = 0;
            for (int i = 0; i < mode.length; i++) {
                if (mode[i] == k) {
                    some[count++] = points[2 * i];
                    some[count++] = points[2 * i + 1];
                }
            }
            scatter.add(Arrays.copyOf(some, count), HUES[k]);
        }
        return scatter.caption(caption).picture();
    }

    private int[] nearestModes(float[] points) {
        double[] modes = law.modes();
        int[] nearest = new int[points.length / 2];
        for (int i = 0; i < nearest.length; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < EightGaussians.MODES; k++) {
                double dx = points[2 * i] - modes[2 * k];
                double dy = points[2 * i + 1] - modes[2 * k + 1];
                if (dx * dx + dy * dy < least) {
                    least = dx * dx + dy * dy;
                    nearest[i] = k;
                }
            }
        }
        return nearest;
    }
}
