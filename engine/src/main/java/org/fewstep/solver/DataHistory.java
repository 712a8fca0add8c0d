package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The steps of the stochastic multistep solvers in the data form, in EDM's coordinates: with h = ln(rho / rho') and k = (1
 * + eta) h,
 *
 * <pre>
 * y' = rho' / rho e^(-eta h) y + (1 - e^-k) x0 + sum_j w_j x0_(j steps before) + noise rho' sqrt(1 - e^(-2 eta h)) xi
 * </pre>
 */
final class DataHistory {
    private final EdmCoordinates edm;
    private final double eta;
    private final double noise;
    private final List<Integer> x0 = new ArrayList<>();

    DataHistory(String solver, TimeGrid grid, double eta, double noise) {
        this.edm = new EdmCoordinates(solver, Prediction.X0, grid);
        this.eta = eta;
        this.noise = noise;
    }

    void evaluate(int i) {
        x0.add(edm.evaluate(edm.state(), edm.point(i)));
    }

    /** True where step i ends at sigma = 0 and h is infinite. */
    boolean endsClean(int i) {
        return edm.point(i + 1).sigma() == 0;
    }

    private double h(int i) {
        return Math.log(edm.point(i).rho() / edm.point(i + 1).rho());
    }

    double k(int i) {
        return (1 + eta) * h(i);
    }

    /** Length of the step {@code back} steps before step i over that of step i. */
    double ratio(int i, int back) {
        return h(i - back) / h(i);
    }

    /** Ends step i; weights[j] belongs to the x0 of j steps before. */
    void step(int i, double... weights) {
        GridPoint from = edm.point(i);
        GridPoint to = edm.point(i + 1);
        if (endsClean(i)) {
            edm.step(i, edm.move(from, 0, edm.state(), to, edm.term(1, x0.get(i))));
            return;
        }
        double h = h(i);
        double ofX0 = -Math.expm1(-k(i));
        Instruction.Term[] terms = new Instruction.Term[Math.max(1, weights.length) + 1];
        terms[0] = edm.term(ofX0 + (weights.length == 0 ? 0 : weights[0]), x0.get(i));
        for (int j = 1; j < weights.length; j++) {
            terms[j] = edm.term(weights[j], x0.get(i - j));
        }
        terms[terms.length - 1] = edm.noise(noise * to.rho() * Math.sqrt(-Math.expm1(-2 * eta * h)));
        edm.step(i, edm.move(from, to.rho() / from.rho() * Math.exp(-eta * h), edm.state(), to, terms));
    }

    StepPlan build() {
        return edm.build();
    }
}
