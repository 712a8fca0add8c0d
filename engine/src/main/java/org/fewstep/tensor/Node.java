package org.fewstep.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A tensor's place in the graph: the operation and inputs that made it, or a leaf that a gradient is wanted for. The
 * graph is the tape; there is no list beside it.
 */
public final class Node {
    private static final AtomicLong NEXT = new AtomicLong();

    private final long id = NEXT.getAndIncrement();
    private final @Nullable Op op;
    private final Tensor[] inputs;
    private boolean consumed;

    private Node(@Nullable Op op, Tensor[] inputs) {
        this.op = op;
        this.inputs = inputs;
    }

    static Node leaf() {
        return new Node(null, new Tensor[0]);
    }

    /** Notes an executed operation and marks what its vjp will read. */
    static Node record(Op op, Tensor[] inputs, Buffer output) {
        Node node = new Node(op, inputs);
        for (int i = 0; i < inputs.length; i++) {
            if (op.savesInput(i)) {
                inputs[i].buffer().tape();
            }
        }
        if (op.savesOutput()) {
            output.tape();
        }
        return node;
    }

    /** Greater than the ids of all nodes it depends on. */
    public long id() {
        return id;
    }

    /** The operation, or null for a leaf. */
    public @Nullable Op op() {
        return op;
    }

    public int inputCount() {
        return inputs.length;
    }

    public Tensor input(int i) {
        return inputs[i];
    }

    /** Array of the inputs, not to be changed. */
    public Tensor[] inputs() {
        return inputs;
    }

    /** True once reverse mode has given back what this node saved. */
    public boolean isConsumed() {
        return consumed;
    }

    /** Moves all that this node's graph saved in {@code scope} to the enclosing scope. */
    void promote(Scope scope) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> todo = new ArrayDeque<>();
        todo.add(this);
        while (!todo.isEmpty()) {
            Node next = todo.remove();
            if (next.consumed || !seen.add(next)) {
                continue;
            }
            for (Tensor x : next.inputs) {
                if (x.buffer().isTaped()) {
                    scope.promote(x.buffer());
                }
                Node from = x.node();
                if (from != null) {
                    todo.add(from);
                }
            }
        }
    }

    /**
     * Gives back what was saved for the vjp, and the value itself unless it is pinned or another recorded operation
     * still needs it.
     */
    public void consume(Tensor output) {
        Op made = op;
        if (consumed || made == null) {
            return;
        }
        consumed = true;
        for (int i = 0; i < inputs.length; i++) {
            if (made.savesInput(i)) {
                inputs[i].buffer().untape();
            }
        }
        Buffer buffer = output.buffer();
        if (made.savesOutput()) {
            buffer.untape();
        }
        if (!buffer.isTaped() && !buffer.isPinned()) {
            Scope.drop(buffer);
        }
    }
}
