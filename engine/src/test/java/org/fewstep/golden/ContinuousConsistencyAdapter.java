package org.fewstep.golden;

import java.util.Set;
import org.fewstep.loss.ContinuousConsistency;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.LossResult;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.solver.KarrasSpacing;

/** The continuous-time losses of 2023; options stand in the variants. */
final class ContinuousConsistencyAdapter implements Adapter {
    private static final Set<String> OPTIONS = Set.of("loss_norm", "stopgrad", "consistency_training");

    @Override
    public Set<String> roles() {
        return Set.of("teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double sigmaData = params.number("sigma_data");
        KarrasGrid grid = new KarrasGrid(params.number("t_min"), params.number("t_max"), params.number("rho"));
        KarrasSpacing spacing = new KarrasSpacing(grid.rho());
        double[] t = ScheduleAdapter.map(run.numbers("u"), u -> spacing.level(grid.sigmaMin(), grid.sigmaMax(), u));
        SigmaScaling scaling = new SigmaScaling(sigmaData, grid.sigmaMin());
        for (String variant : run.expected().keys()) {
            ExpectedArrays expected = run.expected();
            boolean training =
                    expected.option(variant + "/consistency_training").asBool();
            boolean stopped = expected.option(variant + "/stopgrad").asBool();
            String norm = expected.option(variant + "/loss_norm").asString();
            ContinuousConsistency.Form form = stopped
                    ? ContinuousConsistency.Form.STOP_GRADIENT
                    : switch (norm) {
                        case "l2" -> ContinuousConsistency.Form.NORM;
                        case "l1" -> ContinuousConsistency.Form.MEAN_ABSOLUTE;
                        default ->
                            throw expected.option(variant + "/loss_norm").fail(norm, "l2 or l1", "no such distance");
                    };
            GoldenMlp net = run.mlp();
            PredictionNet teacher =
                    training ? null : SigmaScaling.edm(sigmaData).around(run.mlp("teacher_model"));
            ContinuousConsistency loss =
                    new ContinuousConsistency(new ContinuousConsistency.Config((rng, step, n) -> t, form, 0, 0));
            LossResult result = loss.loss(
                    new ContinuousConsistency.Nets(scaling.around(net), teacher),
                    loss.draw(run.tensor("x0"), run.tensor("noise"), t, null));
            expected.offer(variant + "/t", t);
            for (String part : new String[] {"x_t", "tangent_x", "tangent_t", "f", "df"}) {
                expected.offer(variant + "/" + part, result.part(part));
            }
            expected.offer(variant + "/loss", result.total());
            run.offerLayerGradients(variant + "/grad", result.total(), net, Tolerance.JVP_GRADIENT);
        }
    }
}
