package org.fewstep.train;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.model.ExactDenoiser;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.GaussianMixture;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * The frozen network that a student learns from or starts as: a denoiser of a model file, the data's own denoiser, or a first
 * stage of the student's own kind.
 */
final class Teacher implements AutoCloseable {
    /** Recipe's word for the denoiser of the data. */
    static final String EXACT = "exact";

    private final Module owned;
    private final @Nullable FlowNetwork network;
    private final PredictionNet function;
    private final @Nullable VelocityNet trigFlow;

    private Teacher(
            Module owned, @Nullable FlowNetwork network, PredictionNet function, @Nullable VelocityNet trigFlow) {
        this.owned = owned;
        this.network = network;
        this.function = function;
        this.trigFlow = trigFlow;
    }

    /**
     * A network that is taken over: a denoiser, a first stage, or what was the student of the round before.
     *
     * @param as what it gives
     */
    static Teacher of(FlowNetwork network, Parametrisation as) {
        network.freeze(true);
        boolean stage = as.role() == Parametrisation.Role.CONSISTENCY;
        return new Teacher(network, network, as.around(network), stage ? null : as.trigFlow(network));
    }

    /** What the teacher of a recipe is. */
    private static Parametrisation wanted(Recipe recipe, Parametrisation student) {
        return recipe.method().hasFirstStage() ? student : Parametrisation.edm(student.sigmaData());
    }

    /**
     * The teacher that a recipe names, of its model file or of its data.
     *
     * @param student what it shall teach
     * @return null where the recipe names none
     * @throws SettingsException when there is no such teacher, or the student cannot learn from it
     * @throws org.fewstep.io.BadFileException when its file is damaged
     */
    static @Nullable Teacher open(Recipe recipe, ModelSpec student, Device device) {
        String name = recipe.teacher();
        Parametrisation levels = student.parametrisation();
        if (name == null || levels == null) {
            return null;
        }
        if (name.equals(EXACT)) {
            return exact(recipe, student, device, levels.sigmaData());
        }
        Path path = Path.of(name);
        if (!Files.isRegularFile(path)) {
            throw new SettingsException(
                    "teacher",
                    Files.exists(path) ? "the folder " + name : name + ", which is no file",
                    "a checkpoint or an export of a " + wanted(recipe, levels).describe(),
                    Files.exists(path) ? "name the .safetensors file in it" : "is the path right?");
        }
        try (ModelFile file = ModelFile.open(path)) {
            requireFit(name, file.spec(), student, wanted(recipe, levels));
            requireScales(name, file.spec(), recipe.method().guidedTeacher());
            if (recipe.startsFromTeacher()) {
                requireSameStructure(file.spec().network(), student.network());
            }
            Network network = file.load(file.defaultRole(), device);
            return of((FlowNetwork) network, wanted(recipe, levels));
        }
    }

