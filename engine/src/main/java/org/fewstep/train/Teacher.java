package org.fewstep.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.model.ExactDenoiser;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.ModelWriter;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * The frozen network that a student learns from or starts as: a denoiser of a model file, the data's own denoiser, a first
 * stage of the student's own kind, the velocity of a flow, of a model file or of the data, or a flow map of a model file.
 */
final class Teacher implements AutoCloseable {
    /** Recipe's word for the denoiser of the data. */
    static final String EXACT = "exact";

    private static final String KEY = "teacher";

    private final Module owned;
    private final @Nullable FlowNetwork network;
    private final Gives gives;
    private @Nullable Flow weak;

    /**
     * A flow of a model file.
     *
     * @param network its velocity
     * @param path whose velocity it is
     */
    private record Flow(FlowNetwork network, LinearPath path) {
        /** The velocity in the direction asked for. */
        VelocityNet towards(LinearPath direction) {
            return turned(network, path, direction);
        }
    }

    /**
     * What a teacher can be asked for.
     *
     * @param function clean data at a noise level; null for a flow
     * @param trigFlow velocity on TrigFlow's quarter circle; null for a first stage and for a flow
     * @param flow velocity on the linear path; null for all others
     * @param path direction of the flow, noise at 0 for all others
     * @param map flow map on the linear path with noise at 0; null for all others
     */
    private record Gives(
            @Nullable PredictionNet function,
            @Nullable VelocityNet trigFlow,
            @Nullable VelocityNet flow,
            LinearPath path,
            @Nullable FlowMapNet map) {
        /** What a teacher of noise levels gives. */
        static Gives levels(PredictionNet function, @Nullable VelocityNet trigFlow) {
            return new Gives(function, trigFlow, null, LinearPath.NOISE_AT_ZERO, null);
        }

        /** A velocity. */
        static Gives flow(VelocityNet flow, LinearPath path) {
            return new Gives(null, null, flow, path, null);
        }

        /** A flow map. */
        static Gives map(FlowMapNet map) {
            return new Gives(null, null, null, LinearPath.NOISE_AT_ZERO, map);
        }
    }

    private Teacher(Module owned, @Nullable FlowNetwork network, Gives gives) {
        this.owned = owned;
        this.network = network;
        this.gives = gives;
    }

    /**
     * A network that is taken over: a denoiser, a first stage, or what was the student of the round before.
     *
     * @param as what it gives
     */
    static Teacher of(FlowNetwork network, Parametrisation as) {
        network.freeze(true);
        boolean stage = as.role() == Parametrisation.Role.CONSISTENCY;
        return new Teacher(network, network, Gives.levels(as.around(network), stage ? null : as.trigFlow(network)));
    }

    /** A network that is taken over: a velocity, or with two times a flow map with noise at 0. */
    private static Teacher of(Flow flow) {
        FlowNetwork network = flow.network;
        network.freeze(true);
        boolean map = network.config().times() == 2;
        return new Teacher(network, network, map ? Gives.map(network) : Gives.flow(network, flow.path));
    }

    /** A network of a file that is taken over, as the recipe's method wants it. */
    private static Teacher of(Flow flow, Recipe recipe, @Nullable Parametrisation levels) {
        return levels == null ? of(flow) : of(flow.network, wanted(recipe, levels));
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
        if (name == null) {
            return null;
        }
        Teacher teacher = name.equals(EXACT)
                ? exact(recipe, student, device)
                : of(network(KEY, name, recipe, student, device), recipe, student.parametrisation());
        String weak = recipe.method().weakTeacher();
        if (weak != null) {
            try {
                teacher.weak(network("method.weak", weak, recipe, student, device));
            } catch (RuntimeException e) {
                teacher.close();
                throw e;
            }
        }
        return teacher;
    }

