package org.fewstep.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.fewstep.data.Dataset;
import org.fewstep.metric.FrechetDistance;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.Prediction;
import org.fewstep.sample.Classifier;
import org.fewstep.sample.Editor;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.solver.Churn;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.Solver;
import org.fewstep.solver.Tau;
import org.fewstep.tensor.Rng;
import org.fewstep.train.HeldOut;
import org.jspecify.annotations.Nullable;

/**
 * The question of {@link RandomnessStudy} for networks that were trained: a denoiser, by ODE and by SDE, and a consistency function
 * that was made of it, at equal numbers of evaluations, from noise and from starts that are shifted.
 *
 * <p>A shifted start is held-out data with noise of a level, moved by half of that level along one random direction, the same for
 * all samples. Unlike there, the consistency function has errors of its own, and none of the networks is right.
 */
public final class TrainedStudy {
    private static final int DATA = 0;
    private static final int ANOTHER = 1;
    private static final int START = 2;

    /** How far a set of samples is from data. */
    public interface Judge {
        /** What is measured, for the head of a table. */
        String name();

        /**
         * The distance.
         *
         * @param samples one after another
         * @param data as many
         */
        double distance(float[] samples, float[] data);
    }

    /**
     * Sliced 2-Wasserstein distance of points in the plane, over 128 directions.
     *
     * @param model of the points
     */
    public record Points(Generator model) implements Judge {
        private static final int DIRECTIONS = 128;

        public Points {
            if (model.spec().network().dim() != 2) {
                throw new IllegalArgumentException("randomness study: got samples "
                        + model.spec().shape() + " without a classifier; expected points in the plane, or a classifier"
                        + " in whose features images are compared");
            }
        }

        @Override
        public String name() {
            return "sliced 2-Wasserstein distance";
        }

        @Override
        public double distance(float[] samples, float[] data) {
            return SlicedWasserstein2.of(samples, data, 2, DIRECTIONS, new Rng(0).stream("directions"));
        }
    }

    /**
     * Frechet distance in the features of a classifier.
     *
     * @param classifier of the images
     */
    public record Features(Classifier classifier) implements Judge {
        @Override
        public String name() {
            return "Frechet distance in a classifier's features";
        }

        @Override
        public double distance(float[] samples, float[] data) {
            float[] made = classifier.features(samples);
            int width =
                    made.length / (samples.length / classifier.spec().network().dim());
            return FrechetDistance.of(made, classifier.features(data), width);
        }
    }

    /** A way of sampling: solver, or the consistency function where there is none, and steps. */
    private record Method(String name, int evaluations, Editor editor) {}

    private final Generator teacher;
    private final Generator student;
    private final Dataset data;
    private final Judge judge;
    private final long[] seeds;
    private final int samples;

    /**
     * The study; the generators stay the caller's.
     *
     * @param teacher denoiser of noise levels
     * @param student consistency function for samples of the same shape and classes
     * @param data held out
     * @param seeds at least 2
     * @param samples of each set, at least 100; at most those of a finite data set
     */
    public TrainedStudy(Generator teacher, Generator student, Dataset data, Judge judge, long[] seeds, int samples) {
        if (seeds.length < 2 || samples < 100 || (data.size() != Dataset.ENDLESS && samples > data.size())) {
            throw new IllegalArgumentException("randomness study: got " + seeds.length + " seeds and " + samples
                    + " samples; expected at least 2, and at least 100 and no more than there are data held out");
        }
        Parametrisation of = teacher.spec().parametrisation();
        if (of == null || of.role() != Parametrisation.Role.DENOISER || !Editor.isConsistency(student)) {
            throw new IllegalArgumentException("randomness study: got a teacher that is "
                    + (of == null ? "no model of noise levels" : "a " + of.describe()) + "; expected a denoiser as"
                    + " teacher, and a consistency function as student");
        }
        if (!teacher.spec().shape().equals(student.spec().shape()) || teacher.classes() != student.classes()) {
            throw new IllegalArgumentException("randomness study: got samples "
                    + teacher.spec().shape() + " in " + teacher.classes() + " classes and "
                    + student.spec().shape() + " in " + student.classes() + "; expected teacher and student alike");
        }
        this.teacher = teacher;
        this.student = student;
        this.data = data;
        this.judge = judge;
        this.seeds = seeds.clone();
        this.samples = samples;
    }

