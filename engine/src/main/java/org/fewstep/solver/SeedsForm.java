package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * The exact solution of the reverse SDE from noise level rho to rho' in EDM's coordinates for a constant prediction: y' =
 * keep y + drive x0 + noise xi, or with eps for x0.
 *
 * @param keep coefficient of y
 * @param drive coefficient of the prediction
 * @param noise standard deviation of the fresh noise
 */
record SeedsForm(double keep, double drive, double noise) {
    static SeedsForm of(Prediction form, double rho, double to) {
        double ratio = to / rho;
        double lost = (1 - ratio) * (1 + ratio);
        return form == Prediction.X0
                ? new SeedsForm(ratio * ratio, lost, to * Math.sqrt(lost))
                : new SeedsForm(1, 2 * (to - rho), rho * Math.sqrt(lost));
    }

    /** Coefficient of a prediction that is not constant but rises from 0 at rho to itself at rho', linear in lambda. */
    static double ramp(Prediction form, double rho, double to) {
        double h = Math.log(rho / to);
        return form == Prediction.X0 ? 2 * h * Phi.of(2, -2 * h) : -2 * to * h * Phi.of(2, h);
    }

    static void require(String solver, Prediction form) {
        if (form != Prediction.X0 && form != Prediction.EPS) {
            throw new IllegalArgumentException(solver + ": got form " + form + "; expected X0 or EPS");
        }
    }

    /** Step i, to sigma = 0. */
    static void last(EdmCoordinates edm, int i, Prediction form, Coefficients coefficients) {
        GridPoint from = edm.point(i);
        GridPoint to = edm.point(i + 1);
        int x = edm.state();
        if (coefficients == Coefficients.PUBLISHED) {
            edm.step(i, edm.move(from, 1, x, to));
        } else if (form == Prediction.X0) {
            edm.step(i, edm.move(from, 0, x, to, edm.term(1, edm.evaluate(x, from))));
        } else {
            edm.step(i, edm.move(from, 1, x, to, edm.term(-from.rho(), edm.evaluate(x, from))));
        }
    }
}
