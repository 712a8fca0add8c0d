package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.fewstep.autodiff.Grad;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Parameter;
import org.fewstep.sample.ModelFile;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.fewstep.tensor.Watch;

/** Runs a step that failed once more, looking at every value, to name what went wrong first. */
final class NotFiniteSearch {
    private static final String HINT = "try a lower learning rate, warm-up or clip, or dtype f64";

    private final long step;
    private final Player<?> player;
    private String op = "";

    /** For a step, numbered from 1, whose update was not carried out. */
    NotFiniteSearch(long step, Player<?> player) {
        this.step = step;
        this.player = player;
    }

    /**
     * Repeats the step.
     *
     * @param data the step's data
     * @param loss makes the step's draw and loss of it
     */
    NotFiniteException run(Tensor data, Supplier<LossResult> loss) {
        String broken = firstNotFinite(player);
        if (!broken.isEmpty()) {
            return new NotFiniteException(step, "parameter " + broken, "", HINT);
        }
        if (!isFinite(data)) {
            return new NotFiniteException(step, "the data", "", "check the dataset");
        }
        List<String> names = new ArrayList<>();
        player.parameters().forEach((name, parameter) -> {
            if (parameter.trained()) {
                names.add(name);
            }
        });
        Tensor total;
        List<Tensor> gradients;
        try (Watch watch = Watch.open(this::look)) {
            total = loss.get().total();
            gradients = Grad.of(total, player.leaves());
        }
        if (!isFinite(total)) {
            return new NotFiniteException(step, "the loss" + of(player), op, HINT);
        }
        for (int i = 0; i < gradients.size(); i++) {
            if (!isFinite(gradients.get(i))) {
                return new NotFiniteException(step, "the gradient of " + names.get(i) + of(player), op, HINT);
            }
        }
        return new NotFiniteException(step, "the norm of the gradients" + of(player), op, HINT);
    }

    /** Throws when an update has left a parameter that is not finite, so that no checkpoint keeps it. */
    static void requireFinite(long step, Player<?> player) {
        String broken = firstNotFinite(player);
        if (!broken.isEmpty()) {
            throw new NotFiniteException(step, "parameter " + broken, "", HINT);
        }
    }

    /** Whose a value is; the student's needs no word. */
    private static String of(Player<?> player) {
        return player.name().equals(ModelFile.STUDENT) ? "" : " of the " + player.name();
    }

    private static String firstNotFinite(Player<?> player) {
        for (Map.Entry<String, Parameter> p : player.parameters().entrySet()) {
            if (!isFinite(p.getValue().leaf())) {
                return p.getKey() + of(player);
            }
        }
        return "";
    }

    private void look(Op made, Tensor[] inputs, Tensor value) {
        if (!op.isEmpty() || isFinite(value)) {
            return;
        }
        for (Tensor input : inputs) {
            if (!isFinite(input)) {
                return;
            }
        }
        op = made.name() + " of shape " + value.shape();
    }

    private static boolean isFinite(Tensor x) {
        if (!x.dtype().floating()) {
            return true;
        }
        for (double value : x.toDoubles()) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
