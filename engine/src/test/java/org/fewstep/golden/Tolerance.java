package org.fewstep.golden;

/** Classes of values by how exactly two implementations can agree in F64. */
enum Tolerance {
    /** Losses, values, targets, tables, trajectories of fixed-step solvers. */
    VALUE(1e-9),
    /** Gradients of losses with a derivative inside. */
    JVP_GRADIENT(1e-8),
    /** Log densities: closed, by a given probe, or by the exact divergence. */
    LIKELIHOOD(1e-8),
    /** Results of a fine integration on both sides. */
    INTEGRATED(1e-7),
    /** Results of solvers with error control, whose steps depend on differences. */
    ADAPTIVE(1e-6),
    /** States to which a published sampler adds the rounding of an inverse schedule as noise. */
    INVERTED(1e-6),
    /** Finite differences; F64 only. */
    FINITE_DIFFERENCE(1e-5);

    final double f64;

    Tolerance(double f64) {
        this.f64 = f64;
    }

    boolean f64Only() {
        return this == FINITE_DIFFERENCE;
    }
}
