package org.fewstep.solver;

import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sum;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * A field that must be finite: the first evaluation that is not is named with its number and time, and not left to be found in
 * grey samples. Costs a sum and a read-back an evaluation, so it is asked for where something is wrong, or on the processor.
 */
public final class FiniteField implements Field {
    private final Field field;
    private int evaluations;

    public FiniteField(Field field) {
        this.field = field;
    }

    /**
     * The field's value.
     *
     * @throws ArithmeticException when a number of it is not finite
     */
    @Override
    public Tensor at(Tensor x, GridPoint point) {
        Tensor value = field.at(x, point);
        evaluations++;
        // 0 times a number is 0, but for NaN and infinity; a plain sum of finite numbers may overflow.
        if (sum(scale(value, 0)).item() != 0) {
            throw new ArithmeticException("sampler: got numbers that are not finite for " + bad(value) + " of "
                    + value.dim(0) + " samples from the model at evaluation " + evaluations + ", t = " + point.t()
                    + "; expected finite ones; the model has diverged, or its time or state lies outside what it was"
                    + " trained on");
        }
        return value;
    }

    /** Number of samples with a number that is not finite. */
    private static int bad(Tensor value) {
        double[] values = value.toDoubles();
        int size = values.length / value.dim(0);
        int samples = 0;
        for (int i = 0; i < value.dim(0); i++) {
            boolean finite = true;
            for (int j = 0; j < size; j++) {
                finite &= Double.isFinite(values[i * size + j]);
            }
            samples += finite ? 0 : 1;
        }
        return samples;
    }
}
