package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.TimePairSampler;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Truncated consistency training: the second of two stages, in which a network learns the levels above t' alone, from the
 * frozen network of the first stage below.
 *
 * <pre>
 * f(x, t) = f_2(x, t) for t &gt;= t',  f_1(x, t) below
 * l       = w(t, r) d(f_2(x_t, t), sg f(x_r, r)),   x_t = x0 + t z, x_r = x0 + r z
 * L       = mean of l over samples with t &gt; t'  +  w_b mean of l over samples with t = t'
 * </pre>
 *
 * <p>The second group is the boundary: its r lies below t', so the first stage is its target, and without it a constant
 * would do. {@link Pairs} draws both groups. Checked against NVlabs/FastGen. Cost: one evaluation forward and backward a
 * step, and two without.
 *
 * @paper Lee, Xu, Geffner, Fanti, Kreis, Vahdat, Nie: Truncated Consistency Models, 2024, arXiv:2410.14895
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class TruncatedConsistency implements Loss<TruncatedConsistency.Nets, TruncatedConsistency.Draw> {
    /** How far above t' the boundary's samples stand, so that rounding leaves them to the second stage. */
    private static final double ABOVE = 1e-8;

    /**
     * The networks.
     *
     * @param student second stage, levels from t' on
     * @param firstStage frozen, levels below
     */
    public record Nets(PredictionNet student, PredictionNet firstStage) {}

    /**
     * The choices.
     *
     * @param pairs levels of the samples; those of the boundary are put to t' by {@link #boundaryShare}
     * @param distance of the prediction from its target
     * @param weight of a pair
     * @param transition t', above 0; 1 as published
     * @param boundaryShare share of the samples on the boundary, in (0, 1); 0.25 as published
     * @param boundaryWeight w_b, above 0; 0.1 as published
     * @param labelDrop probability of a dropped label, 0 to 1
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(
            RatioPairs pairs,
            Distance distance,
            PairWeight weight,
            double transition,
            double boundaryShare,
            double boundaryWeight,
            double labelDrop,
            int classes) {
        public Config {
            if (!(transition > 0) || !(0 < boundaryShare && boundaryShare < 1) || !(boundaryWeight > 0)) {
                throw new IllegalArgumentException("truncated consistency: got transition " + transition
                        + ", share of the boundary " + boundaryShare + " with weight " + boundaryWeight
                        + "; expected a level above 0, a share inside (0, 1), a weight above 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pair data, noise, levels and labels
     * @param boundary which samples stand on the boundary (B)
     * @param share what a sample's loss counts in the mean over the batch (B)
     * @param later 1 where r is of the second stage, else 0 (B, 1, ..., 1)
     */
    public record Draw(ConsistencyLoss.Draw pair, boolean[] boundary, Tensor share, Tensor later) {}

    private final Config config;
    private final ConsistencyTraining training;

    public TruncatedConsistency(Config config) {
        this.config = config;
        this.training = new ConsistencyTraining(new ConsistencyLoss.Config(
                levels(config), config.distance, config.weight, config.labelDrop, config.classes));
    }

    /** The levels, those of the first samples on the boundary. */
    private static TimePairSampler levels(Config config) {
        return (rng, step, count) -> {
            double[] t = config.pairs.times().sample(rng.stream("t"), step, count);
            int boundary = boundary(config, count);
            for (int i = 0; i < count; i++) {
                t[i] = i < boundary ? config.transition + ABOVE : Math.max(t[i], config.transition + ABOVE);
            }
            return config.pairs.pairs(t, config.pairs.ratio().at(step));
        };
    }

    private static int boundary(Config config, int count) {
        return (int) Math.round(config.boundaryShare * count);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        boolean[] boundary = new boolean[batch.size()];
        Arrays.fill(boundary, 0, boundary(config, boundary.length), true);
        return draw(training.draw(batch, rng, step), boundary);
    }

    /** The draw of given numbers: data and noise (B, ...), levels (B), which of them are the boundary, labels or null. */
    public Draw draw(Tensor x0, Tensor z, TimePairs pairs, boolean[] boundary, int @Nullable [] labels) {
        return draw(training.draw(x0, z, pairs, labels), boundary);
    }

    private Draw draw(ConsistencyLoss.Draw pair, boolean[] boundary) {
        int on = 0;
        for (boolean b : boundary) {
            on += b ? 1 : 0;
        }
        double[] share = new double[boundary.length];
        double[] later = new double[boundary.length];
        for (int i = 0; i < share.length; i++) {
            // Times B: the mean over the batch is the sum of the two groups' weighted means.
            share[i] = boundary.length * (boundary[i] ? config.boundaryWeight / on : 1.0 / (boundary.length - on));
            later[i] = pair.r()[i] >= config.transition ? 1 : 0;
        }
        return new Draw(pair, boundary, PerSample.times(share, pair.x0()), Tensor.perSample(later, pair.x0()));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(training.inputs(draw.pair));
        inputs.add(draw.share);
        inputs.add(draw.later);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        ConsistencyLoss.OnDevice on = draw.pair.on();
        Tensor xt = draw.pair.xt();
        Tensor xr = draw.pair.sameNoise();

        Tensor ft = nets.student.of(xt, on.t(), on.cond());
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            Tensor below = ConsistencyTraining.target(nets.firstStage, xr, draw.pair);
            target = where(draw.later, nets.student.of(xr, on.r(), on.cond()), below);
        }
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_r", xr);
        LossResult pairs = training.of(ft, target, draw.pair, parts);
        Map<String, Tensor> all = new LinkedHashMap<>(pairs.parts());
        all.put("loss", pairs.perSample());
        Tensor perSample = mul(draw.share, pairs.perSample());
        return new LossResult(mean(perSample), pairs.error(), perSample, all);
    }

    /** The two groups are averages over the batch. */
    @Override
    public Coupling coupling() {
        return Coupling.BATCH;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        if (from != 0 || to != draw.boundary.length) {
            throw new IllegalArgumentException("truncated consistency: got samples " + from + " to " + to + " of "
                    + draw.boundary.length + "; expected the whole batch, whose two groups are averaged apart");
        }
        return draw;
    }
}
