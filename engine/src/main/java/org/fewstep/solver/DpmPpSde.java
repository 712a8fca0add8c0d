package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Stochastic DPM-Solver++ in two stages. With rho = sigma / alpha, y = x / alpha, m = rho (rho' / rho)^r, and down(.),
 * up(.) the ancestral split of a level as seen from rho (see {@link EulerAncestral}),
 *
 * <pre>
 * y_m = k y + (1 - k) x0(y, rho) + noise up(m) xi_1                      k = down(m) / rho
 * y'  = k' y + (1 - k') ((1 - 1 / (2 r)) x0(y, rho) + 1 / (2 r) x0(y_m, m)) + noise up(rho') xi_2
 * </pre>
 *
 * <p>The noises of a step belong to overlapping intervals. As published xi_2 is drawn by itself or taken from a Brownian
 * path, which are two methods: with {@link Coupling#BROWNIAN} xi_2 is the increment over the whole step of a path in rho whose
 * increment over [m, rho] is xi_1, as in k-diffusion's default. A step to sigma = 0 gives x0. Two evaluations and two draws
 * a step, one evaluation in a step to sigma = 0. Order 2 at eta = 0, weak order 1 otherwise.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @param r place of the second evaluation in the step, in (0, 1]
 * @param coupling how the noises of a step hang together
 * @paper Lu et al. 2022: DPM-Solver++, arXiv:2211.01095
 */
public record DpmPpSde(double eta, double noise, double r, Coupling coupling) implements Solver {
    /** How the two noises of a step hang together. */
    public enum Coupling {
        /** Increments of one Brownian path in rho. */
        BROWNIAN,
        /** Not at all. */
        INDEPENDENT
    }

    public DpmPpSde {
        AncestralSplit.require("dpmpp-sde", eta, noise);
        if (!(0 < r && r <= 1)) {
            throw new IllegalArgumentException("dpmpp-sde: got r " + r + "; expected a number in (0, 1]; 1/2 is usual");
        }
    }

    /** All of the reverse SDE's noise, on a Brownian path, second evaluation in the middle. */
    public DpmPpSde() {
        this(1, 1, 0.5, Coupling.BROWNIAN);
    }

    @Override
    public String name() {
        return "dpmpp-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.X0, grid);
        for (int i = 0; i < edm.steps(); i++) {
            GridPoint to = edm.point(i + 1);
            int x0 = edm.evaluate(edm.state(), edm.point(i));
            int x = to.sigma() == 0
                    ? edm.move(edm.point(i), 0, edm.state(), to, edm.term(1, x0))
                    : step(edm, edm.point(i), to, x0);
            edm.step(i, x);
        }
        return edm.build();
    }

    private int step(EdmCoordinates edm, GridPoint from, GridPoint to, int x0) {
        int x = edm.state();
        double rho = from.rho();
        GridPoint middle = r == 1 ? to : edm.at(rho * Math.pow(to.rho() / rho, r));
        AncestralSplit first = AncestralSplit.of(rho, middle.rho(), eta);
        double keep = first.down() / rho;
        Instruction.Term firstNoise = edm.noise(noise * first.up());
        int trial = edm.move(from, keep, x, middle, edm.term(1 - keep, x0), firstNoise);
        int second = edm.evaluate(trial, middle);

        AncestralSplit whole = AncestralSplit.of(rho, to.rho(), eta);
        keep = whole.down() / rho;
        double up = noise * whole.up();
        double share = coupling == Coupling.BROWNIAN ? (rho - middle.rho()) / (rho - to.rho()) : 0;
        return edm.move(
                from,
                keep,
                x,
                to,
                edm.term((1 - keep) * (1 - 1 / (2 * r)), x0),
                edm.term((1 - keep) / (2 * r), second),
                edm.term(up * Math.sqrt(share), firstNoise.value()),
                edm.noise(up * Math.sqrt(1 - share)));
    }
}
