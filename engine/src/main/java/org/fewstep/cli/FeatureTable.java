package org.fewstep.cli;

import java.util.Arrays;
import org.fewstep.metric.FrechetDistance;
import org.fewstep.metric.PrecisionRecall;
import org.fewstep.sample.Classifier;

/** Sets of samples beside test data, in a classifier's features. */
final class FeatureTable {
    /** Points of each set in precision and recall, whose time grows with the square. */
    private static final int MOST = 5000;

    private final Table table = new Table("samples", "Frechet distance", "precision", "recall");
    private final Classifier classifier;
    private final float[] data;
    private final int dim;
    private final int width;

    /**
     * Takes the data to compare with.
     *
     * @param data at least {@link PrecisionRecall#NEIGHBOURS} + 1 samples one after another
     */
    FeatureTable(Classifier classifier, float[] data) {
        this.classifier = classifier;
        this.dim = classifier.spec().network().dim();
        this.data = classifier.features(data);
        this.width = this.data.length / (data.length / dim);
    }

    /** Adds a row for samples one after another. */
    void add(String name, float[] samples) {
        float[] found = classifier.features(samples);
        PrecisionRecall covered = PrecisionRecall.of(first(found), first(data), width, PrecisionRecall.NEIGHBOURS);
        table.row(
                name,
                Text.value(FrechetDistance.of(found, data, width)),
                Text.format("%.1f %%", 100 * covered.precision()),
                Text.format("%.1f %%", 100 * covered.recall()));
    }

    private float[] first(float[] features) {
        return features.length <= MOST * width ? features : Arrays.copyOf(features, MOST * width);
    }

    void show(Screen screen) {
        screen.line(
                "in the classifier's %d features, beside %s test data; precision and recall of the first %s",
                width, Text.count(data.length / width), Text.count(MOST));
        table.lines().forEach(screen::line);
    }
}
