package org.fewstep.loss;

import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.weightedSum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * The times at which a student of a few steps is asked for clean data, and backward simulation: what it is trained on at one of them
 * is what its own sampler brings there, not noised data.
 *
 * <pre>
 * x_0 = sigma(t_0) z,   x_(j+1) = alpha(t_(j+1)) G(x_j, t_j) + sigma(t_(j+1)) z_j
 * </pre>
 *
 * <p>One time makes a student of one step. One place is drawn for a whole batch. Without backward simulation, as ADD and LADD have
 * it, a student starts at all but the first time from data with noise, alpha(t_j) x0 + sigma(t_j) z, and at the first from noise
 * alone, where its sampler does.
 *
 * @param schedule of the student's states
 * @param times t_0, t_1, ... from the noisiest on
 * @param onData whether states are data with noise, not simulated
 * @paper Yin et al.: Improved Distribution Matching Distillation, 2024, arXiv:2405.14867, section 4.5
 */
public record StudentSteps(NoiseSchedule schedule, List<Double> times, boolean onData) {
    /** With backward simulation. */
    public StudentSteps(NoiseSchedule schedule, List<Double> times) {
        this(schedule, times, false);
    }

    public StudentSteps {
        times = List.copyOf(times);
        if (times.isEmpty()) {
            throw new IllegalArgumentException("student steps: got no time; expected at least one");
        }
        for (int j = 1; j < times.size(); j++) {
            if (!(schedule.lambda(times.get(j)) > schedule.lambda(times.get(j - 1)))) {
                throw new IllegalArgumentException(
                        "student steps: got times " + times + "; expected each with less noise than the one before");
            }
        }
    }

    /** One step. */
    public static StudentSteps one(NoiseSchedule schedule, double time) {
        return new StudentSteps(schedule, List.of(time));
    }

    /** n even steps on a table, T - 1, T - 1 - T / n, ... */
    public static StudentSteps even(BetaTable table, int n) {
        DiscreteSchedule schedule = DiscreteSchedule.of(table);
        List<Double> times = new ArrayList<>();
        for (int timestep : timesteps(table.size(), n)) {
            times.add(schedule.timeOf(timestep));
        }
        return new StudentSteps(schedule, times);
    }

    /** The n timesteps of T. */
    public static int[] timesteps(int total, int n) {
        if (n < 1 || n > total) {
            throw new IllegalArgumentException(
                    "student steps: got " + n + " steps of " + total + " timesteps; expected 1 to that many");
        }
        int[] all = new int[n];
        for (int j = 0; j < n; j++) {
            all[j] = total - 1 - j * (total / n);
        }
        return all;
    }

    /**
     * Where a batch starts.
     *
     * @param first x_0 (B, ...)
     * @param noises z_j of the steps before the place, each (B, ...)
     * @param t time of the place, of each sample (B)
     */
    public record Start(Tensor first, List<Tensor> noises, Tensor t) {
        public Start {
            noises = List.copyOf(noises);
        }

        /** Steps before the place. */
        int place() {
            return noises.size();
        }

        List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(List.of(first, t));
            all.addAll(noises);
            return all;
        }
    }

    /** x0 (B, ...) with noise z at the time of a place. */
    private Start onData(Tensor x0, Tensor z, int place) {
        double time = times.get(place);
        double[] t = new double[x0.dim(0)];
        Arrays.fill(t, time);
        Tensor state = weightedSum(new double[] {schedule.alpha(time), schedule.sigma(time)}, x0, z);
        return new Start(state, List.of(), PerSample.times(t, x0));
    }

    /** The start of a step; the data are read where states are made of them. */
    Start draw(Tensor like, Rng rng, int step) {
        int place = rng.stream("student step").integers(0, 1, step, times.size())[0];
        Tensor z = normal(like, rng.stream("student noise"), step);
        if (onData && place > 0) {
            return onData(like, z, place);
        }
        List<Tensor> noises = new ArrayList<>();
        for (int j = 0; j < place; j++) {
            noises.add(normal(like, rng.stream("renoise").stream(j), step));
        }
        return start(scale(z, schedule.sigma(times.get(0))), noises);
    }

    private static Tensor normal(Tensor like, Rng rng, int step) {
        return Noise.normal(like.device(), like.dtype(), rng, 0, step, like.shape());
    }

    /**
     * A start of given numbers.
     *
     * @param first x_0 (B, ...)
     * @param noises of as many steps as go before the place
     */
    public Start start(Tensor first, List<Tensor> noises) {
        if (noises.size() >= times.size()) {
            throw new IllegalArgumentException("student steps: got " + noises.size()
                    + " steps before the one to train of " + times.size() + "; expected fewer");
        }
        double[] t = new double[first.dim(0)];
        Arrays.fill(t, times.get(noises.size()));
        return new Start(first, noises, PerSample.times(t, first));
    }

    Start slice(Start start, int from, int to) {
        List<Tensor> noises =
                start.noises.stream().map(z -> Ops.slice(z, 0, from, to)).toList();
        return new Start(Ops.slice(start.first, 0, from, to), noises, Ops.slice(start.t, 0, from, to));
    }

    /** Whether all draws lead to one computation. */
    boolean recordable() {
        return onData || times.size() == 1;
    }

    /** The clean data of the last step before the place, x_0 where there is none; without a graph. */
    public Tensor clean(PredictionNet student, Start start, Cond cond) {
        try (NoGrad off = NoGrad.open()) {
            Tensor x = start.first;
            Tensor clean = x;
            for (int j = 0; j < start.place(); j++) {
                double[] t = new double[x.dim(0)];
                Arrays.fill(t, times.get(j));
                clean = student.of(x, PerSample.times(t, x), cond);
                x = noised(clean, start, j);
            }
            return clean;
        }
    }

    /** The state at the place, without a graph. */
    Tensor state(PredictionNet student, Start start, Cond cond) {
        Tensor clean = clean(student, start, cond);
        return start.place() == 0 ? clean : noised(clean, start, start.place() - 1);
    }

    private Tensor noised(Tensor clean, Start start, int j) {
        double next = times.get(j + 1);
        return weightedSum(new double[] {schedule.alpha(next), schedule.sigma(next)}, clean, start.noises.get(j));
    }

    /** Generated samples G(x_k, t_k) with their graph. */
    Tensor samples(PredictionNet student, Start start, Cond cond) {
        return student.of(state(student, start, cond), start.t, cond);
    }
}
