package org.fewstep.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.model.StateDict;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What every case of the family networks expects of a function: {@code output}; {@code loss} = sum(output cotangent) and its
 * gradients; {@code jvp} along the d... inputs; the gradients of sum(jvp cotangent2), taken through the tangent.
 */
final class Derivatives {
    /** A tensor that a gradient is taken for; {@code own} is its parameter name, or null for an input. */
    private record Leaf(String name, @Nullable String own, Tensor tensor) {}

    private final GoldenRun run;
    private final List<Leaf> leaves = new ArrayList<>();

    Derivatives(GoldenRun run) {
        this.run = run;
    }

    /** Adds a parameter under the name that the case gives it. */
    void parameter(String name, String own, Tensor leaf) {
        leaves.add(new Leaf(name, own, leaf));
    }

    /** Names of the inputs that have a direction, in file order. */
    List<String> directed() {
        return run.inputs().stream()
                .filter(name -> run.inputs().contains("d" + name))
                .toList();
    }

    /** Computes everything for {@code f} of the directed inputs and offers it. */
    void offer(Function<Map<String, Tensor>, Tensor> f) {
        List<String> names = directed();
        Tensor[] primals = new Tensor[names.size()];
        Tensor[] tangents = new Tensor[names.size()];
        for (int i = 0; i < primals.length; i++) {
            primals[i] = run.tensor(names.get(i)).requireGrad();
            tangents[i] = run.tensor("d" + names.get(i));
            leaves.add(new Leaf(names.get(i), null, primals[i]));
        }
        Function<Tensor[], Tensor> called = in -> {
            Map<String, Tensor> byName = new LinkedHashMap<>();
            for (int i = 0; i < in.length; i++) {
                byName.put(names.get(i), in[i]);
            }
            return f.apply(byName);
        };
        Dual dual = Jvp.of(called, primals, tangents);
        Tensor y = dual.value();
        Tensor dy = Jvp.tangentOrZero(dual);
        run.expected().offer("output", y);
        run.expected().offer("jvp", dy, Tolerance.JVP_GRADIENT);
        Tensor loss = Ops.sum(Ops.mul(y, run.tensor("cotangent")));
        Tensor along = Ops.sum(Ops.mul(dy, run.tensor("cotangent2")));
        run.expected().offer("loss", loss);
        gradients("grad_", loss, Tolerance.VALUE);
        gradients("grad_of_jvp_", along, Tolerance.JVP_GRADIENT);
        offerSummaries(y, dy, along);
        Tensor detached =
                Jvp.tangentOrZero(Jvp.detached(called, primals, tangents)); // the other way to the same numbers
        requireEqual(dy, detached);
    }

    /** What files with large arrays repeat of them. */
    private void offerSummaries(Tensor y, Tensor dy, Tensor along) {
        run.expected().offer("output_sum", Ops.sum(y));
        run.expected().offer("sum_of_jvp_times_cotangent2", along, Tolerance.JVP_GRADIENT);
        int[] row = {y.rank() == 0 ? 1 : y.dim(-1)};
        run.expected().offer("output_first_row", Arrays.copyOf(y.toDoubles(), row[0]), Tolerance.VALUE, row);
        run.expected().offer("jvp_first_row", Arrays.copyOf(dy.toDoubles(), row[0]), Tolerance.JVP_GRADIENT, row);
    }

    private void gradients(String prefix, Tensor of, Tolerance tolerance) {
        List<Tensor> wanted = leaves.stream().map(Leaf::tensor).toList();
        // A tangent that is linear in the inputs alone does not reach every leaf, or any.
        List<Tensor> gradients = of.needsGrad() ? Grad.retain(of, wanted) : List.of();
        for (int i = 0; i < leaves.size(); i++) {
            Leaf leaf = leaves.get(i);
            Tensor x = leaf.tensor();
            double[] g = gradients.isEmpty()
                    ? new double[x.shape().count()]
                    : gradients.get(i).toDoubles();
            String own = leaf.own();
            if (own == null) {
                run.expected()
                        .offer(prefix + leaf.name(), g, tolerance, x.shape().sizes());
            } else {
                run.expected()
                        .offer(
                                prefix + leaf.name(),
                                StateDict.published(own, x.shape(), g),
                                tolerance,
                                StateDict.shape(own, x.shape()).sizes());
            }
        }
    }

    private void requireEqual(Tensor recorded, Tensor detached) {
        double[] a = recorded.toDoubles();
        double[] b = detached.toDoubles();
        double bound = run.dtype() == DType.F64 ? 1e-12 : 1e-5;
        double size = 1e-3;
        for (double v : a) {
            size = Math.max(size, Math.abs(v));
        }
        for (int i = 0; i < a.length; i++) {
            if (!(Math.abs(a[i] - b[i]) <= bound * size)) {
                throw new AssertionError("jvp[" + i + "]: recorded " + a[i] + ", detached " + b[i]);
            }
        }
    }
}
