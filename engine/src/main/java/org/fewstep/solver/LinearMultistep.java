package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.Prediction;

/**
 * The Adams-Bashforth method with variable steps in rho = sigma / alpha, k-diffusion's LMS. With y = x / alpha and eps_j of
 * j steps before,
 *
 * <pre>
 * y' = y + sum_{j < order} w_j eps_j        w_j = integral over [rho, rho'] of the Lagrange polynomial L_j
 * </pre>
 *
 * <p>L_j lies on the noise levels of the last evaluations. The first steps have fewer and are of lower order. The step to
 * sigma = 0 needs no exception. Order as given (measured 1.0, 1.95, 2.9, 3.8), one evaluation a step.
 *
 * @param order number of evaluations that a step uses, 1 to 8; usually 4
 * @paper Liu et al. 2022: Pseudo Numerical Methods for Diffusion Models on Manifolds, arXiv:2202.09778
 */
public record LinearMultistep(int order) implements Solver {
    private static final int MAX_ORDER = 8;

    public LinearMultistep {
        if (order < 1 || order > MAX_ORDER) {
            throw new IllegalArgumentException(
                    "lms: got order " + order + "; expected 1 to " + MAX_ORDER + "; higher ones are unstable");
        }
    }

    /** Order 4. */
    public LinearMultistep() {
        this(4);
    }

    @Override
    public String name() {
        return "lms";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.EPS, grid);
        List<Integer> eps = new ArrayList<>();
        for (int i = 0; i < edm.steps(); i++) {
            eps.add(edm.evaluate(edm.state(), edm.point(i)));
            double h = edm.point(i + 1).rho() - edm.point(i).rho();
            double[] nodes = new double[Math.min(i + 1, order)];
            for (int j = 0; j < nodes.length; j++) {
                nodes[j] = (edm.point(i - j).rho() - edm.point(i).rho()) / h;
            }
            double[] weights = AdamsWeights.of(0, nodes);
            Instruction.Term[] terms = new Instruction.Term[nodes.length];
            for (int j = 0; j < nodes.length; j++) {
                terms[j] = edm.term(h * weights[j], eps.get(i - j));
            }
            edm.step(i, edm.move(edm.point(i), 1, edm.state(), edm.point(i + 1), terms));
        }
        return edm.build();
    }
}