    /** The network of a file that a key of the recipe names; noise at 0 where it is of noise levels. */
    private static Flow network(String key, String name, Recipe recipe, ModelSpec student, Device device) {
        Path path = Path.of(name);
        if (!Files.isRegularFile(path)) {
            throw new SettingsException(
                    key,
                    Files.exists(path) ? "the folder " + name : name + ", which is no file",
                    "a checkpoint or an export of a " + wantedName(recipe, student.parametrisation()),
                    Files.exists(path) ? "name the .safetensors file in it" : "is the path right?");
        }
        try (ModelFile file = ModelFile.open(path)) {
            requireFit(key, name, file.spec(), student, recipe);
            requireScales(key, name, file.spec(), recipe.method().guidedTeacher());
            if (recipe.startsFromTeacher() && key.equals(KEY)) {
                requireStart(name, file.spec(), student);
            }
            return new Flow(
                    (FlowNetwork) file.load(file.defaultRole(), device),
                    LinearPath.NOISE_AT_ONE.equals(file.spec().path())
                            ? LinearPath.NOISE_AT_ONE
                            : LinearPath.NOISE_AT_ZERO);
        }
    }

    private void weak(Flow flow) {
        flow.network.freeze(true);
        weak = flow;
    }

    private static String wantedName(Recipe recipe, @Nullable Parametrisation student) {
        if (recipe.method().mapTeacher()) {
            return "flow map on the linear path with noise at 0";
        }
        return student == null
                ? "flow on the linear path"
                : wanted(recipe, student).describe();
    }

    /** The teacher that a checkpoint of the recipe's run holds; null where the method learns from none. */
    static @Nullable Teacher stored(Recipe recipe, ModelFile checkpoint, Device device) {
        ModelSpec student = checkpoint.spec();
        if (!recipe.method().taught()) {
            return null;
        }
        long step = Checkpoint.of(checkpoint).step();
        boolean wasStudent =
                recipe.method().round(step, recipe.training().steps()).number() > 0;
        Teacher teacher = EXACT.equals(recipe.teacher()) && !wasStudent
                ? exact(recipe, student, device)
                : ofStored(recipe, checkpoint, wasStudent, device);
        if (recipe.method().weakTeacher() != null) {
            try {
                teacher.weak(new Flow(
                        stored(ModelFile.WEAK, ModelFile.KEY_WEAK, 1, checkpoint, device),
                        path(checkpoint, ModelFile.KEY_WEAK_NOISE_TIME)));
            } catch (RuntimeException e) {
                teacher.close();
                throw e;
            }
        }
        return teacher;
    }

    private static Teacher ofStored(Recipe recipe, ModelFile checkpoint, boolean wasStudent, Device device) {
        ModelSpec student = checkpoint.spec();
        Parametrisation levels = student.parametrisation();
        NetworkConfig config = checkpoint.structure(ModelFile.KEY_TEACHER);
        if (wasStudent && !config.equals(student.network())) {
            throw checkpoint.bad("a teacher " + config, "the student's " + student.network(), "is it damaged?");
        }
        LinearPath path = path(checkpoint, ModelFile.KEY_TEACHER_NOISE_TIME);
        FlowNetwork network = stored(ModelFile.TEACHER, ModelFile.KEY_TEACHER, times(recipe), checkpoint, device);
        return levels != null && wasStudent ? of(network, levels) : of(new Flow(network, path), recipe, levels);
    }

    /** The direction of a stored flow. */
    private static LinearPath path(ModelFile checkpoint, String key) {
        String noise = checkpoint.metadata().getOrDefault(key, "0");
        if (!noise.equals("0") && !noise.equals("1")) {
            throw checkpoint.bad(key + " " + BadFileException.quote(noise), "0 or 1", "is it damaged?");
        }
        return noise.equals("1") ? LinearPath.NOISE_AT_ONE : LinearPath.NOISE_AT_ZERO;
    }

