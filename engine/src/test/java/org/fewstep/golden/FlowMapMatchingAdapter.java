package org.fewstep.golden;

import org.fewstep.loss.FlowMapMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.MidTime;
import org.fewstep.loss.SemigroupMatching;

/** Flow map matching without a teacher, and progressive from an earlier map. */
final class FlowMapMatchingAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireRoles("pair", "student", "teacher");
        MapCase of = new MapCase(run);
        direct(run, of);
        progressive(run, of);
    }

    private static void direct(GoldenRun run, MapCase of) {
        GoldenMlp net = run.mlp("model", "student");
        FlowMapMatching loss = new FlowMapMatching(of.config());
        LossResult result = loss.loss(MapCase.map(net), of.drawBack(loss));
        run.expected().offer("X_ts_It", result.part("away"));
        run.expected().offer("X_st_X_ts_It", result.part("back"));
        run.expected().offer("dXdt", result.part("d_end"));
        run.expected().offer("loss_fmm_velocity", result.part("velocity"));
        run.expected().offer("loss_fmm_inverse", result.part("inverse"));
        run.expected().offer("loss_fmm", result.total());
        run.offerGradients("grad_fmm_", result.total(), net, Tolerance.JVP_GRADIENT);
    }

    private static void progressive(GoldenRun run, MapCase of) {
        GoldenMlp net = run.mlp("model", "student");
        SemigroupMatching loss = new SemigroupMatching(of.config(), MidTime.MIDPOINT, SemigroupMatching.Space.STATE);
        LossResult result = loss.loss(
                new SemigroupMatching.Nets(MapCase.map(net), MapCase.map(run.mlp("model", "teacher")), null),
                of.draw(loss));
        run.expected().offer("loss_progressive", result.total());
        run.offerGradients("grad_progressive_", result.total(), net, Tolerance.JVP_GRADIENT);
    }
}
