package org.fewstep.study;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.fewstep.data.EightGaussians;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.solver.ConvertedField;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.Field;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.Solver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Tau;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * When does randomness help? ODE, SDE and consistency sampling of one ring of eight Gaussians, whose denoiser is known, under four
 * conditions: nothing wrong, a start that is shifted, a denoiser that is wrong at high noise, a denoiser that is wrong everywhere.
 *
 * <p>All methods see the same denoiser, right or wrong; the consistency function is the exact map of that denoiser's ODE, by 400
 * steps of Heun, so what differs is the way of sampling alone. An ODE is a bijection and keeps what is wrong with its start; an
 * SDE whose marginals are right forgets it, the more the more noise it adds (Nie et al. 2023, arXiv:2311.01410). The SDEs are
 * first-order exponential steps of the family with eta times the reverse process's noise. Distances are sliced 2-Wasserstein to
 * fresh data over 128 directions.
 */
public final class RandomnessStudy {
    private static final double SIGMA_DATA = 0.5;
    private static final double LEAST = 0.002;
    private static final double MOST = 80;
    private static final double RHO = 7;
    private static final int DIRECTIONS = 128;
    private static final int EXACT_POINTS = 400;
    private static final EdmSchedule SCHEDULE = new EdmSchedule();

    /** The noises to which a consistency function goes back after its first call. */
    private static final double MIDDLE = 0.8;

    private static final double HIGH = 0.5;

    /**
     * What is wrong.
     *
     * @param title of the condition
     * @param from noisiest level
     * @param shift of the start in units of that level
     * @param size of the denoiser's error
     * @param above least level with the error
     */
    private record Condition(String title, double from, double shift, double size, double above) {}

    /**
     * A way of sampling.
     *
     * @param name in the table
     * @param evaluations of the denoiser, or calls of the consistency function
     */
    private record Method(String name, int evaluations, Way way) {}

    @FunctionalInterface
    private interface Way {
        /** Samples from a start at a level. */
        Tensor run(Field denoiser, Tensor start, double from, Rng rng);
    }

    private final Device device;
    private final long[] seeds;
    private final int samples;
    private final EightGaussians law = new EightGaussians("study ring", 0.7, 0.07);

    /**
     * The study.
     *
     * @param seeds at least 2
     * @param samples of each set, at least 100
     */
    public RandomnessStudy(Device device, long[] seeds, int samples) {
        if (seeds.length < 2 || samples < 100) {
            throw new IllegalArgumentException("randomness study: got " + seeds.length + " seeds and " + samples
                    + " samples; expected at least 2 and at least 100");
        }
        this.device = device;
        this.seeds = seeds.clone();
        this.samples = samples;
    }

    /** Runs all of it; tells of each row as it is done. */
    public Findings run(Consumer<Findings.Row> progress) {
        return run(plan(), progress, RandomnessStudy::comparisons);
    }

    /** The part about the start at the lower level alone. */
    Findings shifted(Consumer<Findings.Row> progress) {
        Condition condition = new Condition(SHIFTED, 1, 0.5, 0, 0);
        return run(Map.of(condition, ofShifted()), progress, rows -> comparisons(rows, SHIFTED));
    }

    private Findings run(
            Map<Condition, List<Method>> plan,
            Consumer<Findings.Row> progress,
            Function<List<Findings.Row>, List<Findings.Comparison>> questions) {
        List<Findings.Row> rows = new ArrayList<>();
        plan.forEach((condition, methods) -> {
            for (Method method : methods) {
                Findings.Row row =
                        new Findings.Row(condition.title, method.name, method.evaluations, measure(condition, method));
                rows.add(row);
                progress.accept(row);
            }
        });
        double[] floor = new double[seeds.length];
        for (int i = 0; i < floor.length; i++) {
            Rng rng = new Rng(seeds[i]);
            floor[i] = distance(data(rng.stream("another draw")), rng);
        }
        return new Findings(new Measured(floor), rows, questions.apply(rows));
    }

