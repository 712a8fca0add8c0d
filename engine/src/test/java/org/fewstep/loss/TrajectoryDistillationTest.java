package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.loss.TrajectoryDistillation.Weighting;
import org.fewstep.model.CriticMlp;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The terms of a consistency trajectory model and their weights. */
class TrajectoryDistillationTest {
    private static final int BATCH = 6;

    private static TrajectoryDistillation loss(Weighting weighting, double denoising, GeneratorTerm adversarial) {
        Parametrisation as = Parametrisation.trajectory(0.5, 0.002);
        return new TrajectoryDistillation(new TrajectoryDistillation.Config(
                new ConsistencyTrajectory(new ConsistencyTrajectory.Config(
                        as.trajectories(), KarrasGrid.PUBLISHED, 6, new Distance.MeanSquare(), 0, 0)),
                new TrajectoryDenoising(as.trajectories(), new LogNormalTimes(new EdmSchedule(), -1.2, 1.2), 0, 0),
                denoising,
                adversarial,
                weighting));
    }

    private static double norm(Tensor term, List<Tensor> layer) {
        double squares = 0;
        for (Tensor gradient : Grad.retain(term, layer)) {
            for (double g : gradient.toDoubles()) {
                squares += g * g;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void adaptiveWeightsAreRatiosOfGradientNormsAndFixedOnesAreOne() {
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope();
                FlowNetwork net =
                        (FlowNetwork) NetworkConfig.mlp(2, 8, 2, 2, 0).build(new Init(device, DType.F64, new Rng(1)));
                CriticMlp critic = new CriticMlp(new Init(device, DType.F64, new Rng(2)), 2, 0, 8, 2, 0.5)) {
            Tensor x0 = Noise.normal(device, DType.F64, new Rng(3), 0, 0, Shape.of(BATCH, 2));
            TrajectoryDistillation.Nets nets = new TrajectoryDistillation.Nets(
                    net, net, (x, t, cond) -> Ops.scale(x, 0.1), critic, net.lastLayer());
            GeneratorTerm term = new GeneratorTerm(Adversarial.HINGE, 0.5, 3);
            TrajectoryDistillation adaptive = loss(Weighting.ADAPTIVE, 2, term);
            TrajectoryDistillation.Draw draw = adaptive.draw(new Batch(x0, null), new Rng(5), 3);
            LossResult result = adaptive.loss(nets, draw);
            ConsistencyTrajectory.Nets own = new ConsistencyTrajectory.Nets(net, net, nets.teacher());
            LossResult first = new ConsistencyTrajectory(new ConsistencyTrajectory.Config(
                            Parametrisation.trajectory(0.5, 0.002).trajectories(),
                            KarrasGrid.PUBLISHED,
                            6,
                            new Distance.MeanSquare(),
                            0,
                            0))
                    .loss(own, draw.trajectory());
            assertEquals(first.total().item(), result.error().item(), 1e-15);
            double reference = norm(first.total(), net.lastLayer());
            double denoising = norm(Ops.mean(result.part("denoising")), net.lastLayer());
            double adversarial = norm(Ops.mean(result.part("adversarial")), net.lastLayer());
            double one = reference / (denoising + 1e-4);
            double two = Math.max(0.01, Math.min(10, reference / (adversarial + 1e-4)));
            assertEquals(one, result.part("lambda_1").item(), 1e-10 * one);
            assertEquals(two, result.part("lambda_2").item(), 1e-10 * two);
            double total = first.total().item()
                    + 2 * one * Ops.mean(result.part("denoising")).item()
                    + 0.5 * two * Ops.mean(result.part("adversarial")).item();
            assertEquals(total, result.total().item(), 1e-10 * Math.abs(total));

            LossResult fixed = loss(Weighting.FIXED, 2, term).loss(nets, draw);
            assertEquals(1, fixed.part("lambda_1").item());
            assertEquals(1, fixed.part("lambda_2").item());
            assertNotEquals(result.total().item(), fixed.total().item());
            TrajectoryDistillation.Draw early = adaptive.draw(new Batch(x0, null), new Rng(5), 2);
            assertTrue(adaptive.loss(nets, early).parts().keySet().stream().noneMatch("adversarial"::equals));
            assertThrows(IllegalArgumentException.class, () -> adaptive.slice(draw, 0, 2));
            CriticNet none = null;
            assertTrue(loss(Weighting.FIXED, 0, term)
                    .loss(new TrajectoryDistillation.Nets(net, net, nets.teacher(), none, List.of()), draw)
                    .parts()
                    .keySet()
                    .stream()
                    .noneMatch(name -> name.startsWith("lambda")));
        }
    }
}
