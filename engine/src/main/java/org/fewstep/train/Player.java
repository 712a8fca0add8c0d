package org.fewstep.train;

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
 *
 * <p>An update is {@link #prepare}, {@link #measure}, {@link #update}. Whoever made the networks closes them. In files its tensors are {@code NAME/PARAM},
 * {@code optim.NAME.m/PARAM}, {@code optim.NAME.v/PARAM} and {@code ROLE/PARAM} for each average.
 *
 * @param <M> type of network
 */
final class Player<M extends Module> implements AutoCloseable {
    private final String name;
    private final M network;
    private final OptimizerSettings settings;
    private final Slots slots;
    private final Optimizer optimizer;
    private final GradClip clip;
    private final List<Tensor> leaves;
    private final Map<String, Ema<M>> averages = new LinkedHashMap<>();
    private Round round;
    private LrSchedule schedule;

    /**
     * Moments of zero and no averages.
     *
     * @param name in files and messages
     * @param round whose updates come next
     * @param averages greatest number of averages
     */
    Player(String name, M network, OptimizerSettings settings, Round round, int averages) {
        this.name = name;
        this.network = network;
        this.leaves = network.leaves();
        this.settings = settings;
        this.round = round;
        this.schedule = schedule(settings, round);
        Device device = leaves.get(0).device();
        DType dtype = leaves.get(0).dtype();
        this.slots = new Slots(device, dtype, Moments.SLOTS + 1 + averages);
        this.optimizer = optimizer(settings);
        Double limit = settings.clip();
        this.clip = new GradClip(device, dtype, slots, limit == null ? Double.POSITIVE_INFINITY : limit, 2);
    }

    private static LrSchedule schedule(OptimizerSettings o, Round round) {
        return new LrSchedule(o.schedule(), o.lr(), o.warmUp(), round.length(), o.finalFactor(), o.fall());
    }

    /** Begins a round: moments of zero, averages equal to the network. */
    void begin(Round next) {
        round = next;
        schedule = schedule(settings, next);
        averages.values().forEach(average -> average.network().copyFrom(network));
        optimizer.state().values().forEach(Moments::clear);
    }

    private Optimizer optimizer(OptimizerSettings o) {
        double beta1 = o.betas().get(0);
        double beta2 = o.betas().get(1);
        return switch (o.kind()) {
            case ADAMW -> new AdamW(network, slots, beta1, beta2, o.eps(), o.weightDecay());
            case RADAM -> new RAdam(network, slots, beta1, beta2, o.eps(), o.weightDecay());
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

    /** Leaves that gradients are taken for. */
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
        optimizer.prepare(at + 1, lr);
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
        optimizer.apply(gradients, clip.buffer());
        averages.values().forEach(Ema::apply);
    }

    private String moments() {
        return "optim." + name + ".";
    }

    /** Adds network, moments and averages to a file. */
    void write(ModelWriter file) {
        file.network(name, network);
        Map<String, Parameter> parameters = network.trained();
        optimizer
                .state()
                .forEach((key, buffer) -> file.tensor(
                        moments() + key, buffer, parameter(parameters, key).shape()));
        averages.forEach((role, average) -> file.network(role, average.network()));
    }

    /** Adds the names of all tensors that {@link #read} wants. */
    void names(Set<String> names) {
        optimizer.state().keySet().forEach(key -> names.add(moments() + key));
        for (String parameter : network.parameters().keySet()) {
            names.add(name + "/" + parameter);
            averages.keySet().forEach(role -> names.add(role + "/" + parameter));
        }
    }

    /** Takes network, moments and averages from a file. */
    void read(ModelFile file) {
        file.load(name, network);
        Map<String, Parameter> parameters = network.trained();
        Map<String, Buffer> state = optimizer.state();
        state.forEach((key, buffer) ->
                file.read(moments() + key, buffer, parameter(parameters, key).shape()));
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
        optimizer.close();
        slots.close();
    }
}
