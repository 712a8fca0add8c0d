package org.fewstep.train;

import java.util.Map;
import org.fewstep.data.Dataset;
import org.fewstep.data.LabelledGaussians;
import org.fewstep.data.PairsManifest;
import org.fewstep.data.Samples2d;
import org.fewstep.data.StoredPairs;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.path.GaussianMixture;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** What a run learns from; the key {@code kind} picks one of the records. */
public sealed interface DataSettings {
    /** Stream of the seed that test data come from. */
    String TEST = "test";

    /** Which end of a bridge data stand at; data made by code are independent between the two. */
    enum Side {
        /** What is learned: t = 1 of a bridge. */
        DATA("data"),
        /** Where a bridge starts: t = 0. */
        SOURCE("source");

        private final String key;

        Side(String key) {
            this.key = key;
        }

        /** Key of a recipe. */
        String key() {
            return key;
        }

        /** The randomness of data made by code. */
        private Rng rng(long seed) {
            Rng rng = new Rng(seed);
            return this == DATA ? rng : rng.stream(key);
        }
    }

    /** Opens the data, reading files where it stands in files. */
    Dataset open(Side side);

    /** Opens data of the same law that {@link #open} does not have. */
    Dataset test(Side side);

    /** Opens what is learned. */
    default Dataset open() {
        return open(Side.DATA);
    }

    /** Opens data of the law that is learned, which {@link #open} does not have. */
    default Dataset test() {
        return test(Side.DATA);
    }

    /** The law of the data where it is a mixture of Gaussians, whose denoiser is known; else null. */
    default @Nullable GaussianMixture mixture() {
        return null;
    }

    /** The mixture of a ring. */
    private static GaussianMixture ring(org.fewstep.data.EightGaussians law) {
        int count = org.fewstep.data.EightGaussians.MODES;
        double[] modes = law.modes();
        double[] weights = new double[count];
        double[][] means = new double[count][];
        double[] stds = new double[count];
        for (int k = 0; k < count; k++) {
            weights[k] = 1.0 / count;
            means[k] = new double[] {modes[2 * k], modes[2 * k + 1]};
            stds[k] = law.std();
        }
        return new GaussianMixture(weights, means, stds);
    }

    /** False where labels are there but the network shall not see them. */
    default boolean labels() {
        return true;
    }

