package org.fewstep.model;

import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;

/**
 * How a network G of a state and two times is scaled into the map f_{s,t} of inductive moment matching, which takes a state
 * of a path with noise of standard deviation d from time t to time s.
 *
 * <pre>
 * f_{s,t}(x) = a x + b G(x / (d e), c t, c s or c (t - s)),     e = sqrt(alpha_t^2 + sigma_t^2)
 *
 * IDENTITY          a = sigma_s / sigma_t                               b = alpha_s - alpha_t sigma_s / sigma_t
 * SIMPLE_EDM        a = (alpha_t alpha_s + sigma_t sigma_s) / e^2       b = -d (alpha_s sigma_t - alpha_t sigma_s) / e
 * EULER             a = 1                                               b = -d (t - s)
 * AVERAGE_VELOCITY  a = 1                                               b = s - t
 * </pre>
 *
 * <p>With IDENTITY the network predicts data, and f is the DDIM step. The last form is this project's: G is the average
 * velocity u(x, t, s) and gets state and times as they are, so a network that MeanFlow can train fits as it stands. All four
 * have f_{t,t}(x) = x.
 *
 * @param path schedule; noise at time 1
 * @param form of a and b; the last two on the linear path alone
 * @param second what stands for s
 * @param sigmaData d, standard deviation of data and noise, above 0
 * @param timeScale c, above 0; 1000 as published
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565; checked against lumalabs/imm
 */
public record ImmScaling(Path path, Form form, SecondTime second, double sigmaData, double timeScale) {
    /** The forms of the map. */
    public enum Form {
        /** G predicts data. */
        IDENTITY,
        /** EDM's output scaling with the coefficients of the path. */
        SIMPLE_EDM,
        /** G is the average velocity in units of d. */
        EULER,
        /** G is the average velocity. */
        AVERAGE_VELOCITY
    }

    /** What the network gets as its second time. */
    public enum SecondTime {
        /** c s. */
        END,
        /** c (t - s). */
        STRIDE
    }

    /**
     * The numbers of a batch as tensors.
     *
     * @param in factor of the state in the network's input (B, 1, ..., 1)
     * @param t first time as the network gets it (B)
     * @param s second time as the network gets it (B)
     * @param keep a (B, 1, ..., 1)
     * @param move b (B, 1, ..., 1)
     */
    public record Columns(Tensor in, Tensor t, Tensor s, Tensor keep, Tensor move) {
        /** All columns, in the order of the components. */
        public List<Tensor> tensors() {
            return List.of(in, t, s, keep, move);
        }
    }

    public ImmScaling {
        if (!(sigmaData > 0) || !(timeScale > 0) || path.noiseTime() != 1) {
            throw new IllegalArgumentException("imm scaling: got sigma data " + sigmaData + ", time scale " + timeScale
                    + ", noise at " + path.noiseTime() + "; expected both above 0, and noise at time 1");
        }
        boolean linear = path.name().equals("linear");
        if (!linear && (form == Form.EULER || form == Form.AVERAGE_VELOCITY)) {
            throw new IllegalArgumentException(
                    "imm scaling: got form " + form + " on path " + path.name() + "; expected the linear path");
        }
    }

    /** The average velocity on the linear path. */
    public static ImmScaling averageVelocity(Path path, double sigmaData) {
        return new ImmScaling(path, Form.AVERAGE_VELOCITY, SecondTime.END, sigmaData, 1);
    }

    /** a. */
    private double keep(double t, double s) {
        return switch (form) {
            case IDENTITY -> s == t ? 1 : path.sigma(s) / path.sigma(t);
            case SIMPLE_EDM -> (path.alpha(t) * path.alpha(s) + path.sigma(t) * path.sigma(s)) / squaredNorm(t);
            case EULER, AVERAGE_VELOCITY -> 1;
        };
    }

    /** b. */
    private double move(double t, double s) {
        return switch (form) {
            case IDENTITY -> path.alpha(s) - path.alpha(t) * keep(t, s);
            case SIMPLE_EDM ->
                (path.alpha(t) * path.sigma(s) - path.alpha(s) * path.sigma(t)) * sigmaData / Math.sqrt(squaredNorm(t));
            case EULER -> (s - t) * sigmaData;
            case AVERAGE_VELOCITY -> s - t;
        };
    }

    private double squaredNorm(double t) {
        return path.alpha(t) * path.alpha(t) + path.sigma(t) * path.sigma(t);
    }

    /**
     * The weight 1 / |c_out| in the exponent of the kernel, with which differences count in units of what the network gives
     * over the span: 1 / |b|, in units of d for the average velocity, and 1 where the network predicts data.
     */
    public double kernelWeight(double t, double s) {
        return switch (form) {
            case IDENTITY -> 1;
            case SIMPLE_EDM, EULER -> 1 / Math.abs(move(t, s));
            case AVERAGE_VELOCITY -> 1 / (sigmaData * Math.abs(move(t, s)));
        };
    }

    /** The numbers for start times t and end times s (B) beside the state {@code like} (B, ...), worked out in double. */
    public Columns at(double[] t, double[] s, Tensor like) {
        int batch = t.length;
        boolean raw = form == Form.AVERAGE_VELOCITY;
        double[] in = new double[batch];
        double[] first = new double[batch];
        double[] last = new double[batch];
        double[] keep = new double[batch];
        double[] move = new double[batch];
        for (int i = 0; i < batch; i++) {
            in[i] = raw ? 1 : 1 / (sigmaData * Math.sqrt(squaredNorm(t[i])));
            first[i] = timeScale * t[i];
            last[i] = timeScale * (second == SecondTime.END ? s[i] : t[i] - s[i]);
            keep[i] = keep(t[i], s[i]);
            move[i] = move(t[i], s[i]);
        }
        return new Columns(
                Tensor.perSample(in, like),
                Ops.reshape(Tensor.perSample(first, like), batch),
                Ops.reshape(Tensor.perSample(last, like), batch),
                Tensor.perSample(keep, like),
                Tensor.perSample(move, like));
    }

    /** The numbers where all samples have the same times. */
    public Columns at(double t, double s, Tensor like) {
        double[] from = new double[like.dim(0)];
        double[] to = new double[like.dim(0)];
        Arrays.fill(from, t);
        Arrays.fill(to, s);
        return at(from, to, like);
    }

    /**
     * f_{s,t}(x) (B, ...).
     *
     * @param net G
     * @param x state at t (B, ...)
     * @param at numbers of {@link #at}
     */
    public Tensor map(FlowMapNet net, Tensor x, Columns at, Cond cond) {
        Tensor raw = net.u(Ops.mul(x, at.in()), at.t(), at.s(), cond);
        return Ops.mulAdd(at.move(), raw, Ops.mul(x, at.keep()));
    }
}
