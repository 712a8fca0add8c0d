package org.fewstep.solver;

import java.util.concurrent.atomic.AtomicInteger;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/** Counts the evaluations of a field. */
public final class CountedField implements Field {
    private final Field field;
    private final AtomicInteger evaluations = new AtomicInteger();

    public CountedField(Field field) {
        this.field = field;
    }

    @Override
    public Tensor at(Tensor x, GridPoint point) {
        evaluations.incrementAndGet();
        return field.at(x, point);
    }

    /** Evaluations so far, each of a whole batch. */
    public int evaluations() {
        return evaluations.get();
    }
}