    /** A network of a role that has a structure of its own. */
    private static FlowNetwork stored(String role, String key, int times, ModelFile checkpoint, Device device) {
        ModelSpec student = checkpoint.spec();
        NetworkConfig config = checkpoint.structure(key);
        if (config.times() != times || !config.accepts(student.shape())) {
            throw checkpoint.bad(
                    "a " + role + " " + config,
                    "a network with times " + times + " of the student's samples",
                    "is it damaged?");
        }
        Network network = config.build(new Init(device, student.dtype(), new Rng(0)));
        try {
            if (!(network instanceof FlowNetwork flow)) {
                throw checkpoint.bad(
                        "a " + role + " " + config, "a network that makes samples of noise", "is it damaged?");
            }
            checkpoint.load(role, flow);
            return flow;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** Times of a recipe's teacher. */
    private static int times(Recipe recipe) {
        return recipe.method().mapTeacher() ? 2 : 1;
    }

    private static Teacher exact(Recipe recipe, ModelSpec student, Device device) {
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
        Parametrisation levels = student.parametrisation();
        return new Teacher(
                exact,
                null,
                levels == null
                        ? Gives.flow(exact.velocity(LinearPath.NOISE_AT_ZERO), LinearPath.NOISE_AT_ZERO)
                        : Gives.levels(exact, exact.trigFlow(levels.sigmaData())));
    }

    /** Refuses a teacher of other data or of another kind. */
    private static void requireFit(String key, String name, ModelSpec teacher, ModelSpec student, Recipe recipe) {
        Parametrisation levels = student.parametrisation();
        Parametrisation wanted = levels == null ? null : wanted(recipe, levels);
        boolean fits = wanted == null
                ? linear(teacher.path(), times(recipe)) && teacher.network().times() == times(recipe)
                : wanted.equals(teacher.parametrisation());
        if (!fits) {
            throw new SettingsException(
                    key,
                    name + ", a " + describe(teacher),
                    wanted == null
                            ? times(recipe) == 2
                                    ? "a flow map on the path linear with noise at 0"
                                    : "a velocity on the path linear"
                            : "a " + wanted.describe(),
                    wanted == null
                            ? "train it with the method " + (times(recipe) == 2 ? "lsd, say" : "flow-matching")
                            : wanted.jumps()
                                    ? "train it with the method ect, or ict and the same sigma-min"
                                    : "train it with the method edm");
        }
        requireEqual(key, name + " of samples", teacher.shape(), student.shape());
        requireEqual(key, name + " of dtype", teacher.dtype(), student.dtype());
        requireEqual(
                key,
                name + " of classes",
                teacher.network().classes(),
                student.network().classes());
    }

    /** Whether a teacher of as many times can be of a path: a velocity is turned round where need be, a map is not. */
    private static boolean linear(org.fewstep.path.@Nullable Path path, int times) {
        return LinearPath.NOISE_AT_ZERO.equals(path) || (times == 1 && LinearPath.NOISE_AT_ONE.equals(path));
    }

    private static void requireScales(String key, String name, ModelSpec teacher, boolean wanted) {
        boolean given = teacher.network().guided();
        if (given != wanted) {
            throw new SettingsException(
                    key,
                    name + ", which takes " + (given ? "the" : "no") + " guidance scale as an input",
                    "one that takes " + (wanted ? "it" : "none"),
                    wanted ? "train it with the method guidance-distillation" : "");
        }
    }

    private static String describe(ModelSpec given) {
        Parametrisation levels = given.parametrisation();
        if (levels != null) {
            return levels.describe();
        }
        org.fewstep.path.Path path = given.path();
        return path == null
                ? "network that makes no samples of noise"
                : "model on the path " + path.name() + " with noise at " + (int) path.noiseTime() + ", "
                        + given.network().times() + " times";
    }

    /** What of a structure another has not, by the settings' names; all of it where they are of two architectures. */
    private static String describe(NetworkConfig structure, NetworkConfig other) {
        if (structure.getClass() != other.getClass()) {
            return structure.toString();
        }
        Map<String, Object> own = Settings.toMap((Record) structure);
        own.entrySet().removeAll(Settings.toMap((Record) other).entrySet());
        return own.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }

    private static void requireEqual(String key, String what, Object teacher, Object student) {
        if (!teacher.equals(student)) {
            throw new SettingsException(key, what + " " + teacher, student + ", as the student", "");
        }
    }

    /** Refuses a student that cannot start as a teacher. */
    private static void requireStart(String name, ModelSpec teacher, ModelSpec student) {
        boolean flow = student.parametrisation() == null
                && teacher.network().times() < student.network().times();
        NetworkConfig start = flow ? student.network().withOneTime() : student.network();
        if (!teacher.network().equals(start)) {
            throw new SettingsException(
                    "network",
                    start == null ? student.network().toString() : describe(start, teacher.network()),
                    (start == null ? teacher.network().toString() : describe(teacher.network(), start))
                            + ", as the teacher" + (flow ? ", with a time more" : ""),
                    start == null
                            ? "a plain residual-mlp, dit or u-net can start so"
                            : "set it, or start from fresh weights");
        }
        if (flow && !Objects.equals(teacher.path(), student.path())) {
            throw new SettingsException(
                    KEY,
                    name + ", a " + describe(teacher),
                    "noise at " + (int) Objects.requireNonNull(student.path()).noiseTime() + ", to start from it",
                    "train it with method.noise-time, or start from fresh weights");
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
        PredictionNet function = gives.function;
        if (function == null || gives.trigFlow == null) {
            throw other("a denoiser");
        }
        return function;
    }

    /** The velocity of its flow on TrigFlow's quarter circle. */
    VelocityNet trigFlow() {
        VelocityNet trigFlow = gives.trigFlow;
        if (trigFlow == null) {
            throw other("a denoiser");
        }
        return trigFlow;
    }

    /** The consistency function of a first stage. */
    PredictionNet firstStage() {
        PredictionNet function = gives.function;
        if (function == null || gives.trigFlow != null) {
            throw other("a first stage");
        }
        return function;
    }

    /** The velocity of its flow on the linear path, in the direction asked for. */
    VelocityNet velocity(LinearPath path) {
        VelocityNet flow = gives.flow;
        if (flow == null) {
            throw other("a flow");
        }
        return turned(flow, gives.path, path);
    }

    /** Its flow map on the linear path with noise at 0. */
    FlowMapNet map() {
        FlowMapNet map = gives.map;
        if (map == null) {
            throw other("a flow map");
        }
        return map;
    }

    /** The velocity of the network that it is guided away from, or null. */
    @Nullable
    VelocityNet weakVelocity(LinearPath path) {
        Flow flow = weak;
        return flow == null ? null : flow.towards(path);
    }

    /** The network that it is guided away from, or null. */
    @Nullable
    FlowNetwork weak() {
        Flow flow = weak;
        return flow == null ? null : flow.network;
    }

    /** Adds its networks to a file; none for the data's own denoiser. */
    void write(ModelWriter file) {
        FlowNetwork own = network;
        if (own != null) {
            file.network(ModelFile.TEACHER, own);
            file.structure(ModelFile.KEY_TEACHER, own.config());
            file.put(ModelFile.KEY_TEACHER_NOISE_TIME, noiseTime(gives.path));
        }
        Flow away = weak;
        if (away != null) {
            file.network(ModelFile.WEAK, away.network);
            file.structure(ModelFile.KEY_WEAK, away.network.config());
            file.put(ModelFile.KEY_WEAK_NOISE_TIME, noiseTime(away.path));
        }
    }

    private static String noiseTime(LinearPath path) {
        return Integer.toString((int) path.noiseTime());
    }

    /** A velocity on the linear path of one direction as that of another. */
    private static VelocityNet turned(VelocityNet flow, LinearPath from, LinearPath to) {
        return from.equals(to) ? flow : (x, t, cond) -> Ops.neg(flow.v(x, Ops.scaleShift(t, -1, 1), cond));
    }

    private IllegalStateException other(String wanted) {
        String what = gives.map != null
                ? "a flow map"
                : gives.flow != null ? "a flow" : gives.trigFlow != null ? "a denoiser" : "a first stage";
        return new IllegalStateException("teacher: got " + what + "; expected " + wanted);
    }

    @Override
    public void close() {
        owned.close();
        Flow flow = weak;
        if (flow != null) {
            flow.network.close();
        }
    }
}
