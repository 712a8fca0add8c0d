package org.fewstep.golden;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianFlow;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.Field;
import org.fewstep.tensor.Tensor;

/** The exact consistency function of a mixture, by fine integration, and of a Gaussian, in closed form. */
final class GmmFlowMapAdapter implements Adapter {
    private static final DormandPrince EXACT = new DormandPrince(1e-11, 1e-12);
    private static final double CLEAN = 1e-6;
    private static final String TIME = "t=";
    private static final String ETA = "scott_fixed_point_eta";

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double eps = params.number("eps");
        double sigmaData = params.number("sigma_data");
        Tensor x0 = run.tensor("x0");
        Tensor z = run.tensor("z");
        Flow flow = new Flow(run.gmm());
        List<Tensor> toEps = new ArrayList<>();
        List<Tensor> toHalf = new ArrayList<>();
        for (double t : params.object("times").asDoubles()) {
            Tensor x = add(x0, scale(z, t));
            toEps.add(flow.map(x, t, eps));
            toHalf.add(flow.map(x, t, t / 2));
        }
        offer(run, "flow_map_to_eps", toEps);
        offer(run, "flow_map_to_half", toHalf);

        List<Tensor> exact = new ArrayList<>();
        for (double t : params.object("trig_times").asDoubles()) {
            // x_t = cos(t) x0 + sin(t) s z; EDM's state is x_t / cos(t) at level s tan(t).
            Tensor x = add(scale(x0, Math.cos(t)), scale(z, Math.sin(t) * sigmaData));
            Tensor end = flow.map(scale(x, 1 / Math.cos(t)), sigmaData * Math.tan(t), CLEAN);
            exact.add(scale(add(scale(x, Math.cos(t)), scale(end, -1)), 1 / (Math.sin(t) * sigmaData)));
        }
        offer(run, "trig_F_exact", exact);
        gaussian(run, eps);
    }

    private static void offer(GoldenRun run, String name, List<Tensor> each) {
        run.expected().offer(name, SolverRun.stack(each), Tolerance.INTEGRATED);
    }

    /** The map of the probability flow of x = x0 + sigma z. */
    private record Flow(GaussianMixture gmm) {
        Tensor map(Tensor x, double from, double to) {
            EdmSchedule schedule = new EdmSchedule();
            Field v = (state, point) -> gmm.v(state, PathCoefficients.of(schedule, point.t()));
            return EXACT.solve(v, schedule, x, from, to).end();
        }
    }

    private static void gaussian(GoldenRun run, double eps) {
        GaussianFlow flow = new GaussianFlow(
                run.params().object("gaussian_mean").asDoubles(), run.params().number("gaussian_std"));
        Tensor x0 = run.tensor("x0");
        Tensor z = run.tensor("z");
        for (String time : run.expected().keys("gaussian")) {
            double t = Double.parseDouble(time.substring(TIME.length()));
            Tensor x = add(x0, scale(z, t));
            String in = "gaussian/" + time + "/";
            run.expected().offer(in + "flow_map_to_eps", flow.map(x, t, eps), Tolerance.INTEGRATED);
            for (String name : run.expected().keys("gaussian", time)) {
                if (name.startsWith(ETA)) {
                    double eta = Double.parseDouble(name.substring(ETA.length()));
                    run.expected().offer(in + name, flow.meanOfSde(x, t, eps, eta), Tolerance.INTEGRATED);
                }
            }
        }
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
