package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.loss.Batch;
import org.fewstep.loss.ImprovedMeanFlow;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PowerLawScales;
import org.fewstep.model.DataHeads;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.TimePairs;

/** Improved MeanFlow, and pixel MeanFlow, whose heads predict data. */
final class ImprovedMeanFlowAdapter implements Adapter {
    private static final double LEAST = 0.05;

    private final boolean pixel;

    ImprovedMeanFlowAdapter(boolean pixel) {
        this.pixel = pixel;
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        LogitNormalTimes law = new LogitNormalTimes(params.number("P_mean"), params.number("P_std"));
        LogitNormalPairs pairs = new LogitNormalPairs(
                law,
                law,
                pixel ? LogitNormalPairs.Order.SORT_REST : LogitNormalPairs.Order.SORT,
                new Diagonal.Leading(params.number("data_proportion")));
        if (pixel) {
            params.ignore("cfg_max"); // s_max again
        }
        ImprovedMeanFlow loss = new ImprovedMeanFlow(new ImprovedMeanFlow.Config(
                pairs,
                params.number("norm_p"),
                params.number("norm_eps"),
                new PowerLawScales(params.number("cfg_beta"), params.number("s_max")),
                true,
                params.number("class_dropout_prob"),
                params.integer("num_classes"),
                pixel ? params.number("noise_scale") : 1,
                pixel ? LEAST : 0));
        double[] uniformDrop = run.numbers("uniform_drop");
        TimePairs times = pairs.pairs(run.numbers("normal_t"), run.numbers("normal_r"), uniformDrop);
        ImprovedMeanFlow.Guided guided = loss.guided(
                times, uniformDrop, run.numbers("uniform_omega"), run.numbers("t_min_draw"), run.numbers("t_max_draw"));
        int dropped = 0;
        for (boolean one : guided.dropped()) {
            dropped += one ? 1 : 0;
        }
        double told = params.number("num_dropped", dropped);
        if (told != dropped) {
            throw params.fail("num_dropped", "" + told, dropped + ", as uniform_drop says");
        }
        GoldenMlp net = run.mlp();
        TwoHeadNet heads = pixel ? new DataHeads(net::heads, LEAST) : net::heads;
        ImprovedMeanFlow.Draw draw =
                loss.draw(new Batch(run.tensor("x"), run.integers("y")), run.tensor("e"), times, guided);
        LossResult result = loss.loss(heads, draw);

        ExpectedArrays expected = run.expected();
        expected.offer("t", draw.pair().t());
        expected.offer("r", draw.pair().r());
        expected.offer("omega", guided.scale());
        expected.offer("t_min", guided.from());
        expected.offer("t_max", guided.to());
        expected.offer(
                "y_in", Arrays.stream(draw.pair().labels()).asDoubleStream().toArray());
        for (String part : new String[] {
            "z",
            "v_t",
            "v_c_tangent",
            "v_u",
            "v_guided",
            "u",
            "dudt",
            "V",
            "v_head",
            "loss_u_per_sample",
            "loss_v_per_sample"
        }) {
            expected.offer(part, result.part(part));
        }
        expected.offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.JVP_GRADIENT);
    }
}
