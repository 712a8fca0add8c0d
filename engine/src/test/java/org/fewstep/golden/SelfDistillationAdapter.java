package org.fewstep.golden;

import org.fewstep.loss.EulerianMatching;
import org.fewstep.loss.LagrangianMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.MapStudent;
import org.fewstep.loss.MapUncertainty;
import org.fewstep.loss.MidTime;
import org.fewstep.loss.SemigroupMatching;
import org.fewstep.model.FlowMapNet;

/** The terms off the diagonal of self-distillation, one variant a stop-gradient type or mid time. */
final class SelfDistillationAdapter implements Adapter {
    private static final String LOSS = "loss_";

    @Override
    public void run(GoldenRun run) {
        MapCase of = new MapCase(run);
        MapUncertainty w = MapCase.constant(run.params().number("w"));
        for (String key : run.expected().keys()) {
            if (key.startsWith(LOSS)) {
                String variant = key.substring(LOSS.length());
                GoldenMlp net = run.mlp();
                LossResult result = variant(run, of, variant, MapCase.map(net), w);
                run.expected().offer(key, result.total());
                run.offerGradients("grad_" + variant + "_", result.total(), net, Tolerance.JVP_GRADIENT);
            }
        }
        values(run, of);
    }

    private static LossResult variant(GoldenRun run, MapCase of, String variant, FlowMapNet net, MapUncertainty w) {
        MapStudent self = new MapStudent(net, net, w);
        return switch (variant) {
            case "lsd_convex" -> lagrangian(of, self, LagrangianMatching.Stop.CONVEX);
            case "lsd_none" -> lagrangian(of, self, LagrangianMatching.Stop.NONE);
            case "esd_full" -> eulerian(of, self, EulerianMatching.Stop.FULL);
            case "esd_convex" -> eulerian(of, self, EulerianMatching.Stop.CONVEX);
            case "esd_none" -> eulerian(of, self, EulerianMatching.Stop.NONE);
            case "psd_midpoint" -> progressive(run, of, net, w, MidTime.MIDPOINT);
            case "psd_uniform" -> progressive(run, of, net, w, MidTime.UNIFORM);
            default ->
                throw new AssertionError(
                        "unknown variant \"" + variant + "\": the adapter knows lsd, esd, psd and their types");
        };
    }

    static LossResult lagrangian(MapCase of, MapStudent nets, LagrangianMatching.Stop stop) {
        LagrangianMatching loss = new LagrangianMatching(of.config(), stop);
        return loss.loss(nets, of.draw(loss));
    }

    static LossResult eulerian(MapCase of, MapStudent nets, EulerianMatching.Stop stop) {
        EulerianMatching loss = new EulerianMatching(of.config(), stop);
        return loss.loss(nets, of.draw(loss));
    }

    private static LossResult progressive(GoldenRun run, MapCase of, FlowMapNet net, MapUncertainty w, MidTime mid) {
        SemigroupMatching loss = new SemigroupMatching(of.config(), mid, SemigroupMatching.Space.VELOCITY);
        LossResult result = loss.loss(
                new SemigroupMatching.Nets(net, net, w),
                mid == MidTime.MIDPOINT ? of.draw(loss) : of.drawOver(loss, run.numbers("h")));
        run.expected().offer(mid == MidTime.MIDPOINT ? "u_midpoint" : "u_uniform", result.part("u"));
        return result;
    }

    /** The terms of both equations, which are the same for every stop. */
    private static void values(GoldenRun run, MapCase of) {
        MapStudent self = MapStudent.self(MapCase.map(run.mlp()));
        values(run, of, self, "v_tt_at_X");
    }

    static void values(GoldenRun run, MapCase of, MapStudent nets, String velocityThere) {
        LossResult inEnd = lagrangian(of, nets, LagrangianMatching.Stop.CONVEX);
        LossResult inStart = eulerian(of, nets, EulerianMatching.Stop.FULL);
        run.expected().offer("I_s", inEnd.part("x_s"));
        run.expected().offer("X_st", inEnd.part("map"));
        run.expected().offer("dX_dt", inEnd.part("d_end"));
        run.expected().offer(velocityThere, inEnd.part("velocity"));
        run.expected().offer("dX_ds", inStart.part("d_start"));
        run.expected().offer("advection", inStart.part("advection"));
    }
}