    /**
     * Eight Gaussians on a circle.
     *
     * @param radius of the circle, above 0 (default 2)
     * @param std of each Gaussian, at least 0 (default 0.2)
     * @param seed of the endless samples (default 0)
     * @param classes whether each sample has a label, the Gaussian that it is of (default false)
     */
    record EightGaussians(double radius, double std, long seed, boolean classes) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("radius", 2.0, "std", 0.2, "seed", 0L, "classes", false);
        }

        public EightGaussians {
            SettingsChecks.positive("radius", radius);
            SettingsChecks.notNegative("std", std);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return classes ? new LabelledGaussians(law(), rng) : new Samples2d(law(), rng);
        }

        private org.fewstep.data.EightGaussians law() {
            return new org.fewstep.data.EightGaussians("eight-gaussians", radius, std);
        }

        @Override
        public GaussianMixture mixture() {
            return ring(law());
        }
    }

    /**
     * The ring of eight Gaussians of radius 1 and standard deviation 0.1.
     *
     * @param seed of the endless samples (default 0)
     */
    record Ring8(long seed) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("seed", 0L);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return new Samples2d(org.fewstep.data.EightGaussians.ring(), rng);
        }

        @Override
        public GaussianMixture mixture() {
            return ring(org.fewstep.data.EightGaussians.ring());
        }
    }

    /**
     * Two interleaved half circles.
     *
     * @param noise standard deviation, at least 0 (default 0.1)
     * @param seed of the endless samples (default 0)
     */
    record TwoMoons(double noise, long seed) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("noise", 0.1, "seed", 0L);
        }

        public TwoMoons {
            SettingsChecks.notNegative("noise", noise);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return new Samples2d(new org.fewstep.data.TwoMoons(noise), rng);
        }
    }

    /**
     * The dark squares of a board.
     *
     * @param halfWidth half the side of the board, above 0 (default 2)
     * @param seed of the endless samples (default 0)
     */
    record Checkerboard(double halfWidth, long seed) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("half-width", 2.0, "seed", 0L);
        }

        public Checkerboard {
            SettingsChecks.positive("half-width", halfWidth);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return new Samples2d(new org.fewstep.data.Checkerboard(halfWidth), rng);
        }
    }

    /**
     * One arm of a spiral.
     *
     * @param radius where the arm ends, above 0 (default 2)
     * @param turns of the arm, above 0 (default 2)
     * @param noise standard deviation, at least 0 (default 0.05)
     * @param seed of the endless samples (default 0)
     */
    record Spiral(double radius, double turns, double noise, long seed) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("radius", 2.0, "turns", 2.0, "noise", 0.05, "seed", 0L);
        }

        public Spiral {
            SettingsChecks.positive("radius", radius);
            SettingsChecks.positive("turns", turns);
            SettingsChecks.notNegative("noise", noise);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return new Samples2d(new org.fewstep.data.Spiral(radius, turns, noise), rng);
        }
    }

    /**
     * Built-in images of digits and letters.
     *
     * @param classes how many glyphs of the alphabet (default 10)
     * @param size side in pixels, 8 to 1024 (default 16)
     * @param labels whether the network is conditioned on the class (default true)
     * @param seed of the endless samples (default 0)
     */
    record Glyphs(int classes, int size, boolean labels, long seed) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("classes", 10, "size", 16, "labels", true, "seed", 0L);
        }

        public Glyphs {
            SettingsChecks.within(
                    "classes", classes, 1, org.fewstep.data.Glyphs.alphabet().length());
            SettingsChecks.within("size", size, 8, 1024);
        }

        @Override
        public Dataset open(Side side) {
            return of(side.rng(seed));
        }

        @Override
        public Dataset test(Side side) {
            return of(side.rng(seed).stream(TEST));
        }

        private Dataset of(Rng rng) {
            return new org.fewstep.data.Glyphs(classes, size, rng);
        }
    }

    /**
     * A folder of IDX files with the names of MNIST, plain or gzip.
     *
     * @param folder where the files lie
     * @param part which pair of files (default train)
     * @param classes number of classes (default 10)
     * @param only class whose images alone are taken; absent for all
     * @param labels whether the network is conditioned on the class (default true)
     */
    record Idx(
            String folder,
            IdxPart part,
            int classes,
            @Nullable Integer only,
            boolean labels) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("part", IdxPart.TRAIN, "classes", 10, "labels", true);
        }

        public Idx {
            SettingsChecks.within("classes", classes, 1, 256);
            if (only != null) {
                SettingsChecks.within("only", only, 0, classes - 1);
            }
        }

        @Override
        public Dataset open(Side side) {
            return part.open(java.nio.file.Path.of(folder), side.key(), classes, only);
        }

        @Override
        public Dataset test(Side side) {
            IdxPart other = part == IdxPart.TRAIN ? IdxPart.TEST : IdxPart.TRAIN;
            return other.open(java.nio.file.Path.of(folder), side.key(), classes, only);
        }
    }

    /**
     * A folder of pairs of noise and the ends that a teacher's ODE led to, as {@code fewstep pairs} makes them.
     *
     * @param folder where the files lie
     * @param labels whether the network is conditioned on the class, where the pairs have one (default true)
     */
    record Pairs(String folder, boolean labels) implements DataSettings {
        static Map<String, Object> defaults() {
            return Map.of("labels", true);
        }

        @Override
        public Dataset open(Side side) {
            java.nio.file.Path path = java.nio.file.Path.of(folder);
            if (!java.nio.file.Files.isRegularFile(path.resolve(PairsManifest.FILE))) {
                throw new SettingsException(
                        side.key() + ".folder",
                        folder + ", which has no " + PairsManifest.FILE,
                        "a folder of pairs",
                        "make it with fewstep pairs");
            }
            return StoredPairs.open(path);
        }

        @Override
        public Dataset test(Side side) {
            throw new SettingsException(
                    side.key() + ".kind", "pairs, which have no test set", "data with one", "measure on the teacher's");
        }
    }
}
