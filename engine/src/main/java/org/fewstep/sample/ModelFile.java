package org.fewstep.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Crc32c;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonObject;
import org.fewstep.io.SafeTensors;
import org.fewstep.io.Settings;
import org.fewstep.io.StoredType;
import org.fewstep.io.TensorInfo;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.model.Init;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parameter;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.BrownianPath;
import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * An open file of trained networks: a checkpoint or an export, in safetensors with {@code format} fewstep-1.
 *
 * <p>Tensors are named {@code ROLE/PARAM}; a role is {@code student}, {@code ema.DECAY}, {@code target}, {@code teacher}, {@code weak},
 * {@code perceptual}, that of an opponent of the student, or belongs to an optimizer. The metadata holds the network's structure, its path where it has times (its bridge where it
 * starts from data, its parametrisation where it gives clean data at a noise level), the shape of a sample and the CRC-32C of
 * every tensor, which is checked when the tensor is read. Everything in the file is checked before it is believed; what does
 * not fit ends in {@link BadFileException}.
 */
public final class ModelFile implements AutoCloseable {
    /** Version of the layout. */
    public static final String FORMAT = "fewstep-1";

    /** Role of the network in training. */
    public static final String STUDENT = "student";

    /** Start of the roles of averaged networks. */
    public static final String EMA = "ema.";

    /** Role of the average of the student that a consistency loss takes its targets from. */
    public static final String TARGET = "target";

    /** Role of the network that the student learns from, with a structure of its own. */
    public static final String TEACHER = "teacher";

    /** Role of the network that the teacher is guided away from, with a structure of its own. */
    public static final String WEAK = "weak";

    /** Metadata key of that network's structure. */
    public static final String KEY_WEAK = "weak";

    /** Role of the network in whose states samples are compared, with a structure of its own. */
    public static final String PERCEPTUAL = "perceptual";

    /** Metadata key of that network's structure. */
    public static final String KEY_PERCEPTUAL = "perceptual";

    /** Metadata key of the teacher's structure. */
    public static final String KEY_TEACHER = "teacher";

    /** Metadata key of the time, 0 or 1, at which a teacher that is a flow has its noise; 0 where a file does not say. */
    public static final String KEY_TEACHER_NOISE_TIME = "teacher-noise-time";

    /** The same of the network that the teacher is guided away from. */
    public static final String KEY_WEAK_NOISE_TIME = "weak-noise-time";

    /** Metadata key of the role to sample with. */
    public static final String KEY_SAMPLED = "sampled";

    static final String KEY_FORMAT = "format";
    static final String KEY_NETWORK = "network";
    static final String KEY_DTYPE = "dtype";
    static final String KEY_PATH = "path";
    static final String KEY_BRIDGE = "bridge";
    static final String KEY_PARAMETRISATION = "parametrisation";
    static final String KEY_NOISE_TIME = "noise-time";
    static final String KEY_SHAPE = "shape";
    static final String KEY_CRC32C = "crc32c";

    private final String source;
    private final SafeTensors.Reader reader;
    private final ModelSpec spec;
    private final JsonCursor sums;

    private ModelFile(String source, SafeTensors.Reader reader) {
        this.source = source;
        this.reader = reader;
        String format = meta(KEY_FORMAT);
        if (!format.equals(FORMAT)) {
            throw bad("format " + BadFileException.quote(format), FORMAT, "was it written by another version?");
        }
        this.spec = readSpec();
        this.sums = JsonCursor.root(Json.parse(meta(KEY_CRC32C)), source + " " + KEY_CRC32C);
        Set<String> summed = sums.keys();
        for (String name : reader.names()) {
            if (!summed.contains(name)) {
                throw bad("no checksum of " + BadFileException.quote(name), "one a tensor", "is it damaged?");
            }
        }
        if (summed.size() != reader.names().size()) {
            throw bad(summed.size() + " checksums", reader.names().size() + ", one a tensor", "is it cut off?");
        }
    }

