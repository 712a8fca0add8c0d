package org.fewstep.train;

import java.util.Map;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.jspecify.annotations.Nullable;

/**
 * What a method makes its loss of, beside the student.
 *
 * @param classes number of classes, 0 for none
 * @param dim numbers in a sample
 * @param steps of the whole run
 * @param teacher what the student learns from; null without one
 * @param perceptual network in whose states samples are compared; null without one
 * @param target average of the student that targets are taken from; null where it is the student
 * @param student the network in training, which the losses of opponents need; null where there are none
 * @param logVariance weight of times that is trained with the student; null without one
 * @param opponents networks that are trained beside it, by name
 */
record Roles(
        int classes,
        int dim,
        long steps,
        @Nullable Teacher teacher,
        @Nullable PerceptualNet perceptual,
        @Nullable FlowNetwork target,
        @Nullable Network student,
        @Nullable Module logVariance,
        Map<String, Module> opponents) {
    /** A student alone, for data of one number. */
    static Roles student(int classes) {
        return new Roles(classes, 1, 1, null, null, null, null, null, Map.of());
    }

    /** The network in training. */
    FlowNetwork requireStudent() {
        if (student instanceof FlowNetwork net) {
            return net;
        }
        throw new IllegalStateException("method: got "
                + (student == null ? "no student" : student.getClass().getSimpleName())
                + "; expected a network with times");
    }

    /** The learned weight of times, of a type; null without one. */
    <M> @Nullable M logVariance(Class<M> type) {
        if (logVariance != null && !type.isInstance(logVariance)) {
            throw new IllegalStateException("method: got a weight "
                    + logVariance.getClass().getSimpleName() + "; expected a " + type.getSimpleName());
        }
        return type.cast(logVariance);
    }

    /** The network of an opponent, of a type. */
    <M> M requireOpponent(String name, Class<M> type) {
        Module network = opponents.get(name);
        if (!type.isInstance(network)) {
            throw new IllegalStateException("method: got no opponent " + name + " of type " + type.getSimpleName()
                    + "; expected one, the method asks for it");
        }
        return type.cast(network);
    }

    /** The network of a perceptual distance. */
    PerceptualNet requirePerceptual() {
        if (perceptual == null) {
            throw new IllegalStateException("method: got no perceptual network; expected one, the recipe asks for it");
        }
        return perceptual;
    }

    /** The teacher of a method that needs one. */
    Teacher requireTeacher() {
        if (teacher == null) {
            throw new IllegalStateException("method: got no teacher; expected one, the recipe asks for it");
        }
        return teacher;
    }
}
