package org.fewstep.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * c0 x0 + c1 x1 + ..., up to 8 terms in one kernel, added in their order with one rounding a term.
 *
 * @param coefficients one an input
 */
record WeightedSum(List<Double> coefficients) implements Op {
    private static final String NAME = "weightedSum";

    WeightedSum {
        coefficients = List.copyOf(coefficients);
    }

    /** A sum of any length: what there is of it goes on as the first of the next 8 terms, with the bits of one chain. */
    static Tensor of(double[] coefficients, Tensor[] x) {
        check(coefficients, x);
        int done = Math.min(x.length, Combine.MOST_TERMS);
        Tensor sum = apply(coefficients, x, 0, done);
        while (done < x.length) {
            int end = Math.min(x.length, done + Combine.MOST_TERMS - 1);
            List<Double> c = new ArrayList<>(List.of(1.0));
            List<Tensor> terms = new ArrayList<>(List.of(sum));
            for (int j = done; j < end; j++) {
                c.add(coefficients[j]);
                terms.add(x[j]);
            }
            sum = Tensor.apply(new WeightedSum(c), terms.toArray(Tensor[]::new));
            done = end;
        }
        return sum;
    }

    private static Tensor apply(double[] coefficients, Tensor[] x, int from, int to) {
        List<Double> c = Arrays.stream(coefficients, from, to).boxed().toList();
        return Tensor.apply(new WeightedSum(c), Arrays.copyOfRange(x, from, to));
    }

    private static void check(double[] coefficients, Tensor[] x) {
        if (x.length == 0 || coefficients.length != x.length) {
            throw new IllegalArgumentException(NAME + ": got " + coefficients.length + " coefficients for " + x.length
                    + " tensors; expected at least one, and one a tensor");
        }
        for (double c : coefficients) {
            Args.requireFinite(NAME, "coefficient", c);
        }
        Args.requireFloats(NAME, x);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Tensor forward(Tensor... in) {
        Args.requireFloats(NAME, in);
        double[] c = new double[in.length];
        Buffer[] x = new Buffer[in.length];
        for (int j = 0; j < in.length; j++) {
            if (!in[j].shape().equals(in[0].shape())) {
                throw new IllegalArgumentException(NAME + ": got " + in[0].shape() + " and " + in[j].shape()
                        + "; expected one shape; broadcast before");
            }
            c[j] = coefficients.get(j);
            x[j] = in[j].buffer();
        }
        int points = in[0].shape().count();
        Tensor y = Tensor.of(in[0].device().allocate(in[0].dtype(), points), in[0].shape());
        y.device().run(new Combine(points, c, List.of(x), y.buffer()));
        return y;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        double c = coefficients.get(i);
        return c == 1 ? g : Ops.scale(g, c);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        List<Double> c = new ArrayList<>();
        List<Tensor> moving = new ArrayList<>();
        for (int j = 0; j < dx.length; j++) {
            Tensor d = dx[j];
            if (d != null) {
                c.add(coefficients.get(j));
                moving.add(d);
            }
        }
        return Tensor.apply(new WeightedSum(c), moving.toArray(Tensor[]::new));
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
