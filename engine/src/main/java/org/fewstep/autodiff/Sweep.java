package org.fewstep.autodiff;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.Node;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a value depends on, newest first, with the cotangents delivered so far: what one run of reverse mode
 * works on. A thread keeps one and uses it again.
 */
final class Sweep implements AutoCloseable {
    private static final int FIRST_LENGTH = 128;
    private static final Comparator<Node> NEWEST_FIRST =
            Comparator.comparingLong(Node::id).reversed();
    private static final ThreadLocal<@Nullable Sweep> IDLE = new ThreadLocal<>();

    private final IdentityInts places = new IdentityInts();
    private final IdentityInts waiting = new IdentityInts();
    private @Nullable Node[] nodes = new Node[FIRST_LENGTH];
    private @Nullable Tensor[] cotangents = new Tensor[FIRST_LENGTH];
    private @Nullable Tensor[] values = new Tensor[FIRST_LENGTH];
    private boolean[] useful = new boolean[FIRST_LENGTH];
    private boolean[] wanted = new boolean[FIRST_LENGTH];
    private int count;

    private Sweep() {}

    /** Sorts what {@code root} depends on and marks the nodes through which a cotangent reaches a parameter. */
    static Sweep of(Node root, List<Tensor> parameters) {
        Sweep idle = IDLE.get();
        Sweep sweep = idle == null ? new Sweep() : idle;
        // A rule that takes gradients itself gets another one.
        IDLE.remove();
        sweep.collect(root);
        sweep.mark(parameters);
        return sweep;
    }

    private void collect(Node root) {
        append(root);
        for (int i = 0; i < count; i++) {
            Node node = node(i);
            for (int k = 0; k < node.inputCount(); k++) {
                Node from = node.input(k).node();
                if (from != null) {
                    append(from);
                }
            }
        }
        // Ids grow along the graph, so this order is topological.
        Arrays.sort(nodes, 0, count, NEWEST_FIRST);
        for (int i = 0; i < count; i++) {
            places.put(node(i), i);
        }
    }

    private void append(Node node) {
        if (!places.put(node, count)) {
            return;
        }
        if (count == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * count);
            cotangents = Arrays.copyOf(cotangents, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
            useful = Arrays.copyOf(useful, 2 * count);
            wanted = Arrays.copyOf(wanted, 2 * count);
        }
        nodes[count++] = node;
    }

    private void mark(List<Tensor> parameters) {
        for (Tensor p : parameters) {
            Node node = p.node();
            int at = node == null ? -1 : places.get(node, -1);
            if (at >= 0) {
                wanted[at] = true;
            }
        }
        for (int i = count - 1; i >= 0; i--) {
            Node node = node(i);
            boolean use = wanted[i];
            for (int k = 0; !use && k < node.inputCount(); k++) {
                Node from = node.input(k).node();
                use = from != null && useful[places.get(from, 0)];
            }
            useful[i] = use;
        }
    }

    /** Number of nodes. */
    int count() {
        return count;
    }

    /** Node {@code i}, 0 being the root. */
    Node node(int i) {
        Node node = nodes[i];
        if (node == null) {
            throw new IllegalStateException("grad: got place " + i + " of " + count + " nodes; expected a node there");
        }
        return node;
    }

    /** Place of a node, or -1 if the root does not depend on it. */
    int place(@Nullable Node node) {
        return node == null ? -1 : places.get(node, -1);
    }

    /** True if a cotangent of node {@code i} reaches a parameter. */
    boolean isUseful(int i) {
        return useful[i];
    }

    /** True if node {@code i} is a parameter. */
    boolean isWanted(int i) {
        return wanted[i];
    }

    /** What was delivered to node {@code i}, or null. */
    @Nullable
    Tensor cotangent(int i) {
        return cotangents[i];
    }

    /** The value that node {@code i} made, known once a cotangent was delivered. */
    @Nullable
    Tensor value(int i) {
        return values[i];
    }

    /** Replaces the cotangent of node {@code i}, which made {@code value}. */
    void deliver(int i, Tensor cotangent, Tensor value) {
        cotangents[i] = cotangent;
        if (values[i] == null) {
            values[i] = value;
        }
        waiting.add(cotangent.buffer(), 1);
    }

    /** Forgets the cotangent of node {@code i}. */
    void forget(int i) {
        cotangents[i] = null;
    }

    /** A cotangent that no node waits for any more gives its buffer back, unless another shares it. */
    void drop(Tensor cotangent, boolean giveBack) {
        Buffer buffer = cotangent.buffer();
        if (waiting.add(buffer, -1) == 0 && giveBack) {
            Scope.drop(buffer);
        }
    }

    /** Makes the room free for the thread's next run. */
    @Override
    public void close() {
        Arrays.fill(nodes, 0, count, null);
        Arrays.fill(cotangents, 0, count, null);
        Arrays.fill(values, 0, count, null);
        Arrays.fill(useful, 0, count, false);
        Arrays.fill(wanted, 0, count, false);
        count = 0;
        places.clear();
        waiting.clear();
        IDLE.set(this);
    }
}
