package org.fewstep.golden;

import org.fewstep.loss.EulerianMatching;
import org.fewstep.loss.LagrangianMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.MapStudent;
import org.fewstep.model.FlowMapNet;

/** Lagrangian and Eulerian map distillation from a teacher's velocity. */
final class MapDistillationAdapter implements Adapter {
    private static final String LOSS = "loss_";

    @Override
    public void run(GoldenRun run) {
        run.requireRoles("pair", "student", "teacher");
        MapCase of = new MapCase(run);
        FlowMapNet teacher = MapCase.map(run.mlp("model", "teacher"));
        for (String key : run.expected().keys()) {
            if (key.startsWith(LOSS)) {
                String variant = key.substring(LOSS.length());
                GoldenMlp net = run.mlp("model", "student");
                LossResult result = variant(of, variant, new MapStudent(MapCase.map(net), teacher, null));
                run.expected().offer(key, result.total());
                run.offerGradients("grad_" + variant + "_", result.total(), net, Tolerance.JVP_GRADIENT);
            }
        }
        MapStudent nets = new MapStudent(MapCase.map(run.mlp("model", "student")), teacher, null);
        SelfDistillationAdapter.values(run, of, nets, "b_t_at_X");
    }

    private static LossResult variant(MapCase of, String variant, MapStudent nets) {
        return switch (variant) {
            case "lmd" -> SelfDistillationAdapter.lagrangian(of, nets, LagrangianMatching.Stop.NONE);
            case "lmd_sg" -> SelfDistillationAdapter.lagrangian(of, nets, LagrangianMatching.Stop.CONVEX);
            case "emd" -> SelfDistillationAdapter.eulerian(of, nets, EulerianMatching.Stop.CONVEX);
            default ->
                throw new AssertionError("unknown variant \"" + variant + "\": the adapter knows lmd, lmd_sg and emd");
        };
    }
}
