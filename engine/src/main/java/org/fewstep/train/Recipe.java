package org.fewstep.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fewstep.data.Dataset;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsException;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.sample.SolverChoice;
import org.jspecify.annotations.Nullable;

/**
 * Everything that fixes a training run, as written in a YAML file or in a checkpoint; the reference of its keys is the
 * documentation of the records below.
 *
 * @param name for lists and messages
 * @param description one sentence (default empty)
 * @param data what is learned from; of a bridge, the end at t = 1
 * @param source the end at t = 0, for a method that learns a bridge; absent for all others
 * @param method loss and path
 * @param teacher checkpoint or export of a denoiser that the student learns from or starts as, or exact for the denoiser of
 *     the data; for tcm that of the first stage, a consistency function; for a flow map one of flow matching, which those that learn
 *     from data alone start as, or exact for the velocity of the data; for pfmm a flow map; absent for none
 * @param init where the student's weights start: fresh or teacher (default: teacher where that is a file, but fresh for a flow
 *     map that learns from a flow); a flow map starts as a flow of its own direction and structure, its second time silent
 * @param perceptual checkpoint or export of a classifier of such data, in whose states the distance perceptual compares samples;
 *     absent for the other distances
 * @param network architecture
 * @param optimizer update rule
 * @param training length and bookkeeping
 * @param watch how samples are watched in training; absent for not at all
 * @param sample what to show at the end
 */
