package org.fewstep.solver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.fewstep.path.Prediction;

/** The solvers with fixed steps by name, as recipes and the command line know them. */
public final class SolverCatalog {
    /**
     * A solver with what one wants to know before taking it.
     *
     * @param solver with its usual options
     * @param order of convergence, strong order where it draws noise
     * @param evaluations a step of the grid
     * @param about in a few words
     */
    public record Entry(Solver solver, int order, String evaluations, String about) {
        /** Name to ask for. */
        public String name() {
            return solver.name();
        }
    }

    private static final List<Entry> ENTRIES = entries();

    private SolverCatalog() {}

    /** All of them, in the order of their families. */
    public static List<Entry> all() {
        return ENTRIES;
    }

    /**
     * The solver of a name.
     *
     * @throws IllegalArgumentException naming those nearest to it
     */
    public static Solver of(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Entry entry : ENTRIES) {
            if (entry.name().equals(wanted)) {
                return entry.solver();
            }
        }
        List<String> names = new ArrayList<>(ENTRIES.stream().map(Entry::name).toList());
        Collections.sort(names);
        throw new IllegalArgumentException("solver: got \"" + name + "\"; expected one of " + String.join(", ", names));
    }

    private static List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        all.add(new Entry(new Euler(), 1, "1", "the velocity's ODE"));
        all.add(new Entry(new Midpoint(), 2, "2", "the velocity's ODE"));
        all.add(new Entry(new Heun(), 2, "2", "the velocity's ODE"));
        all.add(new Entry(new RungeKutta4(), 4, "4", "the velocity's ODE, classic weights"));
        all.add(new Entry(new RungeKutta38(), 4, "4", "the velocity's ODE, 3/8 rule"));
        all.add(new Entry(new Ddim(0), 1, "1", "exponential, order 1: DPM-Solver-1"));
        all.add(new Entry(new Ddim(1), 1, "1", "ancestral"));
        all.add(new Entry(new Ddpm(Ddpm.Variance.SMALL), 1, "1", "ancestral"));
        all.add(new Entry(new Ddpm(Ddpm.Variance.LARGE), 1, "1", "the same with the forward step's variance"));
        all.add(new Entry(new Pndm(Pndm.Start.NONE), 1, "1", "pseudo multistep of order 4, no start"));
        all.add(new Entry(new Pndm(Pndm.Start.AVERAGE), 1, "1, and 1 more", "pseudo multistep"));
        all.add(new Entry(new Pndm(Pndm.Start.RUNGE_KUTTA), 1, "1, and 9 more", "pseudo multistep"));
        for (Prediction form : new Prediction[] {Prediction.EPS, Prediction.X0}) {
            String kind = form == Prediction.X0 ? "DPM-Solver++" : "DPM-Solver";
            for (int order = 2; order <= 3; order++) {
                all.add(new Entry(
                        new DpmSinglestep(form, order, Correction.MIDPOINT, false),
                        order,
                        "1",
                        kind + ", stages on the grid"));
            }
            for (int order = 2; order <= 3; order++) {
                all.add(new Entry(
                        new DpmMultistep(
                                form, order, Correction.MIDPOINT, Coefficients.EXACT, DpmMultistep.FEW_STEPS, false),
                        order,
                        "1",
                        kind + " from earlier predictions"));
            }
        }
        for (int order = 1; order <= 3; order++) {
            all.add(new Entry(new UniPc(order), order + 1, "1", "predictor and corrector"));
        }
        for (int degree = 1; degree <= 3; degree++) {
            all.add(new Entry(new Deis(Deis.Variable.LOG_RHO, degree), degree + 1, "1", "Adams-Bashforth in ln rho"));
            all.add(new Entry(new Deis(Deis.Variable.T, degree), degree + 1, "1", "Adams-Bashforth in time"));
            all.add(new Entry(new Deis(Deis.Variable.RHO, degree), degree + 1, "1", "Adams-Bashforth in rho"));
        }
        all.add(new Entry(new DeisRungeKutta(DeisRungeKutta.Method.HEUN_2), 2, "2", "Runge-Kutta in rho"));
        all.add(new Entry(new DeisRungeKutta(DeisRungeKutta.Method.KUTTA_3), 3, "3", "Runge-Kutta in rho"));
        all.add(new Entry(new DeisRungeKutta(DeisRungeKutta.Method.CLASSIC_4), 4, "4", "Runge-Kutta in rho"));
        all.add(new Entry(new Heun3(), 3, "3", "the velocity's ODE"));
        all.add(new Entry(new EdmEuler(), 1, "1", "EDM's Euler, churn 0"));
        all.add(new Entry(new EdmHeun(Churn.NONE), 2, "2", "EDM's Heun, churn 0"));
        all.add(new Entry(new EdmDpm2(), 2, "2", "DPM-2 in EDM's coordinates, churn 0"));
        all.add(new Entry(new LinearMultistep(), 4, "1", "Adams in sigma"));
        all.add(new Entry(new DpmFast(), 3, "1", "DPM-Solver-fast in EDM's coordinates"));
        all.add(new Entry(new EulerAncestral(), 1, "1", "ancestral, eta 1"));
        all.add(new Entry(new Dpm2Ancestral(), 1, "2", "ancestral, eta 1"));
        all.add(new Entry(new DpmPp2sAncestral(), 1, "2", "ancestral, eta 1"));
        all.add(new Entry(new DpmPpSde(), 1, "2", "SDE, two draws a step of one Brownian path"));
        all.add(new Entry(new DpmPp2mSde(), 1, "1", "SDE from earlier predictions"));
        all.add(new Entry(new DpmPp3mSde(), 1, "1", "SDE from earlier predictions"));
        all.add(new Entry(new ErSde(), 1, "1", "extended reverse SDE, order 3 in its deterministic part"));
        all.add(new Entry(new Seeds1(), 1, "1", "stochastic exponential"));
        all.add(new Entry(new Seeds2(), 1, "2", "stochastic exponential, two draws a step"));
        all.add(new Entry(new Seeds3(), 1, "3", "stochastic exponential, three draws a step"));
        all.add(new Entry(new SaSolver(1), 1, "1", "SDE by Adams predictor and corrector, tau 1"));
        return List.copyOf(all);
    }
}
