package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/**
 * A field of one prediction as a field of another one.
 *
 * @param field gives {@code given}
 * @param given prediction that there is
 * @param wanted prediction that is asked for
 * @param schedule whose points the field is evaluated at
 */
public record ConvertedField(Field field, Prediction given, Prediction wanted, NoiseSchedule schedule)
        implements Field {
    /** @throws IllegalArgumentException at an end of the schedule where the conversion divides by zero */
    @Override
    public Tensor at(Tensor x, GridPoint point) {
        return given.to(wanted, field.at(x, point), x, PathCoefficients.of(schedule, point.t()));
    }
}
