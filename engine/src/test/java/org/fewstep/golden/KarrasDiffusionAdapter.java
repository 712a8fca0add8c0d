package org.fewstep.golden;

import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.Churn;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.Dpm2Ancestral;
import org.fewstep.solver.DpmFast;
import org.fewstep.solver.DpmPp2mSde;
import org.fewstep.solver.DpmPp2sAncestral;
import org.fewstep.solver.DpmPp3mSde;
import org.fewstep.solver.DpmPpSde;
import org.fewstep.solver.EdmDpm2;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.EulerAncestral;
import org.fewstep.solver.LinearMultistep;
import org.fewstep.solver.Solver;
import org.fewstep.solver.TimeGrid;

/** The samplers of k-diffusion with fixed steps. */
final class KarrasDiffusionAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        OptionalParams params = new OptionalParams(run);
        run.params().ignore("grid"); // repeats the input sigmas
        String sampler = run.params().string("sampler");
        Solver solver = solver(sampler, params, run);
        EdmSchedule schedule = new EdmSchedule();
        TimeGrid grid = sampler.equals("sample_dpm_fast")
                ? DpmFast.grid(
                        schedule,
                        run.params().integer("n"),
                        run.params().number("sigma_max"),
                        run.params().number("sigma_min"))
                : TimeGrid.of(schedule, run.numbers("sigmas"));
        int draws = switch (sampler) {
            case "sample_dpmpp_sde" -> 2;
            case "sample_dpm_2_ancestral" -> PlannedRun.AS_PLANNED;
            default -> 1;
        };
        new PlannedRun(run, solver.plan(grid), schedule, run.tensor("x_T"), draws).offer(Tolerance.VALUE);
    }

    private static Solver solver(String sampler, OptionalParams params, GoldenRun run) {
        return switch (sampler) {
            case "sample_euler" -> new EdmEuler(churn(params));
            case "sample_heun" -> new EdmHeun(churn(params));
            case "sample_dpm_2" -> new EdmDpm2(churn(params));
            case "sample_lms" -> new LinearMultistep(params.integer("order", 4));
            case "sample_euler_ancestral" -> new EulerAncestral(eta(params, 1), noise(params));
            case "sample_dpm_2_ancestral" -> new Dpm2Ancestral(eta(params, 1), noise(params), Coefficients.PUBLISHED);
            case "sample_dpmpp_2s_ancestral" -> new DpmPp2sAncestral(eta(params, 1), noise(params));
            case "sample_dpmpp_sde" ->
                new DpmPpSde(eta(params, 1), noise(params), params.number("r", 0.5), DpmPpSde.Coupling.INDEPENDENT);
            case "sample_dpmpp_2m" -> new DpmPp2mSde(0, 1, DpmPp2mSde.Weight.MIDPOINT);
            case "sample_dpmpp_2m_sde" ->
                new DpmPp2mSde(
                        eta(params, 1),
                        noise(params),
                        params.choice("solver_type", "midpoint", "heun").equals("heun")
                                ? DpmPp2mSde.Weight.HEUN
                                : DpmPp2mSde.Weight.MIDPOINT);
            case "sample_dpmpp_3m_sde" -> new DpmPp3mSde(eta(params, 1), noise(params), Coefficients.PUBLISHED);
            case "sample_dpm_fast" -> new DpmFast(eta(params, 0), noise(params));
            default -> throw run.params().fail("sampler", sampler, "a function of k-diffusion");
        };
    }

    static double eta(OptionalParams params, double absent) {
        return params.number("eta", absent);
    }

    static double noise(OptionalParams params) {
        return params.number("s_noise", 1);
    }

    private static Churn churn(OptionalParams params) {
        return new Churn(
                params.number("s_churn", 0),
                params.number("s_tmin", 0),
                params.number("s_tmax", Double.POSITIVE_INFINITY),
                noise(params));
    }
}