    private static final String RIGHT = "nothing wrong";
    private static final String SHIFTED = "start at sigma 1 shifted by half of it";
    private static final String SHIFTED_FAR = "start at sigma 3 shifted by half of it";
    private static final String WRONG_HIGH = "denoiser wrong where sigma > 0.5";
    private static final String WRONG = "denoiser wrong everywhere";

    private static Map<Condition, List<Method>> plan() {
        Map<Condition, List<Method>> plan = new LinkedHashMap<>();
        plan.put(
                new Condition(RIGHT, MOST, 0, 0, 0),
                List.of(
                        ode(5),
                        ode(9),
                        ode(18),
                        ode(40),
                        sde(1, 9),
                        sde(1, 35),
                        sde(1, 255),
                        sde(0.3, 35),
                        consistency(1),
                        consistency(2)));
        for (Condition shifted :
                List.of(new Condition(SHIFTED, 1, 0.5, 0, 0), new Condition(SHIFTED_FAR, 3, 0.5, 0, 0))) {
            plan.put(shifted, ofShifted());
        }
        plan.put(
                new Condition(WRONG_HIGH, MOST, 0, 0.3, HIGH),
                List.of(
                        ode(64),
                        sde(1, 127),
                        sde(2, 127),
                        sde(2, 400),
                        consistency(1),
                        consistency(2),
                        consistency(4)));
        plan.put(
                new Condition(WRONG, MOST, 0, 0.1, 0),
                List.of(ode(64), sde(1, 127), sde(2, 400), consistency(1), consistency(5)));
        return plan;
    }

    private static List<Method> ofShifted() {
        return List.of(ode(64), sde(0.5, 127), sde(1, 127), sde(2, 127), consistency(1), consistency(2));
    }

    /** What there is to say about a shifted start. */
    private static List<Findings.Comparison> comparisons(List<Findings.Row> rows, String shifted) {
        return List.of(
                compare(shifted, rows, shifted, "ODE", 127, "SDE eta 1", 127),
                compare(shifted, rows, shifted, "ODE", 127, "SDE eta 2", 127),
                compare(shifted, rows, shifted, "ODE", 127, "consistency", 1),
                compare(shifted, rows, shifted, "consistency", 1, "consistency", 2));
    }

    private static List<Findings.Comparison> comparisons(List<Findings.Row> rows) {
        List<Findings.Comparison> all = new ArrayList<>();
        String few = "few evaluations, nothing wrong";
        all.add(compare(few, rows, RIGHT, "ODE", 9, "consistency", 1));
        all.add(compare(few, rows, RIGHT, "ODE", 9, "SDE eta 1", 9));
        for (String shifted : List.of(SHIFTED, SHIFTED_FAR)) {
            all.addAll(comparisons(rows, shifted));
        }
        all.add(compare(WRONG_HIGH, rows, WRONG_HIGH, "ODE", 127, "SDE eta 1", 127));
        all.add(compare(WRONG_HIGH, rows, WRONG_HIGH, "ODE", 127, "SDE eta 2", 400));
        all.add(compare(WRONG_HIGH, rows, WRONG_HIGH, "consistency", 1, "consistency", 4));
        all.add(compare(WRONG, rows, WRONG, "ODE", 127, "SDE eta 1", 127));
        all.add(compare(WRONG, rows, WRONG, "ODE", 127, "SDE eta 2", 400));
        all.add(compare(WRONG, rows, WRONG, "consistency", 1, "consistency", 5));
        return all;
    }

    private static Findings.Comparison compare(
            String question, List<Findings.Row> rows, String condition, String first, int of, String second, int to) {
        return Findings.compare(question, rows, condition, first, of, second, to);
    }

    /** Heun's method on n levels and the clean end: 2 n - 1 evaluations. */
    private static Method ode(int points) {
        return new Method("ODE", 2 * points - 1, (denoiser, start, from, rng) -> flow(denoiser, start, from, points));
    }