    /** The teacher that a checkpoint of the recipe's run holds; null where the method learns from none. */
    static @Nullable Teacher stored(Recipe recipe, ModelFile checkpoint, Device device) {
        ModelSpec student = checkpoint.spec();
        Parametrisation levels = student.parametrisation();
        if (!recipe.method().taught() || levels == null) {
            return null;
        }
        long step = Checkpoint.of(checkpoint).step();
        boolean wasStudent =
                recipe.method().round(step, recipe.training().steps()).number() > 0;
        if (EXACT.equals(recipe.teacher()) && !wasStudent) {
            return exact(recipe, student, device, levels.sigmaData());
        }
        NetworkConfig config = checkpoint.structure(ModelFile.KEY_TEACHER);
        if (wasStudent && !config.equals(student.network())) {
            throw checkpoint.bad("a teacher " + config, "the student's " + student.network(), "is it damaged?");
        }
        if (config.times() != 1 || !config.accepts(student.shape())) {
            throw checkpoint.bad(
                    "a teacher " + config, "a network with one time of the student's samples", "is it damaged?");
        }
        Network network = config.build(new Init(device, student.dtype(), new Rng(0)));
        try {
            if (!(network instanceof FlowNetwork flow)) {
                throw checkpoint.bad("a teacher " + config, "a network that makes samples of noise", "is it damaged?");
            }
            checkpoint.load(ModelFile.TEACHER, flow);
            return of(flow, wasStudent ? levels : wanted(recipe, levels));
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static Teacher exact(Recipe recipe, ModelSpec student, Device device, double sigmaData) {
        if (student.network().classes() > 0) {
            throw new SettingsException(
                    "teacher", EXACT + " for data with classes", "a model file, or data without classes", "");
        }
        GaussianMixture mixture = recipe.data().mixture();
        if (mixture == null) {
            throw new SettingsException(
                    "teacher",
                    EXACT + " for data whose denoiser is not known",
                    "a model file, or data that are a mixture of Gaussians",
                    "eight-gaussians and ring8 are such");
        }
        ExactDenoiser exact = new ExactDenoiser(new Init(device, student.dtype(), new Rng(0)), mixture);
        return new Teacher(exact, null, exact, exact.trigFlow(sigmaData));
    }

    /** Refuses a teacher of other data or of another kind. */
    private static void requireFit(String name, ModelSpec teacher, ModelSpec student, Parametrisation wanted) {
        Parametrisation given = teacher.parametrisation();
        if (!wanted.equals(given)) {
            org.fewstep.path.Path path = teacher.path();
            String what = given != null
                    ? given.describe()
                    : path != null ? "a model on the path " + path.name() : "a network that makes no samples of noise";
            throw new SettingsException(
                    "teacher",
                    name + ", a " + what,
                    "a " + wanted.describe(),
                    wanted.jumps()
                            ? "train it with the method ect, or ict and the same sigma-min"
                            : "train it with the method edm");
        }
        requireEqual(name + " of samples", teacher.shape(), student.shape());
        requireEqual(name + " of dtype", teacher.dtype(), student.dtype());
        requireEqual(
                name + " of classes",
                teacher.network().classes(),
                student.network().classes());
    }

    private static void requireScales(String name, ModelSpec teacher, boolean wanted) {
        boolean given = teacher.network().guided();
        if (given != wanted) {
            throw new SettingsException(
                    "teacher",
                    name + ", which takes " + (given ? "the" : "no") + " guidance scale as an input",
                    "one that takes " + (wanted ? "it" : "none"),
                    wanted ? "train it with the method guidance-distillation" : "");
        }
    }

    private static void requireEqual(String what, Object teacher, Object student) {
        if (!teacher.equals(student)) {
            throw new SettingsException("teacher", what + " " + teacher, student + ", as the student", "");
        }
    }

    private static void requireSameStructure(NetworkConfig teacher, NetworkConfig student) {
        if (!teacher.equals(student)) {
            throw new SettingsException(
                    "network", student.toString(), teacher + ", as the teacher", "or set init to fresh");
        }
    }

    /** Its network; null for the data's own denoiser. */
    @Nullable
    FlowNetwork network() {
        return network;
    }

    /** What it gives as clean data in the coordinates of a form; one that was a student has its own alone. */
    PredictionNet x0(Parametrisation.Form form) {
        return form == Parametrisation.Form.SIGMA ? denoiser() : Parametrisation.clean(trigFlow());
    }

    /** E[x0 | x] at a noise level a sample. */
    PredictionNet denoiser() {
        requireDenoiser();
        return function;
    }

    /** The velocity of its flow on TrigFlow's quarter circle. */
    VelocityNet trigFlow() {
        return requireDenoiser();
    }

    /** The consistency function of a first stage. */
    PredictionNet firstStage() {
        if (trigFlow != null) {
            throw new IllegalStateException("teacher: got a denoiser; expected a first stage");
        }
        return function;
    }

    private VelocityNet requireDenoiser() {
        if (trigFlow == null) {
            throw new IllegalStateException("teacher: got a first stage; expected a denoiser");
        }
        return trigFlow;
    }

    @Override
    public void close() {
        owned.close();
    }
}
