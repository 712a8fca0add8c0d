package org.fewstep.train;

/** Training met a NaN or an infinity and stopped before the update; the last checkpoint is untouched. */
public final class NotFiniteException extends ArithmeticException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final String tensor;
    private final String op;

    /**
     * Names the place.
     *
     * @param step number of the step, from 1
     * @param tensor first tensor that is not finite
     * @param op first operation that made such a value of finite inputs, or empty
     * @param hint what to do
     */
    NotFiniteException(long step, String tensor, String op, String hint) {
        super("train: got a value that is not finite in " + tensor + " at step " + step
                + (op.isEmpty() ? "" : ", first made by " + op) + "; expected finite numbers; " + hint);
        this.step = step;
        this.tensor = tensor;
        this.op = op;
    }

    /** Number of the step, from 1. */
    public long step() {
        return step;
    }

    /** Name of the first tensor that is not finite: a parameter, a gradient, the data or the loss. */
    public String tensor() {
        return tensor;
    }

    /** The first operation that made a value that is not finite of finite inputs, or empty. */
    public String op() {
        return op;
    }
}