    private static Tensor flow(Field denoiser, Tensor start, double from, int points) {
        double[] levels = Arrays.copyOf(new KarrasSpacing(RHO).levels(points, from, LEAST), points + 1);
        StepPlan plan = new EdmHeun().plan(TimeGrid.of(SCHEDULE, levels));
        return Sampler.run(plan, new ConvertedField(denoiser, Prediction.X0, plan.field(), SCHEDULE), start);
    }

    private static Method sde(double eta, int steps) {
        String name = "SDE eta " + (eta == Math.rint(eta) ? Integer.toString((int) eta) : Double.toString(eta));
        Solver solver = new SaSolver(Prediction.X0, 1, 0, Tau.constant(eta), SaSolver.Mode.FEW_STEPS, false);
        return new Method(name, steps, (denoiser, start, from, rng) -> {
            double[] levels = new KarrasSpacing(RHO).levels(steps + 1, from, LEAST);
            return Sampler.run(solver.plan(TimeGrid.of(SCHEDULE, levels)), denoiser, start, NoiseSource.seeded(rng, 0));
        });
    }

    /** The exact map of the denoiser's ODE, called so many times with noise between. */
    private static Method consistency(int calls) {
        return new Method("consistency", calls, (denoiser, start, from, rng) -> {
            double[] levels = new double[calls + 1];
            levels[0] = from;
            for (int i = 1; i < calls; i++) {
                // Falling a little, since levels of a grid must.
                levels[i] = Math.min(MIDDLE, from / 2) * (1 - 0.01 * (i - 1));
            }
            Field map = (x, point) -> flow(denoiser, x, point.sigma(), EXACT_POINTS);
            return Sampler.run(
                    new MultistepConsistency(LEAST).plan(TimeGrid.of(SCHEDULE, levels)),
                    map,
                    start,
                    NoiseSource.seeded(rng, 0));
        });
    }

    private Measured measure(Condition condition, Method method) {
        double[] distances = new double[seeds.length];
        for (int i = 0; i < distances.length; i++) {
            Rng rng = new Rng(seeds[i]);
            try (Scope scope = device.scope()) {
                Tensor end =
                        method.way.run(denoiser(condition), start(condition, rng), condition.from, rng.stream("sde"));
                distances[i] = distance(end.toFloats(), rng);
            }
        }
        return new Measured(distances);
    }

    private Field denoiser(Condition condition) {
        double[] modes = law.modes();
        int k = EightGaussians.MODES;
        double[][] means = new double[k][];
        double[] weights = new double[k];
        double[] stds = new double[k];
        for (int i = 0; i < k; i++) {
            means[i] = new double[] {modes[2 * i], modes[2 * i + 1]};
            weights[i] = 1.0 / k;
            stds[i] = law.std();
        }
        GaussianMixture mixture = new GaussianMixture(weights, means, stds);
        Field exact = (x, point) -> mixture.x0(x, PathCoefficients.of(point));
        return new WrongDenoiser(exact, SigmaScaling.edm(SIGMA_DATA), condition.size, condition.above);
    }

    /** Data with the noise of the first level, moved along the first axis. */
    private Tensor start(Condition condition, Rng rng) {
        Tensor x0 = Tensor.of(device, DType.F32, data(rng.stream("start data")), samples, 2);
        Tensor z = Noise.normal(device, DType.F32, rng.stream("start noise"), 0, 0, Shape.of(samples, 2));
        Tensor shift = Tensor.of(device, DType.F32, new double[] {condition.shift * condition.from, 0}, 1, 2);
        return add(add(x0, scale(z, condition.from)), shift);
    }

    private float[] data(Rng rng) {
        float[] xy = new float[2 * samples];
        law.sample(rng, 0, samples, xy);
        return xy;
    }

    private double distance(float[] x, Rng rng) {
        return SlicedWasserstein2.of(x, data(rng.stream("data")), 2, DIRECTIONS, new Rng(0).stream("directions"));
    }
}
