package org.fewstep.golden;

import org.fewstep.loss.MapDraw;
import org.fewstep.loss.MapLoss;
import org.fewstep.loss.MapUncertainty;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.Path;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;

/** What the cases of maps X_{s,t} share: noise x0 at 0, data x1 at 1, start s and end t. */
final class MapCase {
    private final GoldenRun run;
    private final Path path;

    MapCase(GoldenRun run) {
        this.run = run;
        this.path = ExactFlowMapAdapter.path(run.params().choice("interpolant", "linear", "trig"));
    }

    Path path() {
        return path;
    }

    /** The shared choices of a loss whose times are given. */
    MapLoss.Config config() {
        return new MapLoss.Config(
                path,
                (rng, step, count) -> {
                    throw new AssertionError("a case has its own times");
                },
                0,
                0);
    }

    /** The case's numbers from s to t. */
    MapDraw draw(MapLoss<?> loss) {
        return loss.draw(run.tensor("x1"), run.tensor("x0"), times("s", "t"), null);
    }

    /** The case's numbers from t to s. */
    MapDraw drawBack(MapLoss<?> loss) {
        return loss.draw(run.tensor("x1"), run.tensor("x0"), times("t", "s"), null);
    }

    /** The case's numbers from s to t over u = h s + (1 - h) t. */
    MapDraw drawOver(MapLoss<?> loss, double[] h) {
        return loss.draw(run.tensor("x1"), run.tensor("x0"), times("s", "t"), h, null);
    }

    private TimePairs times(String from, String to) {
        return new TimePairs(run.numbers(from), run.numbers(to));
    }

    /** A network of (x, s, t): in its columns, s is where the map starts. */
    static FlowMapNet map(GoldenMlp net) {
        return (x, from, to, cond) -> net.u(x, to, from, cond);
    }

    /** A weight that is the same for all pairs of times. */
    static MapUncertainty constant(double w) {
        return (s, t) -> Tensor.full(s.device(), s.dtype(), w, s.shape());
    }
}
