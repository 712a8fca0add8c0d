package org.fewstep.train;

import java.util.Arrays;
import org.fewstep.data.Dataset;
import org.fewstep.sample.Classifier;

/**
 * How many samples of each class a classifier recognised.
 *
 * @param right recognised samples of each class (K)
 * @param all samples of each class (K)
 */
public record Accuracy(int[] right, int[] all) {
    private static final int CHUNK = 1024;

    /**
     * Counts on given samples.
     *
     * @param labels true, or asked for, class of each sample (n)
     * @param samples n samples one after another
     */
    public static Accuracy of(Classifier classifier, float[] samples, int[] labels) {
        Accuracy counts = none(classifier);
        counts.add(classifier, samples, labels);
        return counts;
    }

    /** Counts on the first samples of a dataset, at most {@code most}, read in parts. */
    public static Accuracy of(Classifier classifier, Dataset dataset, int most) {
        Accuracy counts = none(classifier);
        int n = (int) Math.min(dataset.size(), most);
        int dim = classifier.spec().network().dim();
        for (int from = 0; from < n; from += CHUNK) {
            long[] indices = new long[Math.min(CHUNK, n - from)];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = from + i;
            }
            float[] samples = new float[indices.length * dim];
            int[] labels = new int[indices.length];
            dataset.read(indices, samples, labels);
            counts.add(classifier, samples, labels);
        }
        return counts;
    }

    private static Accuracy none(Classifier classifier) {
        return new Accuracy(new int[classifier.classes()], new int[classifier.classes()]);
    }

    private void add(Classifier classifier, float[] samples, int[] labels) {
        int[] found = classifier.classify(samples);
        if (found.length != labels.length) {
            throw new IllegalArgumentException("accuracy: got " + found.length + " samples and " + labels.length
                    + " labels; expected one a sample");
        }
        for (int i = 0; i < labels.length; i++) {
            all[labels[i]]++;
            right[labels[i]] += found[i] == labels[i] ? 1 : 0;
        }
    }

    /** Number of samples. */
    public int count() {
        return Arrays.stream(all).sum();
    }

    /** Part of all samples that was recognised; NaN without samples. */
    public double share() {
        return (double) Arrays.stream(right).sum() / count();
    }

    /** Part of a class's samples that was recognised; NaN without samples. */
    public double share(int label) {
        return (double) right[label] / all[label];
    }
}
