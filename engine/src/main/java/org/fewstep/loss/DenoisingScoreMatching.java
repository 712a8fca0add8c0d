package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Denoising score matching on any schedule, for a network that predicts clean data, noise, velocity or score.
 *
 * <pre>
 * x_t = alpha x0 + sigma eps
 * L   = E w(t) |error|^2,   error = f - x0,  f - eps,  f - (alpha' x0 + sigma' eps),  or sigma f + eps for a score
 * </pre>
 *
 * <p>The minimiser is E[x0 | x_t], E[eps | x_t], E[dx_t/dt | x_t] or the score, whatever the weight. On the schedule
 * "edm" with x0, {@link DenoisingWeight.Edm} and a network inside EDM's preconditioning this is EDM's loss; on the paths
 * linear, cosine and vp with noise at 0 it has SiT's losses for velocity, noise and score and its weights. The velocity
 * here is that of the path; for alpha = cos t, sigma = sin t it is Salimans and Ho's v. Mean over coordinates, then over
 * the batch; the error to watch is without the weight. Checked against willisma/SiT. Cost: one
 * evaluation forward and backward a step.
 *
 * @paper Vincent: A Connection Between Score Matching and Denoising Autoencoders, 2011; Karras, Aittala, Aila, Laine:
 *     Elucidating the Design Space of Diffusion-Based Generative Models, 2022, arXiv:2206.00364; Ma et al.: SiT, 2024,
 *     arXiv:2401.08740
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class DenoisingScoreMatching implements Loss<PredictionNet, DenoisingScoreMatching.Draw> {
    private static final String NAME = "denoising score matching";

    /**
     * The randomness of a step.
     *
     * @param sample data, noise, times and labels
     * @param weight w(t) (B)
     */
    public record Draw(FlowMatching.Draw sample, Tensor weight) {
        /** The same noise, times and labels for other data (B, ...). */
        Draw withData(Tensor x0) {
            return new Draw(
                    new FlowMatching.Draw(x0, sample.eps(), sample.t(), sample.labels(), sample.at(), sample.cond()),
                    weight);
        }
    }

    private final NoiseSchedule schedule;
    private final Prediction prediction;
    private final DenoisingWeight weight;
    private final PathSampling sampling;

    /**
     * The loss.
     *
     * @param prediction what the network gives
     * @param config times on the schedule, coupling and labels
     */
    public DenoisingScoreMatching(
            NoiseSchedule schedule, Prediction prediction, DenoisingWeight weight, FlowMatching.Config config) {
        this.schedule = schedule;
        this.prediction = prediction;
        this.weight = weight;
        this.sampling = new PathSampling(NAME, schedule, config);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return weighted(sampling.draw(batch, rng, step));
    }

    /** The draw of given numbers: data and noise (B, ...), times (B), labels (B) after dropout or null. */
    public Draw draw(Tensor x0, Tensor eps, double[] t, int @Nullable [] labels) {
        return weighted(sampling.draw(x0, eps, t, labels));
    }

    private Draw weighted(FlowMatching.Draw sample) {
        double[] t = sample.t();
        double[] w = new double[t.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = weight.at(prediction, schedule, t[i]);
            if (!Double.isFinite(w[i])) {
                throw new IllegalArgumentException(NAME + ": got weight " + w[i] + " at t " + t[i]
                        + "; expected a finite one; draw times off that end of the schedule");
            }
        }
        return new Draw(sample, reshape(Tensor.perSample(w, sample.x0()), w.length));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = sampling.inputs(draw.sample());
        inputs.add(draw.weight());
        return inputs;
    }

    @Override
    public LossResult loss(PredictionNet net, Draw draw) {
        FlowMatching.Draw sample = draw.sample();
        Tensor xt = sample.at().xt(sample.x0(), sample.eps());

        Tensor f = net.of(xt, sample.at().t(), sample.cond());
        Tensor squared = PerSample.meanOf(square(error(f, sample)));
        Tensor perSample = mul(draw.weight(), squared);

        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("xt", xt);
        parts.put("prediction", f);
        parts.put("weight", draw.weight());
        return new LossResult(mean(perSample), mean(squared), perSample, parts);
    }

    /** The error of a prediction f (B, ...), without its weight. */
    Tensor error(Tensor f, FlowMatching.Draw sample) {
        return switch (prediction) {
            case X0 -> sub(f, sample.x0());
            case EPS -> sub(f, sample.eps());
            case V -> sub(f, sample.at().velocity(sample.x0(), sample.eps()));
            case SCORE -> add(mul(sample.at().sigma(), f), sample.eps());
        };
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return weighted(sampling.part(draw.sample(), from, to));
    }
}
