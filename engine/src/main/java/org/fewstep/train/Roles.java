package org.fewstep.train;

import org.fewstep.model.FlowNetwork;
import org.jspecify.annotations.Nullable;

/**
 * What a method makes its loss of, beside the student.
 *
 * @param classes number of classes, 0 for none
 * @param dim numbers in a sample
 * @param steps of the whole run
 * @param teacher what the student learns from; null without one
 * @param target average of the student that targets are taken from; null where it is the student
 */
record Roles(
        int classes,
        int dim,
        long steps,
        @Nullable Teacher teacher,
        @Nullable FlowNetwork target) {
    /** A student alone, for data of one number. */
    static Roles student(int classes) {
        return new Roles(classes, 1, 1, null, null);
    }

    /** The teacher of a method that needs one. */
    Teacher requireTeacher() {
        if (teacher == null) {
            throw new IllegalStateException("method: got no teacher; expected one, the recipe asks for it");
        }
        return teacher;
    }
}