public record Recipe(
        String name,
        String description,
        DataSettings data,
        @Nullable DataSettings source,
        MethodSettings method,
        @Nullable String teacher,
        @Nullable Start init,
        @Nullable String perceptual,
        NetworkSettings network,
        OptimizerSettings optimizer,
        TrainingSettings training,
        @Nullable WatchSettings watch,
        SampleSettings sample) {
    /** Where the student's weights start. */
    public enum Start {
        /** drawn from the seed */
        FRESH,
        /** those of the teacher */
        TEACHER
    }

    static Map<String, Object> defaults() {
        return Map.of(
                "description",
                "",
                "optimizer",
                OptimizerSettings.DEFAULT,
                "training",
                TrainingSettings.DEFAULT,
                "sample",
                SampleSettings.DEFAULT);
    }

    public Recipe {
        boolean classifies = network instanceof NetworkSettings.ConvClassifier;
        if (classifies != (method.times() == 0)) {
            throw new SettingsException(
                    "network.kind",
                    classifies ? "conv-classifier" : "a network with times",
                    classifies ? "another, since the method needs times" : "conv-classifier, which the method needs",
                    "");
        }
        boolean bridged = method.bridge() != null;
        if (bridged != (source != null)) {
            throw new SettingsException(
                    "source",
                    bridged ? "none" : "data at t = 0",
                    bridged
                            ? "the data at t = 0, which the method starts from"
                            : "none, since the method starts from noise",
                    bridged ? "write it as data" : "");
        }
        Integer times = network.times();
        Parametrisation levels = method.parametrisation();
        boolean oneTime = bridged || (levels != null && levels.times() == 1);
        if (times != null && (times < method.times() || (oneTime && times > 1))) {
            throw new SettingsException(
                    "network.times", times.toString(), method.times() + ", which the method needs", "leave it out");
        }
        if (bridged && network instanceof NetworkSettings.UNet unet && unet.dropout() > 0) {
            throw new SettingsException(
                    "network.dropout", Double.toString(unet.dropout()), "0, which the method trains with", "");
        }
        if (bridged
                && (sample.solver() == SolverChoice.FLOW_MAP
                        || sample.guidance() != 1
                        || !sample.classes().isEmpty())) {
            throw new SettingsException(
                    "sample",
                    "flow-map steps, guidance or classes",
                    "none of them, since the method learns one time and no classes",
                    "");
        }
        requirePairsFit(method, data, source);
        requireTeacherFits(method, teacher, init);
        boolean compared = method instanceof Perceiving seeing && seeing.perceptual();
        if (compared != (perceptual != null)) {
            throw new SettingsException(
                    "perceptual",
                    perceptual == null ? "none" : perceptual,
                    perceptual == null
                            ? "a model file of a classifier, which the method needs"
                            : "none, since nothing of the method is perceptual",
                    perceptual == null ? "train one with the recipe mnist-classifier" : "leave it out");
        }
        method.requireBatch(training.batch());
        method.round(0, training.steps()); // refuses a run that is too short for its rounds
        if (levels != null) {
            requireSamples(levels, network.guided(), sample);
        }
        if (watch != null) {
            requireWatchable(method, watch);
        }
        if (network.guided() != method.drawsGuidance()) {
            throw new SettingsException(
                    "network.guided",
                    Boolean.toString(network.guided()),
                    Boolean.toString(method.drawsGuidance()),
                    "a method draws guidance scales (guidance-distillation, latent-consistency, progressive-distillation with"
                            + " method.w-most, or mean-flow with method.omega-most) exactly for a network that takes them");
        }
    }

    private static void requirePairsFit(MethodSettings method, DataSettings data, @Nullable DataSettings source) {
        boolean pairs = data instanceof DataSettings.Pairs;
        if (method.paired() && !pairs) {
            throw new SettingsException(
                    "data.kind",
                    "data without partners",
                    "pairs, which the method learns from",
                    "make them with fewstep pairs");
        }
        if (source instanceof DataSettings.Pairs || (pairs && !method.paired())) {
            throw new SettingsException(
                    pairs ? "data.kind" : "source.kind", "pairs", "another, since the method learns no pairs", "");
        }
    }

    /** Refuses samples that the model cannot make, before it is trained. */
    private static void requireSamples(Parametrisation levels, boolean guided, SampleSettings sample) {
        boolean jumps = levels.jumps();
        SolverChoice solver = sample.solver();
        if (solver != SolverChoice.AUTO && (jumps || solver == SolverChoice.FLOW_MAP)) {
            throw new SettingsException(
                    "sample.solver",
                    solver.name(),
                    jumps ? "auto, since the method makes a " + levels.describe() : "auto or a solver of an ODE",
                    "");
        }
        for (int steps : sample.steps()) {
            if (steps > levels.mostSteps()) {
                throw new SettingsException(
                        "sample.steps",
                        Integer.toString(steps),
                        "at most " + levels.mostSteps() + ", since the method makes a " + levels.describe(),
                        "");
            }
        }
        if (jumps && !guided && sample.guidance() != 1) {
            throw new SettingsException(
                    "sample.guidance",
                    Double.toString(sample.guidance()),
                    "1, since the method makes a " + levels.describe(),
                    "");
        }
    }

    private static void requireWatchable(MethodSettings method, WatchSettings watch) {
        if (method.times() == 0 || method.bridge() != null) {
            throw new SettingsException("watch", "watching", "none, since the method makes no samples of noise", "");
        }
        Parametrisation levels = method.parametrisation();
        if (levels != null && watch.steps() > levels.mostSteps()) {
            throw new SettingsException(
                    "watch.steps",
                    Integer.toString(watch.steps()),
                    "at most " + levels.mostSteps() + ", since the method makes a " + levels.describe(),
                    "");
        }
    }

    private static void requireTeacherFits(MethodSettings method, @Nullable String teacher, @Nullable Start init) {
        boolean exact = Teacher.EXACT.equals(teacher);
        if (teacher == null) {
            if (method.taught()) {
                throw new SettingsException(
                        "teacher",
                        "none",
                        method.hasFirstStage()
                                ? "a checkpoint of the first stage"
                                : method.mapTeacher()
                                        ? "a checkpoint of a flow map"
                                        : "a model file, or exact, which the method learns from",
                        "");
            }
            if (init == Start.TEACHER) {
                throw new SettingsException(
                        "init", "teacher without a teacher", "fresh", "name a model file as teacher");
            }
        } else if (method.parametrisation() == null && !method.taught() && !learnsMap(method)) {
            throw new SettingsException("teacher", teacher, "none, since the method has no use for one", "");
        } else if (exact && method.hasFirstStage()) {
            throw new SettingsException("teacher", teacher, "a checkpoint of the first stage", "train it with ect");
        } else if (exact && method.mapTeacher()) {
            throw new SettingsException("teacher", teacher, "a checkpoint of a flow map", "train it with lsd, say");
        } else if (exact && init == Start.TEACHER) {
            throw new SettingsException("init", "teacher for the exact one", "fresh, since it has no weights", "");
        } else if (!method.taught() && (exact || init == Start.FRESH)) {
            throw new SettingsException(
                    "teacher", teacher, "a model file to start from, since the method learns from data alone", "");
        }
        Parametrisation levels = method.parametrisation();
        boolean starts = teacher != null && !exact && init != Start.FRESH;
        if (starts && levels != null && levels.form() != Parametrisation.Form.SIGMA) {
            throw new SettingsException(
                    "method.form",
                    "trigflow",
                    "sigma, to start from a denoiser of noise levels",
                    "or set init to fresh");
        }
    }

    /** Whether the student is a map between two times of a path, which can start as a velocity. */
    private static boolean learnsMap(MethodSettings method) {
        return method.path() != null && method.times() == 2;
    }

    /** Whether the student's first weights are those of the teacher. */
    public boolean startsFromTeacher() {
        boolean asked = init == null
                ? method.parametrisation() != null || method.mapTeacher() || !method.taught()
                : init == Start.TEACHER;
        return teacher != null && !Teacher.EXACT.equals(teacher) && asked;
    }

    /**
     * The recipe of nested maps.
     *
     * @throws SettingsException when a key is unknown or missing or a value is of no use
     */
    public static Recipe from(Map<String, ?> map) {
        return Settings.bind(Recipe.class, map);
    }

    /** As {@link #from(Map)} after assignments {@code a.b=c}. */
    public static Recipe from(Map<String, ?> map, Iterable<String> overrides) {
        return from(Settings.override(Recipe.class, map, overrides));
    }

    /** All keys with their values, defaults included. */
    public Map<String, Object> toMap() {
        return Settings.toMap(this);
    }

    /**
     * Assignments for {@link #from(Map, Iterable)} that set the folders of the data's files and of the source's.
     *
     * @param map recipe
     */
    public static List<String> folders(Map<String, ?> map, String folder) {
        List<String> all = new ArrayList<>();
        boolean ofSource = map.get("source") instanceof Map<?, ?> source && "idx".equals(source.get("kind"));
        if (ofSource) {
            all.add("source.folder=" + folder);
        }
        if (!ofSource || (map.get("data") instanceof Map<?, ?> data && "idx".equals(data.get("kind")))) {
            all.add("data.folder=" + folder);
        }
        return all;
    }

    /** The same with the folders of the files replaced. */
    public Recipe withFolders(String folder) {
        return from(toMap(), folders(toMap(), folder));
    }

    /** Number of classes that the network is conditioned on; 0 for none. */
    public int classes(Dataset dataset) {
        return data.labels() && source == null ? dataset.classes() : 0;
    }

    /** The network's full configuration for this data. */
    public NetworkConfig networkConfig(Dataset dataset) {
        List<Integer> shape = Arrays.stream(dataset.sampleShape()).boxed().toList();
        Integer times = network.times();
        return method.structure(network.config(shape, classes(dataset), times == null ? method.times() : times));
    }
}
