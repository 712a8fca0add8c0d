package org.fewstep.model;

import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How the output F of a network becomes clean data: on which schedule the network is called, how it is scaled,
 * and what the clean data are.
 *
 * <pre>
 * SIGMA       x = x0 + sigma z                f(x, sigma) = c_skip x + c_out F(c_in x, ln(sigma) / 4), {@link SigmaScaling}
 * TRIGFLOW    x = cos(t) x0 + s sin(t) z      f(x, t) = cos(t) x - s sin(t) F(x / s, t)
 * </pre>
 *
 * <p>SIGMA with sigma_min 0 is EDM's denoiser, which easy consistency tuning and sCD keep for their consistency functions; with
 * sigma_min above 0 it is that of Song et al. 2023. A TRIGFLOW denoiser's s F is the velocity of the probability flow. A
 * trajectory function has two times and the scalings of {@link CtmScaling}, f(x, sigma) = G(x, sigma, sigma_min).
 *
 * @param form coordinates and scaling
 * @param role what f is
 * @param sigmaData s, standard deviation of the data, above 0
 * @param sigmaMin level at which f is the identity, at least 0; 0 for a denoiser and in TRIGFLOW, above 0 for a trajectory
 *     function, whose lowest level it is
 * @param levels at which a generator is called, from the noisiest on, each above 0; null for all others
 * @param outer factor of the state in a trajectory function, given as null EULER; null for all others
 * @paper Karras et al. 2022, arXiv:2206.00364; Song et al. 2023, arXiv:2303.01469; Lu, Song 2024, arXiv:2410.11081
 */
