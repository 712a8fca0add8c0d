package org.fewstep.autodiff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.fewstep.kernels.Buffer;
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
        Set<Node> wanted = new HashSet<>();
        for (Tensor p : parameters) {
            wanted.add(node(p));
        }
        Map<Node, Boolean> useful = new IdentityHashMap<>();
        markUseful(root, wanted, useful);

        Map<Node, Tensor> cotangents = new IdentityHashMap<>();
        Map<Node, Tensor> values = new IdentityHashMap<>();
        PriorityQueue<Node> queue =
                new PriorityQueue<>(Comparator.comparingLong(Node::id).reversed());
        cotangents.put(root, seed == null ? Tensor.full(y.device(), y.dtype(), 1, y.shape()) : seed);
        values.put(root, y);
        queue.add(root);
        Pending pending = new Pending(!record);
        pending.add(cotangents.get(root));
        pending.protect(seed);

        while (!queue.isEmpty()) {
            Node node = queue.remove();
            Tensor g = cotangents.get(node);
            Tensor value = values.get(node);
            Op op = node.op();
            if (op == null || g == null || value == null) {
                continue;
            }
            if (node.isConsumed()) {
                throw new IllegalStateException("grad: got a graph whose " + op.name() + " node was consumed by an"
                        + " earlier Grad.of; expected a fresh one; use Grad.retain for the earlier call");
            }
            for (int i = 0; i < node.inputCount(); i++) {
                Tensor x = node.input(i);
                Node from = x.node();
                if (from == null || !Boolean.TRUE.equals(useful.get(from))) {
                    continue;
                }
                Tensor before = cotangents.get(from);
                Tensor total = record ? deliver(op, i, g, value, node, before) : scoped(op, i, g, value, node, before);
                if (total == null) {
                    continue;
                }
                if (before == null) {
                    values.put(from, x.primal());
                    queue.add(from);
                }
                if (total != before) {
                    pending.add(total);
                    cotangents.put(from, total);
                    if (before != null) {
                        pending.remove(before);
                    }
                }
            }
            if (!wanted.contains(node)) {
                cotangents.remove(node);
                pending.remove(g);
            }
            if (consume) {
                node.consume(value);
            }
        }
        List<Tensor> result = new ArrayList<>();
        for (Tensor p : parameters) {
            Tensor g = cotangents.get(node(p));
            result.add(g == null ? Tensor.full(p.device(), p.dtype(), 0, p.shape()) : g);
        }
        return result;
    }

    private static Node node(Tensor p) {
        Node node = p.node();
        if (node == null) {
            throw new IllegalStateException("grad: a parameter lost its place in the graph");
        }
        return node;
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

    private static boolean markUseful(Node root, Set<Node> wanted, Map<Node, Boolean> useful) {
        // An explicit stack: graphs of long sampling loops are deeper than the thread's stack.
        List<Node> order = new ArrayList<>();
        Set<Node> seen = new HashSet<>();
        PriorityQueue<Node> queue =
                new PriorityQueue<>(Comparator.comparingLong(Node::id).reversed());
        queue.add(root);
        seen.add(root);
        while (!queue.isEmpty()) {
            Node node = queue.remove();
            order.add(node);
            for (int i = 0; i < node.inputCount(); i++) {
                Node from = node.input(i).node();
                if (from != null && seen.add(from)) {
                    queue.add(from);
                }
            }
        }
        for (int k = order.size() - 1; k >= 0; k--) {
            Node node = order.get(k);
            boolean use = wanted.contains(node);
            for (int i = 0; !use && i < node.inputCount(); i++) {
                Node from = node.input(i).node();
                use = from != null && Boolean.TRUE.equals(useful.get(from));
            }
            useful.put(node, use);
        }
        return Boolean.TRUE.equals(useful.get(root));
    }

    /** Counts which cotangents still wait, by buffer, and gives back those that no longer do. */
    private static final class Pending {
        private final Map<Buffer, Integer> uses = new IdentityHashMap<>();
        private final boolean drop;
        private @Nullable Buffer protectedBuffer;

        Pending(boolean drop) {
            this.drop = drop;
        }

        void protect(@Nullable Tensor seed) {
            protectedBuffer = seed == null ? null : seed.buffer();
        }

        void add(@Nullable Tensor g) {
            if (g != null) {
                uses.merge(g.buffer(), 1, Integer::sum);
            }
        }

        void remove(Tensor g) {
            Buffer buffer = g.buffer();
            int left = uses.merge(buffer, -1, Integer::sum);
            if (left == 0) {
                uses.remove(buffer);
                if (drop && buffer != protectedBuffer) {
                    Scope.drop(buffer);
                }
            }
        }
    }
}
