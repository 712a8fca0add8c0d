package org.fewstep.solver;

import java.util.function.DoubleUnaryOperator;

/** Quadrature exact for polynomials of degree 2n - 1: nodes are the zeros of the Legendre polynomial P_n. */
public final class GaussLegendre {
    private final double[] nodes;
    private final double[] weights;

    /** The rule of n nodes. */
    public GaussLegendre(int n) {
        nodes = new double[n];
        weights = new double[n];
        for (int i = 0; i < n; i++) {
            double x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 0;
            for (int newton = 0; newton < 100; newton++) {
                double before = 0;
                double p = 1;
                for (int k = 1; k <= n; k++) {
                    double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                    before = p;
                    p = next;
                }
                slope = n * (x * p - before) / (x * x - 1);
                double move = p / slope;
                x -= move;
                if (Math.abs(move) < 1e-15) {
                    break;
                }
            }
            nodes[i] = x;
            weights[i] = 2 / ((1 - x * x) * slope * slope);
        }
    }

    /** Int_a^b f. */
    public double integrate(DoubleUnaryOperator f, double a, double b) {
        double sum = 0;
        for (int i = 0; i < nodes.length; i++) {
            sum += weights[i] * f.applyAsDouble((a + b) / 2 + (b - a) / 2 * nodes[i]);
        }
        return sum * (b - a) / 2;
    }
}
