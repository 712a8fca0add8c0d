package org.fewstep.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Slots;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Module;
import org.fewstep.model.Parameter;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelWriter;
import org.fewstep.tensor.Tensor;

/**
 * A network in training with all that one update leaves to the next: the averages that follow it and the optimizer's moments.
 * Modules that its loss alone needs may be trained beside it, by the same gradient pass; no average follows them.
 *
 * <p>An update is {@link #prepare}, {@link #measure}, {@link #update}. Whoever made the networks closes them. In files its tensors
 * are {@code NAME/PARAM}, {@code optim.NAME.m/PARAM}, {@code optim.NAME.v/PARAM} and {@code ROLE/PARAM} for each average; a
 * module beside it has the first three under its own name.
 *
 * @param <M> type of network
 */
final class Player<M extends Module> implements AutoCloseable {
    private final String name;
    private final M network;
    private final OptimizerSettings settings;
    private final Slots slots;
    private final List<Part> parts = new ArrayList<>();
    private final GradClip clip;
    private final List<Tensor> leaves;
    private final Map<String, Ema<M>> averages = new LinkedHashMap<>();
    private Round round;
    private LrSchedule schedule;

    /** A module that updates change, with the number of its leaves and its moments. */
    private record Part(String name, Module module, int leaves, Optimizer optimizer) {
        String moments() {
            return "optim." + name + ".";
        }
    }

    /**
     * Moments of zero and no averages.
     *
     * @param name in files and messages
     * @param beside further modules to train, by their names in files
     * @param round whose updates come next
     * @param averages greatest number of averages
     */
    Player(String name, M network, Map<String, Module> beside, OptimizerSettings settings, Round round, int averages) {
        this.name = name;
        this.network = network;
        this.leaves = new ArrayList<>(network.leaves());
        beside.values().forEach(module -> leaves.addAll(module.leaves()));
        this.settings = settings;
        this.round = round;
        this.schedule = schedule(settings, round);
        Device device = leaves.get(0).device();
        DType dtype = leaves.get(0).dtype();
        this.slots = new Slots(device, dtype, Moments.SLOTS * (1 + beside.size()) + 1 + averages);
        parts.add(part(name, network));
        beside.forEach((key, module) -> parts.add(part(key, module)));
        Double limit = settings.clip();
        this.clip = new GradClip(device, dtype, slots, limit == null ? Double.POSITIVE_INFINITY : limit, 2);
    }

    private Part part(String key, Module module) {
        return new Part(key, module, module.leaves().size(), optimizer(settings, module));
    }

    private static LrSchedule schedule(OptimizerSettings o, Round round) {
        return new LrSchedule(o.schedule(), o.lr(), o.warmUp(), round.length(), o.finalFactor(), o.fall());
    }

    /** Begins a round: moments of zero, averages equal to the network. */
    void begin(Round next) {
        round = next;
        schedule = schedule(settings, next);
        averages.values().forEach(average -> average.network().copyFrom(network));
        parts.forEach(part -> part.optimizer.state().values().forEach(Moments::clear));
    }

    private Optimizer optimizer(OptimizerSettings o, Module module) {
        double beta1 = o.betas().get(0);
        double beta2 = o.betas().get(1);
        return switch (o.kind()) {
            case ADAMW -> new AdamW(module, slots, beta1, beta2, o.eps(), o.weightDecay());
            case RADAM -> new RAdam(module, slots, beta1, beta2, o.eps(), o.weightDecay());
        };
    }

    /** Adds an average under a role of files, in a network of the same structure. */
    void average(String role, M copy, double decay, boolean warmUp) {
        averages.put(role, new Ema<>(network, copy, decay, warmUp, slots));
    }

    /** Adds an average whose decay depends on the update. */
    void average(String role, M copy, LongToDoubleFunction decay) {
        averages.put(role, new Ema<>(network, copy, role, decay, slots));
    }

    String name() {
        return name;
    }

    M network() {
        return network;
    }

