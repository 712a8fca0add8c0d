package org.fewstep.golden;

import java.util.Set;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.KnowledgeDistillation;
import org.fewstep.loss.LossResult;
import org.fewstep.model.SigmaScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.EdmDiscretization;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Pairs of noise and end by EDM's sampler, and one step of a student on them. */
final class KnowledgeDistillationAdapter implements Adapter {
    @Override
    public Set<String> roles() {
        return Set.of("data_model");
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        KarrasGrid grid = ConsistencyPairsAdapter.grid(params);
        double[] levels =
                EdmDiscretization.edm(params.integer("num_steps"), grid.sigmaMin(), grid.sigmaMax(), grid.rho());
        TimeGrid times = EdmAdapter.grid(new EdmSchedule(), levels);
        StepPlan plan = new EdmHeun().plan(times);
        SolverRun teacher = new SolverRun(run.gmm("data_model"), times.schedule());
        Tensor z = run.tensor("z");
        Tensor end = Sampler.run(plan, teacher.field(plan.field()), Ops.scale(z, grid.sigmaMax()));

        KnowledgeDistillation loss = new KnowledgeDistillation(grid.sigmaMax(), 0);
        GoldenMlp net = run.mlp();
        LossResult result =
                loss.loss(SigmaScaling.edm(params.number("sigma_data")).around(net), loss.draw(z, end, null));
        run.expected().offer("teacher_sample", end);
        run.expected().offer("student_out", result.part("f"));
        run.expected().offer("loss", result.total());
        run.offerLayerGradients("grad", result.total(), net, Tolerance.VALUE);
    }
}