public record Parametrisation(
        Form form,
        Role role,
        double sigmaData,
        double sigmaMin,
        @Nullable List<Double> levels,
        CtmScaling.@Nullable Outer outer) {
    /** Highest noise level sigma / alpha, where samples start; all published models of data of standard deviation 1/2 have it. */
    public static final double HIGHEST = 80;

    /** Coordinates and scaling. */
    public enum Form {
        /** Noise levels as time. */
        SIGMA,
        /** The quarter circle. */
        TRIGFLOW
    }

    /** What f is. */
    public enum Role {
        /** E[x0 | x]. */
        DENOISER,
        /** The clean end of the probability flow through x. */
        CONSISTENCY,
        /** Any lower level of the probability flow through x. */
        TRAJECTORY,
        /** The clean data with which one DDIM step, on the grid of few steps, ends where the flow through x does. */
        STEPS,
        /** Clean data that have the law of the data, whatever the noise they are made of: at its own levels alone. */
        GENERATOR
    }

    /** A function without levels of its own. */
    public Parametrisation(Form form, Role role, double sigmaData, double sigmaMin) {
        this(form, role, sigmaData, sigmaMin, null, null);
    }

    public Parametrisation {
        new SigmaScaling(sigmaData, sigmaMin);
        levels = levels == null ? null : List.copyOf(levels);
        if ((levels != null) != (role == Role.GENERATOR) || (levels != null && !fall(levels))) {
            throw new IllegalArgumentException("parametrisation: got levels " + levels + " for a " + role
                    + "; expected falling ones above 0 for a generator, none for others");
        }
        if (role == Role.GENERATOR && (form != Form.SIGMA || sigmaMin != 0)) {
            throw new IllegalArgumentException("parametrisation: got a " + form + " " + role + ", sigma_min " + sigmaMin
                    + "; expected noise levels and sigma_min 0");
        }
        if (sigmaMin != 0 && (form == Form.TRIGFLOW || role == Role.DENOISER || role == Role.STEPS)) {
            throw new IllegalArgumentException("parametrisation: got sigma_min " + sigmaMin + " for a " + form + " "
                    + role + "; expected 0, other than in a consistency or trajectory function of noise levels");
        }
        boolean trajectory = role == Role.TRAJECTORY;
        if (outer != null && !trajectory) {
            throw new IllegalArgumentException("parametrisation: got an outer factor " + outer + " for a " + role
                    + "; expected none, other than in a trajectory function");
        }
        outer = trajectory && outer == null ? CtmScaling.Outer.EULER : outer;
        if (trajectory && !(form == Form.SIGMA && sigmaMin > 0)) {
            throw new IllegalArgumentException("parametrisation: got a " + form + " " + role + ", sigma_min " + sigmaMin
                    + "; expected noise levels and sigma_min above 0");
        }
    }

    private static boolean fall(List<Double> levels) {
        double above = Double.POSITIVE_INFINITY;
        for (double level : levels) {
            if (!(level > 0 && level < above)) {
                return false;
            }
            above = level;
        }
        return !levels.isEmpty();
    }

    /** EDM's denoiser. */
    public static Parametrisation edm(double sigmaData) {
        return new Parametrisation(Form.SIGMA, Role.DENOISER, sigmaData, 0);
    }

    /** The consistency function of noise levels. */
    public static Parametrisation consistency(double sigmaData, double sigmaMin) {
        return new Parametrisation(Form.SIGMA, Role.CONSISTENCY, sigmaData, sigmaMin);
    }

    /** The consistency function of the quarter circle. */
    public static Parametrisation trigFlow(double sigmaData) {
        return new Parametrisation(Form.TRIGFLOW, Role.CONSISTENCY, sigmaData, 0);
    }

    /** The map between noise levels, sigma_min the least, with Euler's outer factor. */
    public static Parametrisation trajectory(double sigmaData, double sigmaMin) {
        return trajectory(sigmaData, sigmaMin, CtmScaling.Outer.EULER);
    }

    /** The map between noise levels, sigma_min the least. */
    public static Parametrisation trajectory(double sigmaData, double sigmaMin, CtmScaling.Outer outer) {
        return new Parametrisation(Form.SIGMA, Role.TRAJECTORY, sigmaData, sigmaMin, null, outer);
    }

    /** Times that the network takes. */
    public int times() {
        return role == Role.TRAJECTORY ? 2 : 1;
    }

    /** Whether one call leads to the end of the flow, so that no solver of an ODE is needed. */
    public boolean jumps() {
        return role != Role.DENOISER;
    }

    /**
     * The scalings of a map between levels.
     *
     * @throws IllegalStateException for one of another role
     */
    public CtmScaling trajectories() {
        if (outer == null) {
            throw new IllegalStateException(
                    "parametrisation: got a " + describe() + "; expected a map between two levels");
        }
        return new CtmScaling(outer, CtmScaling.Inner.EDM, sigmaData, sigmaMin);
    }

    /** The clean data of DDIM's few steps. */
    public static Parametrisation steps(Form form, double sigmaData) {
        return new Parametrisation(form, Role.STEPS, sigmaData, 0);
    }

    /** A generator of one step a level, from the noisiest on. */
    public static Parametrisation generator(double sigmaData, List<Double> levels) {
        return new Parametrisation(Form.SIGMA, Role.GENERATOR, sigmaData, 0, levels, null);
    }

    /** Most steps that samples can be made in. */
    public int mostSteps() {
        return levels == null ? Integer.MAX_VALUE : levels.size();
    }

    /** The schedule in whose time the function is called. */
    public NoiseSchedule schedule() {
        return form == Form.SIGMA ? new EdmSchedule() : new TrigFlowSchedule(sigmaData);
    }

    /** The function f of a network F, with a time of the schedule a sample, differentiable in state and time. */
    public PredictionNet around(VelocityNet net) {
        if (role == Role.TRAJECTORY) {
            return toLeast(net);
        }
        return switch (form) {
            case SIGMA -> new SigmaScaling(sigmaData, sigmaMin).around(net);
            case TRIGFLOW -> clean(trigFlow(net));
        };
    }

    /** A function of noise levels in the coordinates x = cos(t) x0 + sin(t) z, which keep variance: f(x / cos t, tan t). */
    public static PredictionNet onCircle(PredictionNet levels) {
        return (x, t, cond) -> {
            Tensor cos = Ops.cos(t);
            return levels.of(Ops.div(x, PerSampleColumn.of(cos, x)), Ops.div(Ops.sin(t), cos), cond);
        };
    }

    /** The clean data cos(t) x - sin(t) v(x, t) of a velocity on the quarter circle. */
    public static PredictionNet clean(VelocityNet v) {
        return (x, t, cond) -> {
            Tensor cos = PerSampleColumn.of(Ops.cos(t), x);
            Tensor sin = PerSampleColumn.of(Ops.sin(t), x);
            return Ops.sub(Ops.mul(cos, x), Ops.mul(sin, v.v(x, t, cond)));
        };
    }

    /** G(x, t, sigma_min). */
    private PredictionNet toLeast(VelocityNet net) {
        if (!(net instanceof FlowMapNet map)) {
            throw new IllegalArgumentException(
                    "parametrisation: got a network with one time; expected two, of a map between levels");
        }
        CtmScaling scaling = trajectories();
        return (x, t, cond) -> scaling.map(map, x, t, Tensor.full(x.device(), x.dtype(), sigmaMin, t.shape()), cond);
    }

    /**
     * The velocity v of a network F on the quarter circle, where f(x, t) = cos(t) x - sin(t) v(x, t).
     *
     * @throws IllegalStateException where sigma_min is not 0
     */
    public VelocityNet trigFlow(VelocityNet net) {
        return switch (form) {
            case SIGMA -> new SigmaScaling(sigmaData, sigmaMin).trigFlow(net);
            case TRIGFLOW -> (x, t, cond) -> Ops.scale(net.v(Ops.scale(x, 1 / sigmaData), t, cond), sigmaData);
        };
    }

    /** In a few words. */
    public String describe() {
        String what = switch (role) {
            case DENOISER -> "denoiser";
            case CONSISTENCY -> "consistency function";
            case TRAJECTORY -> "trajectory function";
            case STEPS -> "model of few steps";
            case GENERATOR -> "generator at levels " + levels;
        };
        return what
                + (levels != null ? "" : form == Form.SIGMA ? " of noise levels" : " of TrigFlow") + ", sigma data "
                + sigmaData
                + (sigmaMin == 0 ? "" : ", sigma min " + sigmaMin)
                + (outer == CtmScaling.Outer.VARIANCE ? ", outer factor of variances" : "");
    }
}
