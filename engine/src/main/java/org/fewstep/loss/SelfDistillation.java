package org.fewstep.loss;

import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.weightedSum;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fewstep.model.FlowMapNet;
import org.fewstep.op.Ops;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A flow map learned from data alone: its velocity on the diagonal by flow matching, and the map off the diagonal by an
 * equation that holds it against that velocity.
 *
 * <pre>
 * L = (M L_diagonal(first M samples) + (B - M) L_pairs(the other samples)) / B
 * </pre>
 *
 * <p>The equation is {@link LagrangianMatching} (LSD), {@link EulerianMatching} (ESD) or {@link SemigroupMatching} (PSD). The
 * other side of each is made by the teacher: the student itself, or its running average.
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: How to build a consistency model: Learning flow maps via self-distillation, 2025,
 *     arXiv:2505.18825
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class SelfDistillation implements Loss<SelfDistillation.Nets, SelfDistillation.Draw> {
    private static final String NAME = "self-distillation";

    /**
     * The networks.
     *
     * @param map the student
     * @param teacher the student itself, or its average
     * @param uncertainty learned weight; null for none
     */
    public record Nets(
            FlowMapNet map, FlowMapNet teacher, @Nullable MapUncertainty uncertainty) {}

    /**
     * The choices.
     *
     * @param pairs path, law of the pairs of times and labels
     * @param times law of the diagonal's times
     * @param diagonal share of the batch on the diagonal, 0 to 1
     */
    public record Config(MapLoss.Config pairs, TimeSampler times, double diagonal) {
        public Config {
            if (!(0 <= diagonal && diagonal <= 1)) {
                throw new IllegalArgumentException(
                        NAME + ": got " + diagonal + " of the batch on the diagonal; expected 0 to 1");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param diagonal of the first samples; null where there are none
     * @param pairs of the others; null where there are none
     */
    public record Draw(
            FlowMatching.@Nullable Draw diagonal, @Nullable MapDraw pairs) {
        private int onDiagonal() {
            return diagonal == null ? 0 : diagonal.t().length;
        }
    }

    /** A loss off the diagonal with the roles of its networks. */
    private record Pairs<N>(MapLoss<N> loss, Function<Nets, N> roles) {
        LossResult of(Nets nets, MapDraw draw) {
            return loss.loss(roles.apply(nets), draw);
        }
    }

    private final Config config;
    private final DiagonalMatching diagonal;
    private final Pairs<?> pairs;

    private SelfDistillation(Config config, Pairs<?> pairs) {
        this.config = config;
        this.diagonal = new DiagonalMatching(
                config.pairs.path(),
                new FlowMatching.Config(config.times, config.pairs.labelDrop(), config.pairs.classes()));
        this.pairs = pairs;
    }

    /** LSD. */
    public static SelfDistillation lagrangian(Config config, LagrangianMatching.Stop stop) {
        return new SelfDistillation(
                config, new Pairs<>(new LagrangianMatching(config.pairs, stop), SelfDistillation::againstVelocity));
    }

    /** ESD. */
    public static SelfDistillation eulerian(Config config, EulerianMatching.Stop stop) {
        return new SelfDistillation(
                config, new Pairs<>(new EulerianMatching(config.pairs, stop), SelfDistillation::againstVelocity));
    }

    /** PSD. */
    public static SelfDistillation progressive(Config config, MidTime mid) {
        return new SelfDistillation(
                config,
                new Pairs<>(
                        new SemigroupMatching(config.pairs, mid, SemigroupMatching.Space.VELOCITY),
                        nets -> new SemigroupMatching.Nets(nets.map, nets.teacher, nets.uncertainty)));
    }

    private static MapStudent againstVelocity(Nets nets) {
        return new MapStudent(nets.map, nets.teacher, nets.uncertainty);
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        int size = batch.size();
        int onDiagonal = (int) Math.round(config.diagonal * size);
        return new Draw(
                onDiagonal == 0 ? null : diagonal.draw(part(batch, 0, onDiagonal), rng.stream("diagonal"), step),
                onDiagonal == size ? null : pairs.loss.draw(part(batch, onDiagonal, size), rng.stream("pairs"), step));
    }

    private static Batch part(Batch batch, int from, int to) {
        return new Batch(Ops.slice(batch.x0(), 0, from, to), Labels.slice(batch.labels(), from, to));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>();
        if (draw.diagonal != null) {
            inputs.addAll(diagonal.inputs(draw.diagonal));
        }
        if (draw.pairs != null) {
            inputs.addAll(pairs.loss.inputs(draw.pairs));
        }
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        List<LossResult> both = new ArrayList<>();
        Map<String, Tensor> parts = new LinkedHashMap<>();
        if (draw.diagonal != null) {
            LossResult result = diagonal.loss(new DiagonalMatching.Nets(nets.map, nets.uncertainty), draw.diagonal);
            parts.put("diagonal", result.error());
            both.add(result);
        }
        if (draw.pairs != null) {
            LossResult result = pairs.of(nets, draw.pairs);
            parts.put("pairs", result.error());
            both.add(result);
        }
        Tensor perSample = concat(0, both.stream().map(LossResult::perSample).toArray(Tensor[]::new));
        return new LossResult(mean(perSample), error(both, perSample.dim(0)), perSample, parts);
    }

    /** The mean over samples of the unweighted errors. */
    private static Tensor error(List<LossResult> both, int batch) {
        double[] shares = both.stream()
                .mapToDouble(result -> (double) result.perSample().dim(0) / batch)
                .toArray();
        return weightedSum(shares, both.stream().map(LossResult::error).toArray(Tensor[]::new));
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        int split = draw.onDiagonal();
        FlowMatching.Draw first = draw.diagonal;
        MapDraw rest = draw.pairs;
        return new Draw(
                first == null || from >= split ? null : diagonal.slice(first, from, Math.min(to, split)),
                rest == null || to <= split ? null : pairs.loss.slice(rest, Math.max(from, split) - split, to - split));
    }
}
