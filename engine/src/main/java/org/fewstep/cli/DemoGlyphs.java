package org.fewstep.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fewstep.data.Glyphs;
import org.fewstep.io.Png;
import org.fewstep.io.Raster;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.tensor.Rng;

/** The built-in images of the demo: six classes, sliced Wasserstein distance on pixels, pictures with a row a class. */
final class DemoGlyphs implements DemoData {
    static final int CLASSES = 6;

    private static final int PER_CLASS = 128;
    private static final int REFERENCE = 4096;
    private static final int PROJECTIONS = 128;
    private static final int COLUMNS = 12;

    private final int dim;
    private final int[] shape;
    private final Rng directions;
    private final float[] reference;
    private final float[] another;

    /** Data from streams of the seed that no training draws from. */
    DemoGlyphs(long seed) {
        Glyphs data = new Glyphs(CLASSES, new Rng(seed).stream("demo reference"));
        this.shape = data.sampleShape();
        this.dim = shape[0] * shape[1] * shape[2];
        this.directions = new Rng(0).stream("demo directions"); // the same measure whatever the seed
        this.reference = new float[REFERENCE * dim];
        for (int i = 0; i < REFERENCE; i++) {
            data.draw(i % CLASSES, i, reference, i * dim);
        }
        Glyphs other = new Glyphs(CLASSES, new Rng(seed).stream("demo another draw"));
        int[] labels = labels();
        this.another = new float[labels.length * dim];
        for (int i = 0; i < labels.length; i++) {
            other.draw(labels[i], i, another, i * dim);
        }
    }

    @Override
    public String name() {
        return "Glyphs";
    }

    @Override
    public String prefix() {
        return "glyphs";
    }

    /** Classes one after another, so that a picture takes the first of each. */
    @Override
    public int[] labels() {
        int[] labels = new int[CLASSES * PER_CLASS];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i / PER_CLASS;
        }
        return labels;
    }

    @Override
    public String measure() {
        return "sliced W2 of pixels";
    }

    @Override
    public double distance(float[] samples) {
        return SlicedWasserstein2.of(samples, reference, dim, PROJECTIONS, directions);
    }

    @Override
    public float[] anotherDraw() {
        return another;
    }

    @Override
    public String remark(float[] samples) {
        return "";
    }

    @Override
    public List<Path> draw(Path out, DemoRun flow, DemoRun student) {
        List<Path> files = new ArrayList<>();
        files.add(png(out, "glyphs-data.png", another));
        files.add(png(out, "glyphs-many-step.png", flow.at(MANY).values()));
        files.add(png(out, "glyphs-one-step.png", student.at(1).values()));
        return files;
    }

    private Path png(Path out, String name, float[] samples) {
        float[] shown = new float[CLASSES * COLUMNS * dim];
        for (int k = 0; k < CLASSES; k++) {
            System.arraycopy(samples, k * PER_CLASS * dim, shown, k * COLUMNS * dim, COLUMNS * dim);
        }
        Raster grid = Pictures.grid(shown, shape, COLUMNS);
        Path file = out.resolve(name);
        Png.write(file, grid);
        return file;
    }
}
