package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.loss.Batch;
import org.fewstep.loss.MeanFlow;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.TimePairs;

/** MeanFlow with guidance inside the target, label dropout and times from their normal numbers. */
final class MeanFlowJaxAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        params.choice("guidance_eq", "cfg");
        LogitNormalPairs law = new LogitNormalPairs(
                params.number("P_mean"),
                params.number("P_std"),
                new Diagonal.Leading(params.number("data_proportion")));
        MeanFlow loss = new MeanFlow(new MeanFlow.Config(
                law,
                params.number("norm_p"),
                params.number("norm_eps"),
                new MeanFlow.Guidance(
                        params.number("omega"),
                        params.number("kappa"),
                        params.number("t_start"),
                        params.number("t_end")),
                params.number("class_dropout_prob"),
                params.integer("num_classes")));
        GoldenMlp net = run.mlp();
        double[] uniformDrop = run.numbers("uniform_drop");
        TimePairs times = law.pairs(run.numbers("normal_t"), run.numbers("normal_r"), uniformDrop);
        MeanFlow.Draw draw =
                loss.draw(new Batch(run.tensor("x"), run.integers("y")), run.tensor("e"), times, uniformDrop);
        int dropped = 0;
        for (boolean one : draw.dropped()) {
            dropped += one ? 1 : 0;
        }
        double told = params.number("num_dropped", dropped);
        if (told != dropped) {
            throw params.fail("num_dropped", "" + told, dropped + ", as uniform_drop says");
        }

        run.expected().offer("t", draw.t());
        run.expected().offer("r", draw.r());
        run.expected()
                .offer("y_in", Arrays.stream(draw.labels()).asDoubleStream().toArray());
        MeanFlowTorchAdapter.offer(run, net, loss.loss(net, draw));
    }
}
