package org.fewstep.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Node;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Reverse mode: gradients of a scalar with respect to leaves or to recorded values.
 *
 * <p>{@link #of} consumes the graph: what a node saved goes back to the pool as soon as its cotangent is delivered.
 * {@link #retain} leaves the graph for another call; {@link #createGraph} also records the gradient itself, so that it
 * can be differentiated again.
 */
public final class Grad {
    private Grad() {}

    /** Gradients of a scalar; consumes the graph. One tensor a parameter, zero where the loss does not depend on it. */
    public static List<Tensor> of(Tensor loss, List<Tensor> parameters) {
        return run(loss, null, parameters, false, true);
    }

    /** Gradients of a scalar; the graph stays. */
    public static List<Tensor> retain(Tensor loss, List<Tensor> parameters) {
        return run(loss, null, parameters, false, false);
    }

    /** Gradients of a scalar, recorded themselves; the graph stays. */
    public static List<Tensor> createGraph(Tensor loss, List<Tensor> parameters) {
        return run(loss, null, parameters, true, false);
    }

    /** Vector-Jacobian product: cotangents of the parameters for a cotangent of {@code y}; the graph stays. */
    public static List<Tensor> vjp(Tensor y, Tensor cotangent, List<Tensor> parameters) {
        return run(y, cotangent, parameters, false, false);
    }

    private static List<Tensor> run(
            Tensor y, @Nullable Tensor seed, List<Tensor> parameters, boolean record, boolean consume) {
        if (seed == null && y.shape().count() != 1) {
            throw new IllegalArgumentException("grad: got a value of shape " + y.shape()
                    + "; expected one element; reduce it with sum or mean, or give a cotangent");
        }
        if (seed != null && !seed.shape().equals(y.shape())) {
            throw new IllegalArgumentException(
                    "grad: got a cotangent of " + seed.shape() + " for " + y.shape() + "; expected the same shape");
        }
        boolean dual = y.tangent() != null;
        for (Tensor p : parameters) {
            dual |= p.tangent() != null;
        }
        if (dual) {
            throw new IllegalStateException("grad: got a value that carries a forward-mode tangent; expected none:"
                    + " the gradient would lose it; take the gradient of the tangent that Jvp.of returns instead");
        }
        Node root = y.node();
        if (root == null) {
            throw new IllegalArgumentException("grad: got a value of shape " + y.shape() + " that was not recorded;"
                    + " expected one that depends on a tensor made by requireGrad, outside NoGrad");
        }
        for (Tensor p : parameters) {
            if (p.node() == null) {
                throw new IllegalArgumentException("grad: got a parameter of shape " + p.shape()
                        + " without a place in the graph; expected one made by requireGrad or recorded");
            }
        }
        y.pin();
        if (record) {
            return sweep(y, root, seed, parameters, true, false);
        }
        // The recording of the caller must not note the rules themselves.
        try (NoGrad off = NoGrad.open()) {
            return sweep(y, root, seed, parameters, false, consume);
        }
    }

    private static List<Tensor> sweep(
            Tensor y, Node root, @Nullable Tensor seed, List<Tensor> parameters, boolean record, boolean consume) {
        try (Sweep sweep = Sweep.of(root, parameters)) {
            // The caller's own cotangent is never given back.
            sweep.deliver(0, seed == null ? Tensor.full(y.device(), y.dtype(), 1, y.shape()) : seed, y);
            for (int at = 0; at < sweep.count(); at++) {
                Node node = sweep.node(at);
                Op op = node.op();
                Tensor g = sweep.cotangent(at);
                Tensor value = sweep.value(at);
                if (op == null || g == null || value == null) {
                    continue;
                }
                if (node.isConsumed()) {
                    throw new IllegalStateException("grad: got a graph whose " + op.name() + " node was consumed by an"
                            + " earlier Grad.of; expected a fresh one; use Grad.retain for the earlier call");
                }
                for (int i = 0; i < node.inputCount(); i++) {
                    Tensor x = node.input(i);
                    int from = sweep.place(x.node());
                    if (from < 0 || !sweep.isUseful(from)) {
                        continue;
                    }
                    Tensor before = sweep.cotangent(from);
                    Tensor total =
                            record ? deliver(op, i, g, value, node, before) : scoped(op, i, g, value, node, before);
                    if (total != null && total != before) {
                        sweep.deliver(from, total, x.primal());
                        if (before != null) {
                            sweep.drop(before, !record && !isSeed(before, seed));
                        }
                    }
                }
                if (!sweep.isWanted(at)) {
                    sweep.forget(at);
                    sweep.drop(g, !record && !isSeed(g, seed));
                }
                if (consume) {
                    node.consume(value);
                }
            }
            List<Tensor> result = new ArrayList<>(parameters.size());
            for (Tensor p : parameters) {
                int at = sweep.place(p.node());
                Tensor g = at < 0 ? null : sweep.cotangent(at);
                result.add(g == null ? Tensor.full(p.device(), p.dtype(), 0, p.shape()) : g);
            }
            return result;
        }
    }

    private static boolean isSeed(Tensor g, @Nullable Tensor seed) {
        return seed != null && g.buffer() == seed.buffer();
    }

    /** The rule's temporaries go back to the pool at once; only the delivered cotangent stays. */
    private static @Nullable Tensor scoped(Op op, int i, Tensor g, Tensor value, Node node, @Nullable Tensor before) {
        try (Scope rule = value.device().scope()) {
            Tensor total = deliver(op, i, g, value, node, before);
            return total == null ? null : total.keep(rule);
        }
    }

    private static @Nullable Tensor deliver(Op op, int i, Tensor g, Tensor value, Node node, @Nullable Tensor before) {
        Tensor d = op.vjp(i, g, value, node.inputs());
        if (d == null) {
            return before;
        }
        return before == null ? d : Ops.add(before, d);
    }
}