    /**
     * Opens a file and checks all but the tensors' content.
     *
     * @throws BadFileException when it is not a whole file of this format
     */
    public static ModelFile open(Path file) {
        SafeTensors.Reader reader = SafeTensors.open(file);
        try {
            return new ModelFile(file.toString(), reader);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private ModelSpec readSpec() {
        try {
            NetworkConfig network = bind(KEY_NETWORK);
            JsonCursor shape = JsonCursor.root(Json.parse(meta(KEY_SHAPE)), source + " " + KEY_SHAPE);
            List<Integer> sizes = new ArrayList<>();
            for (JsonCursor size : shape.elements()) {
                sizes.add(size.asInt());
            }
            boolean bridged = network instanceof InterpolantConfig;
            Parametrisation parametrisation = metadata().containsKey(KEY_PARAMETRISATION)
                    ? Settings.bind(Parametrisation.class, json(KEY_PARAMETRISATION))
                    : null;
            return new ModelSpec(
                    network,
                    dtype(),
                    network.times() == 0 || bridged || parametrisation != null ? null : path(),
                    bridged ? StochasticInterpolant.named(meta(KEY_BRIDGE)) : null,
                    parametrisation,
                    sizes);
        } catch (IllegalArgumentException e) {
            throw bad(
                    "a description that does not hold (" + e.getMessage() + ")",
                    "that of a network",
                    "is it a file of another model?",
                    e);
        }
    }

    private NetworkConfig bind(String key) {
        NetworkConfig network = Settings.bind(NetworkConfig.class, json(key));
        long held = largestRole();
        if (network.leastNumbers() > held) {
            throw new IllegalArgumentException("network: got a structure of at least "
                    + Math.round(network.leastNumbers()) + " numbers; expected at most the " + held + " in the file");
        }
        return network;
    }

    /**
     * The structure of a network that a metadata key holds.
     *
     * @throws BadFileException when there is none, or one that the file is too small for
     */
    public NetworkConfig structure(String key) {
        try {
            return bind(key);
        } catch (IllegalArgumentException e) {
            throw bad(
                    "a description that does not hold (" + e.getMessage() + ")",
                    "that of a network",
                    "is it a file of another model?",
                    e);
        }
    }

    private DType dtype() {
        String name = meta(KEY_DTYPE);
        if (name.equals(DType.F32.name())) {
            return DType.F32;
        }
        if (name.equals(DType.F64.name())) {
            return DType.F64;
        }
        throw bad("dtype " + BadFileException.quote(name), "F32 or F64", "was it written by another version?");
    }

    private org.fewstep.path.Path path() {
        String name = meta(KEY_PATH);
        String noise = meta(KEY_NOISE_TIME);
        if (name.equals(LinearPath.NOISE_AT_ONE.name())) {
            if (noise.equals("1")) {
                return LinearPath.NOISE_AT_ONE;
            }
            if (noise.equals("0")) {
                return LinearPath.NOISE_AT_ZERO;
            }
        }
        BrownianPath brownian = new BrownianPath();
        if (name.equals(brownian.name()) && noise.equals("0")) {
            return brownian;
        }
        org.fewstep.path.Path cosine = new CosinePath().reversed();
        if (name.equals(cosine.name()) && noise.equals("1")) {
            return cosine;
        }
        throw bad(
                "path " + BadFileException.quote(name) + " with noise at " + BadFileException.quote(noise),
                "linear with noise at 0 or 1, brownian with noise at 0, or reversed cosine with noise at 1",
                "was it written by another version?");
    }

    /** Number of elements of the role that has most; what a network may need at most. */
    private long largestRole() {
        Map<String, Long> elements = new LinkedHashMap<>();
        for (String name : reader.names()) {
            elements.merge(role(name), reader.info(name).elements(), Long::sum);
        }
        return elements.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static String role(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /** What the networks in this file are. */
    public ModelSpec spec() {
        return spec;
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return reader.names();
    }

    /** All metadata. */
    public Map<String, String> metadata() {
        return reader.metadata();
    }

    /** The value of a metadata key, which must be there. */
    public String meta(String key) {
        String value = reader.metadata().get(key);
        if (value == null) {
            throw bad("no metadata " + BadFileException.quote(key), "it", "is it a file of fewstep?");
        }
        return value;
    }

    /** The JSON object that a metadata key holds, as nested maps. */
    public Map<String, Object> json(String key) {
        if (Json.parse(meta(key).getBytes(StandardCharsets.UTF_8), source + " " + key) instanceof JsonObject object) {
            return Settings.fromJson(object);
        }
        throw bad("metadata " + key + " of another kind", "an object", "is it damaged?");
    }

    /** Roles that are networks of the {@link #spec}, in file order. */
    public List<String> roles() {
        List<String> roles = new ArrayList<>();
        for (String name : reader.names()) {
            String role = role(name);
            if ((role.equals(STUDENT) || role.equals(TARGET) || role.startsWith(EMA)) && !roles.contains(role)) {
                roles.add(role);
            }
        }
        return roles;
    }

    /** The role that samples are made with: the average that the file names as such, else the student. */
    public String defaultRole() {
        List<String> roles = roles();
        String named = reader.metadata().get(KEY_SAMPLED);
        if (named != null && roles.contains(named)) {
            return named;
        }
        if (roles.isEmpty()) {
            throw bad("no network", "student/... or ema.NAME/...", "is it a file of another kind?");
        }
        return roles.contains(STUDENT) ? STUDENT : roles.get(0);
    }

    /**
     * Builds a role's network with its parameters, which the caller closes.
     *
     * @throws BadFileException when parameters are missing, too many, of another shape or damaged
     */
    public Network load(String role, Device device) {
        if (!roles().contains(role)) {
            throw bad("no network " + BadFileException.quote(role), "one of " + roles(), "");
        }
        Network network = build(device);
        try {
            load(role, network);
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** A network of this file's structure with fresh parameters. */
    public Network build(Device device) {
        return spec.network().build(new Init(device, spec.dtype(), new Rng(0)));
    }

    /** Fills a network's parameters, which must be exactly those of the role. */
    public void load(String role, Module network) {
        Map<String, Parameter> parameters = network.parameters();
        for (String name : reader.names()) {
            if (role(name).equals(role) && !parameters.containsKey(name.substring(role.length() + 1))) {
                throw bad("tensor " + BadFileException.quote(name), "only parameters of the network", "");
            }
        }
        parameters.forEach((name, p) -> read(role + "/" + name, p.buffer(), p.shape()));
    }

    /**
     * Copies a tensor into a buffer.
     *
     * @throws BadFileException when it is missing, of another shape or dtype, or its checksum is wrong
     */
    public void read(String name, Buffer into, Shape shape) {
        TensorInfo info = reader.info(name);
        long[] expected = Arrays.stream(shape.sizes()).asLongStream().toArray();
        StoredType type = into.dtype() == DType.F64 ? StoredType.F64 : StoredType.F32;
        if (info.type() != type || !Arrays.equals(info.shape(), expected)) {
            throw bad(String.valueOf(info), type + " " + Arrays.toString(expected), "is it a file of another model?");
        }
        checkSum(name);
        if (type == StoredType.F64) {
            double[] values = reader.readDoubles(name);
            into.device().write(into, values, 0, values.length);
        } else {
            float[] values = reader.readFloats(name);
            into.device().write(into, values, 0, values.length);
        }
    }

    private void checkSum(String name) {
        long sum = Crc32c.of(reader, name);
        long written = sums.get(name).asLong();
        if (sum != written) {
            throw bad(
                    String.format(Locale.ROOT, "checksum %08x of %s", sum, BadFileException.quote(name)),
                    String.format(Locale.ROOT, "%08x, as when it was written", written),
                    "the file is damaged; restore it");
        }
    }

    /** A tensor's bytes, to be written to another file; its checksum is checked. */
    public TensorSource source(String name) {
        TensorInfo info = reader.info(name);
        checkSum(name);
        return TensorSource.ofBytes(info.type(), reader.readBytes(name), info.shape());
    }

    /** An error of this file. */
    public BadFileException bad(String got, String expected, String hint) {
        return bad(got, expected, hint, null);
    }

    /** An error of this file, with the exception that revealed it. */
    public BadFileException bad(String got, String expected, String hint, @Nullable Throwable cause) {
        return new BadFileException(source, BadFileException.NO_OFFSET, got, expected, hint, cause);
    }

    @Override
    public void close() {
        reader.close();
    }
}
