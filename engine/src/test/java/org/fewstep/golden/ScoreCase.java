package org.fewstep.golden;

import static org.fewstep.op.Ops.scaleShift;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.fewstep.autodiff.Grad;
import org.fewstep.loss.GuidedPrediction;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.StudentSteps;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.DiscreteSchedule;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.RedefinedVelocity;
import org.fewstep.path.TableTimes;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.tensor.Tensor;

/** What the cases of score distillation share: networks by role, levels, starts, and gradients for samples and students. */
final class ScoreCase {
    /** Where the time or the start of a case plays no role. */
    static final double ANY_TIME = 1;

    private final GoldenRun run;

    ScoreCase(GoldenRun run) {
        this.run = run;
    }

    GoldenRun run() {
        return run;
    }

    Options params() {
        return run.params();
    }

    ExpectedArrays expected() {
        return run.expected();
    }

    /** Demands that the file has no other models. */
    void roles(String... allowed) {
        run.model("model").onlyKeys(Set.of(allowed));
    }

    GoldenMlp net(String role) {
        return run.mlp("model", role);
    }

    /** A network that is called with the raw time. */
    static PredictionNet raw(GoldenMlp net) {
        return net::v;
    }

    /** A network on a table, called with timestep / 1000. */
    static PredictionNet onTable(GoldenMlp net, DiscreteSchedule table) {
        return (x, t, cond) -> net.v(x, scaleShift(t, table.size() / 1000.0, -1 / 1000.0), cond);
    }

    /** A closed form. */
    PredictionNet exact(String role, NoiseSchedule schedule, Prediction as) {
        return exact(run.gmm("model", role), schedule, as);
    }

    static PredictionNet exact(GaussianMixture data, NoiseSchedule schedule, Prediction as) {
        return (x, t, cond) -> {
            PathCoefficients at = PathCoefficients.of(schedule, t.toDoubles());
            return as == Prediction.EPS ? data.eps(x, at) : data.x0(x, at);
        };
    }

    /** The exact teacher's noise with guidance. */
    PredictionNet guidedTeacher(NoiseSchedule schedule, double w) {
        return new GuidedPrediction(
                exact("teacher_cond", schedule, Prediction.EPS), exact("teacher_uncond", schedule, Prediction.EPS), w);
    }

    /** The head on the features of a network. */
    CriticNet critic(GoldenMlp head, GoldenMlp trunk) {
        int layer = params().integer("feature_layer");
        return (x, t, cond) -> head.v(trunk.hidden(x, t, layer), t, cond);
    }

    KarrasGrid karras() {
        return new KarrasGrid(params().number("sigma_min"), params().number("sigma_max"), params().number("rho"));
    }

    /** Levels of an input of timesteps, which count up from the least level. */
    double[] karrasLevels(String timesteps) {
        double[] falling = karras().levels(params().integer("num_train_timesteps"));
        double[] rising = new double[falling.length];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = falling[falling.length - 1 - i];
        }
        return TableTimes.all(rising).times(run.integers(timesteps));
    }

    BetaTable table() {
        params().choice("beta_schedule", "scaled_linear");
        return BetaTable.scaledLinear(
                params().integer("num_train_timesteps"), params().number("beta_start"), params().number("beta_end"));
    }

    /** Times on a table of an input of timesteps. */
    double[] times(DiscreteSchedule table, String timesteps) {
        int[] n = run.integers(timesteps);
        double[] t = new double[n.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = table.timeOf(n[i]);
        }
        return t;
    }

    /** The schedule of FastGen's cases. */
    NoiseSchedule schedule() {
        return switch (params().choice("schedule", "rf", "trig", "edm")) {
            case "rf" -> LinearPath.NOISE_AT_ONE;
            case "trig" -> new TrigFlowSchedule(1);
            default -> new EdmSchedule();
        };
    }

    /** The levels of a schedule with v = alpha eps - sigma x0. */
    static NoiseSchedule angular(NoiseSchedule levels) {
        return new RedefinedVelocity(levels, RedefinedVelocity.Kind.ANGULAR);
    }

    static StudentSteps steps(double time) {
        return StudentSteps.one(new EdmSchedule(), time);
    }

    /** One step from an input as it is. */
    StudentSteps.Start start(String input, double time) {
        return steps(time).start(run.tensor(input), List.of());
    }

    /** A student that makes what a case gives. */
    PredictionNet given(String input) {
        Tensor x = run.tensor(input);
        return (z, t, cond) -> x;
    }

    /**
     * Offers the gradients of a student's loss for its samples and for its layers.
     *
     * @param loss of a student
     */
    void offerGradients(String samples, String layers, GoldenMlp student, Function<PredictionNet, LossResult> loss) {
        offerSampleGradient(samples, raw(student), loss);
        run.offerGradients(layers, loss.apply(raw(student)).total(), student, Tolerance.VALUE);
    }

    /** Offers the gradient for samples, as of a student whose parameters they are. */
    void offerSampleGradient(String path, PredictionNet student, Function<PredictionNet, LossResult> loss) {
        Tensor[] particles = new Tensor[1];
        LossResult result = loss.apply((z, t, cond) -> {
            particles[0] = Ops.stopGradient(student.of(z, t, cond)).requireGrad();
            return particles[0];
        });
        expected().offer(path, Grad.of(result.total(), List.of(particles[0])).get(0));
    }
}
