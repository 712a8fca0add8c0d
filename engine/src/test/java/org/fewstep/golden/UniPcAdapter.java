package org.fewstep.golden;

import org.fewstep.path.Prediction;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.solver.UniPc;

/** UniPC, as in uni_pc.py. */
final class UniPcAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        DiffusionCase diffusion = new DiffusionCase(run);
        UniPc.Variant variant = switch (params.choice("variant", "bh1", "bh2", "vary_coeff")) {
            case "bh1" -> UniPc.Variant.BH1;
            case "bh2" -> UniPc.Variant.BH2;
            default -> UniPc.Variant.VARY;
        };
        Prediction form = params.choice("algorithm_type", "data_prediction", "noise_prediction")
                        .equals("data_prediction")
                ? Prediction.X0
                : Prediction.EPS;
        UniPc unipc = new UniPc(
                form,
                params.integer("order"),
                variant,
                params.bool("lower_order_final"),
                params.bool("denoise_to_zero"));
        TimeGrid grid = diffusion.grid(params.integer("steps"), params.number("t_end"));
        SolverRun solver = new SolverRun(run.gmm(), diffusion.schedule());
        diffusion.offer(solver, grid.points(), solver.states(unipc.plan(grid), run.tensor("x_T"), NoiseSource.NONE));
    }
}
