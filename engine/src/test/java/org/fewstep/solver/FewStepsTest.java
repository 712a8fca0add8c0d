package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.VpPath;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every solver at 1, 2, 3 and 5 steps, to clean data and short of it: finite, near the data, evaluations as planned. */
class FewStepsTest extends EngineTest {
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {0.5, 0.5}, new double[][] {{1, 0}, {-1, 0.5}}, new double[] {0.3, 0.2});

    private static final int[] STEPS = {1, 2, 3, 5};

    private static List<Solver> solvers() {
        List<Solver> solvers = new ArrayList<>();
        for (Prediction form : new Prediction[] {Prediction.X0, Prediction.EPS}) {
            for (int order = 1; order <= 3; order++) {
                for (Correction correction : Correction.values()) {
                    for (Coefficients coefficients : Coefficients.values()) {
                        solvers.add(new DpmMultistep(form, order, correction, coefficients, 10, false));
                        solvers.add(new DpmMultistep(form, order, correction, coefficients, 0, false));
                    }
                    solvers.add(new DpmSinglestep(form, order, correction, false));
                }
                for (UniPc.Variant variant : UniPc.Variant.values()) {
                    solvers.add(new UniPc(form, order, variant, true, false));
                    solvers.add(new UniPc(form, order, variant, false, false));
                }
            }
            solvers.add(new SaSolver(form, 3, 4, Tau.constant(0), SaSolver.Mode.FEW_STEPS, false));
            solvers.add(new SaSolver(form, 2, 2, Tau.constant(0), SaSolver.Mode.FEW_STEPS, true));
        }
        solvers.add(new SaSolver(1));
        solvers.add(new SaSolver(Prediction.X0, 2, 2, Tau.constant(0.5), SaSolver.Mode.FEW_STEPS, false));
        for (Deis.Variable variable : Deis.Variable.values()) {
            for (int degree = 0; degree <= 3; degree++) {
                solvers.add(new Deis(variable, degree));
            }
        }
        for (DeisRungeKutta.Method method : DeisRungeKutta.Method.values()) {
            solvers.add(new DeisRungeKutta(method));
        }
        for (Pndm.Start start : Pndm.Start.values()) {
            solvers.add(new Pndm(start));
        }
        for (double eta : new double[] {0, 0.5, 1}) {
            solvers.add(new Ddim(eta));
        }
        for (Ddpm.Variance variance : Ddpm.Variance.values()) {
            solvers.add(new Ddpm(variance));
        }
        return solvers;
    }

    /** Grids by name; the second is true where the start has no data in it at all. */
    private static Map<String, TimeGrid> grids(int steps, boolean emptyStart) {
        Map<String, TimeGrid> grids = new LinkedHashMap<>();
        NoiseSchedule vp = new VpPath().reversed();
        grids.put("vp to 1e-3", TimeGrid.uniform(vp, steps, 1, 1e-3));
        grids.put("vp to 0", TimeGrid.uniform(vp, steps, 1, 0));
        grids.put("edm to 0", TimeGrid.uniform(new EdmSchedule(), steps, 20, 0));
        grids.put("edm to 0.01", TimeGrid.uniform(new EdmSchedule(), steps, 20, 0.01));
        grids.put("flow off its start", TimeGrid.uniform(LinearPath.NOISE_AT_ONE, steps, 0.999, 0));
        if (emptyStart) {
            grids.put("flow", TimeGrid.uniform(LinearPath.NOISE_AT_ONE, steps));
        }
        return grids;
    }

    @TestFactory
    List<DynamicTest> everySolver() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Solver solver : solvers()) {
            tests.add(dynamicTest(solver.toString(), () -> {
                for (int steps : STEPS) {
                    boolean data =
                            solver.plan(TimeGrid.of(new EdmSchedule(), 2, 1)).field() == Prediction.X0;
                    grids(steps, data).forEach((name, grid) -> check(solver, name, grid));
                }
            }));
        }
        return tests;
    }

    private void check(Solver solver, String name, TimeGrid grid) {
        StepPlan plan = solver.plan(grid);
        CountedField field = new CountedField((x, point) -> {
            PathCoefficients at = PathCoefficients.of(point);
            return plan.field() == Prediction.X0 ? DATA.x0(x, at) : DATA.eps(x, at);
        });
        double sigma = grid.point(0).sigma();
        double[] start = {0.3 * sigma, -0.8 * sigma, -1.1 * sigma, 0.4 * sigma};
        Tensor x =
                Sampler.run(plan, field, Tensor.of(device, DType.F64, start, 2, 2), NoiseSource.seeded(new Rng(5), 0));
        String what = solver + " on " + name + " at " + grid.steps() + " steps";
        for (double value : x.toDoubles()) {
            assertTrue(Double.isFinite(value), what + ": got " + value);
        }
        assertEquals(plan.evaluations(), field.evaluations(), what);
    }

    /** Bits of a sample, noise included, whatever the others in its batch. */
    @TestFactory
    List<DynamicTest> samplesDoNotDependOnTheirBatch() {
        List<DynamicTest> tests = new ArrayList<>();
        double[] start = {0.3, -0.8, -1.1, 0.4, 0.9, 1.7};
        for (SolverCatalog.Entry entry : SolverCatalog.all()) {
            tests.add(dynamicTest(entry.name(), () -> {
                NoiseSchedule vp = new VpPath().reversed();
                StepPlan plan = entry.solver().plan(TimeGrid.uniform(vp, 6, 1, 1e-3));
                Field field = (x, point) -> {
                    PathCoefficients at = PathCoefficients.of(vp, point.t());
                    return switch (plan.field()) {
                        case X0 -> DATA.x0(x, at);
                        case EPS -> DATA.eps(x, at);
                        case SCORE -> DATA.score(x, at);
                        case V -> DATA.v(x, at);
                    };
                };
                double[] together = Sampler.run(
                                plan,
                                field,
                                Tensor.of(device, DType.F64, start, 3, 2),
                                NoiseSource.seeded(new Rng(9), 0))
                        .toDoubles();
                for (int i = 2; i >= 0; i--) {
                    Tensor one = Tensor.of(device, DType.F64, Arrays.copyOfRange(start, 2 * i, 2 * i + 2), 1, 2);
                    double[] alone = Sampler.run(plan, field, one, NoiseSource.seeded(new Rng(9), i))
                            .toDoubles();
                    assertArrayEquals(Arrays.copyOfRange(together, 2 * i, 2 * i + 2), alone, entry.name());
                }
            }));
        }
        return tests;
    }
}
