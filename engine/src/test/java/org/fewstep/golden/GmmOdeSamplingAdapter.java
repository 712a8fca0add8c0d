package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Field;
import org.fewstep.solver.Heun;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.RungeKutta38;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.Solver;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** The mixture's probability flow from noise at 0 to data at 1, by fixed steps and exactly. */
final class GmmOdeSamplingAdapter implements Adapter {
    private static final DormandPrince EXACT = new DormandPrince(1e-11, 1e-12);

    @Override
    public void run(GoldenRun run) {
        Path path = LinearPath.NOISE_AT_ZERO;
        GaussianMixture gmm = run.gmm();
        Field field = (x, point) -> gmm.v(x, PathCoefficients.of(path, point.t()));
        Tensor z = run.tensor("z");
        TimeGrid grid = TimeGrid.uniform(path, run.params().integer("steps"));
        for (String method : run.expected().keys("fixed_step")) {
            Tensor x = Sampler.run(solver(method).plan(grid), field, z);
            run.expected().offer("fixed_step/" + method, x);
        }

        double[] times = run.numbers("times");
        List<Tensor> states = new ArrayList<>();
        Tensor x = z;
        double at = path.noiseTime();
        for (double t : times) {
            x = t == at ? x : EXACT.solve(field, path, x, at, t).end();
            at = t;
            states.add(x);
        }
        double[] trajectory = new double[times.length * z.shape().count()];
        for (int i = 0; i < times.length; i++) {
            System.arraycopy(
                    states.get(i).toDoubles(),
                    0,
                    trajectory,
                    i * z.shape().count(),
                    z.shape().count());
        }
        Tensor all = Tensor.of(run.device(), run.dtype(), trajectory, times.length, z.dim(0), z.dim(1));
        run.expected().offer("trajectory", all, Tolerance.INTEGRATED);
    }

    private static Solver solver(String method) {
        return switch (method) {
            case "euler" -> new Euler();
            case "midpoint" -> new Midpoint();
            case "heun2" -> new Heun();
            case "rk4" -> new RungeKutta38();
            default -> throw new AssertionError("unknown variant \"" + method + "\": no solver of that name");
        };
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