    /** All parameters that updates start from, those of modules beside the network with their module's name in front. */
    Map<String, Parameter> parameters() {
        Map<String, Parameter> all = new LinkedHashMap<>(network.parameters());
        for (Part part : parts.subList(1, parts.size())) {
            part.module.parameters().forEach((key, parameter) -> all.put(part.name + "." + key, parameter));
        }
        return all;
    }

    /** Leaves that gradients are taken for, those of the trained {@link #parameters} in their order. */
    List<Tensor> leaves() {
        return leaves;
    }

    /** Roles of the averages in files, in the order in which they were added. */
    Set<String> roles() {
        return averages.keySet();
    }

    /** The average of a role. */
    M average(String role) {
        Ema<M> average = averages.get(role);
        if (average == null) {
            throw new IllegalStateException(name + ": got average " + role + "; expected one of " + roles());
        }
        return average.network();
    }

    /** Sets the scalars of update n, counted from 0; gives its learning rate. */
    double prepare(long n) {
        long at = n - round.first();
        double lr = schedule.at(at);
        parts.forEach(part -> part.optimizer.prepare(at + 1, lr));
        averages.values().forEach(average -> average.prepare(at));
        slots.stage();
        return lr;
    }

    /** Measures gradients and the loss they belong to; the numbers stay on the device. */
    void measure(List<Tensor> gradients, LossResult result) {
        clip.apply(gradients, result.total(), result.error());
    }

    /**
     * What was measured last.
     *
     * @param norm of all gradients
     * @param objective value that was differentiated
     * @param error value to watch
     * @param finite whether all gradients and both values are
     */
    record Measured(double norm, double objective, double error, boolean finite) {}

    /** Reads what was measured last, in one transfer; waits for the device. */
    Measured measured() {
        double[] host = clip.read();
        boolean finite = host[2] == 0 && Double.isFinite(host[3]) && Double.isFinite(host[4]);
        return new Measured(host[0], host[3], host[4], finite);
    }

    /** Carries out the update that was prepared. */
    void update(List<Tensor> gradients) {
        int from = 0;
        for (Part part : parts) {
            int to = from + part.leaves;
            part.optimizer.apply(gradients.subList(from, to), clip.buffer());
            from = to;
        }
        averages.values().forEach(Ema::apply);
    }

    /** Adds network, moments and averages to a file. */
    void write(ModelWriter file) {
        for (Part part : parts) {
            file.network(part.name, part.module);
            Map<String, Parameter> parameters = part.module.trained();
            part.optimizer
                    .state()
                    .forEach((key, buffer) -> file.tensor(
                            part.moments() + key,
                            buffer,
                            parameter(parameters, key).shape()));
        }
        averages.forEach((role, average) -> file.network(role, average.network()));
    }

    /** Adds the names of all tensors that {@link #read} wants. */
    void names(Set<String> names) {
        for (Part part : parts) {
            part.optimizer.state().keySet().forEach(key -> names.add(part.moments() + key));
            part.module.parameters().keySet().forEach(key -> names.add(part.name + "/" + key));
        }
        for (String parameter : network.parameters().keySet()) {
            averages.keySet().forEach(role -> names.add(role + "/" + parameter));
        }
    }

    /** Takes network, moments and averages from a file. */
    void read(ModelFile file) {
        for (Part part : parts) {
            file.load(part.name, part.module);
            Map<String, Parameter> parameters = part.module.trained();
            Map<String, Buffer> state = part.optimizer.state();
            state.forEach((key, buffer) -> file.read(
                    part.moments() + key, buffer, parameter(parameters, key).shape()));
        }
        averages.forEach((role, average) -> file.load(role, average.network()));
    }

    /** The parameter that a state tensor {@code m/PARAM} belongs to. */
    private static Parameter parameter(Map<String, Parameter> parameters, String key) {
        Parameter parameter = parameters.get(key.substring(key.indexOf('/') + 1));
        if (parameter == null) {
            throw new IllegalStateException("optimizer: got state " + key + "; expected that of a parameter");
        }
        return parameter;
    }

    @Override
    public void close() {
        clip.close();
        parts.forEach(part -> part.optimizer.close());
        slots.close();
    }
}