    /** A start; from noise where the level is 1. */
    private enum Condition {
        NOISE("from noise", 1),
        LOW("start at sigma 1 shifted by half of it", 0.5),
        HIGH("start at sigma 3 shifted by half of it", 0.75);

        private final String title;
        private final double level;

        Condition(String title, double level) {
            this.title = title;
            this.level = level;
        }
    }

    /** Runs all of it; tells of each row as it is done. */
    public Findings run(Consumer<Findings.Row> progress) {
        List<Findings.Row> rows = new ArrayList<>();
        for (Condition condition : Condition.values()) {
            for (Method method : methods()) {
                double[] distances = new double[seeds.length];
                for (int i = 0; i < seeds.length; i++) {
                    distances[i] = judge.distance(made(condition, method.editor, seeds[i]), held(seeds[i], DATA, null));
                }
                Findings.Row row =
                        new Findings.Row(condition.title, method.name, method.evaluations, new Measured(distances));
                rows.add(row);
                progress.accept(row);
            }
        }
        double[] floor = new double[seeds.length];
        for (int i = 0; i < seeds.length; i++) {
            floor[i] = judge.distance(held(seeds[i], ANOTHER, null), held(seeds[i], DATA, null));
        }
        return new Findings(new Measured(floor), rows, comparisons(rows));
    }

    private List<Method> methods() {
        List<Method> methods = new ArrayList<>();
        for (int steps : new int[] {1, 2, 4}) {
            methods.add(of("ODE", steps, new EdmEuler(Churn.NONE), steps));
        }
        for (int steps : new int[] {5, 18}) {
            methods.add(of("ODE", 2 * steps - 1, new EdmHeun(), steps));
        }
        for (int steps : new int[] {1, 2, 4, 9, 35}) {
            methods.add(of("SDE eta 1", steps, sde(), steps));
        }
        for (int steps : new int[] {1, 2, 4}) {
            methods.add(new Method("consistency", steps, new Editor(student, GeneratorOptions.DEFAULT, steps)));
        }
        return methods;
    }

    private Method of(String name, int evaluations, Solver solver, int steps) {
        GeneratorOptions options = GeneratorOptions.DEFAULT.withSolver(solver, new KarrasSpacing());
        return new Method(name, evaluations, new Editor(teacher, options, steps));
    }

    private static Solver sde() {
        return new SaSolver(Prediction.X0, 1, 0, Tau.constant(1), SaSolver.Mode.FEW_STEPS, false);
    }

    private static List<Findings.Comparison> comparisons(List<Findings.Row> rows) {
        List<Findings.Comparison> all = new ArrayList<>();
        for (Condition condition : Condition.values()) {
            String of = condition.title;
            for (int evaluations : new int[] {1, 2, 4}) {
                all.add(Findings.compare(of, rows, of, "ODE", evaluations, "consistency", evaluations));
            }
            for (int evaluations : new int[] {4, 9, 35}) {
                all.add(Findings.compare(of, rows, of, "ODE", evaluations, "SDE eta 1", evaluations));
            }
            all.add(Findings.compare(of, rows, of, "ODE", 35, "consistency", 1));
            all.add(Findings.compare(of, rows, of, "consistency", 1, "consistency", 4));
        }
        return all;
    }

    /** Held-out data of a seed, in one of three draws. */
    private float[] held(long seed, int draw, int @Nullable [] labels) {
        return new HeldOut(data, 3 * seed + draw).read(samples, labels);
    }

    private float[] made(Condition condition, Editor editor, long seed) {
        int[] labels = new int[samples];
        Arrays.fill(labels, Generator.NO_LABEL);
        float[] guides = held(seed, START, teacher.classes() == 0 ? null : labels);
        if (condition == Condition.NOISE) {
            return editor.stroke(guides, 1, seed, labels);
        }
        double sigma = condition.level / (1 - condition.level);
        float[] way = direction(guides.length / samples);
        for (int i = 0; i < guides.length; i++) {
            guides[i] += (float) (0.5 * sigma * way[i % way.length]);
        }
        return editor.stroke(guides, condition.level, seed, labels);
    }

    /** A unit vector, the same for all seeds. */
    private static float[] direction(int dim) {
        double[] normal = new Rng(0).stream("direction").normal(0, dim, 0);
        double length = 0;
        for (double value : normal) {
            length += value * value;
        }
        float[] way = new float[dim];
        for (int i = 0; i < dim; i++) {
            way[i] = (float) (normal[i] / Math.sqrt(length));
        }
        return way;
    }
}
