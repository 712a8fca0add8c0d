package org.fewstep.solver;

import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.weightedSum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * A plan on its way: the caller asks for one step at a time, may copy the run at any point, and closes it.
 *
 * <p>A step's result belongs to the caller's innermost scope, as the result of any operation. What later steps need is
 * held by the stepper; everything else of a step goes back to the pool when it ends. Recording is left as it is, so a
 * gradient can be taken through the steps; sampling runs under NoGrad. Belongs to one thread.
 */
public final class Stepper implements AutoCloseable {
    private final StepPlan plan;
    private final Map<Integer, Integer> lastRead;
    private final Map<Integer, Tensor> values;
    private int done;
    private boolean closed;

    /** A run at its start. */
    public Stepper(StepPlan plan, Tensor start) {
        this(plan, lastReads(plan), new TreeMap<>(), 0);
        hold(0, start);
    }

    private Stepper(StepPlan plan, Map<Integer, Integer> lastRead, Map<Integer, Tensor> values, int done) {
        this.plan = plan;
        this.lastRead = lastRead;
        this.values = values;
        this.done = done;
    }

    /** The step in which each value is read for the last time. */
    private static Map<Integer, Integer> lastReads(StepPlan plan) {
        Map<Integer, Integer> last = new HashMap<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            StepPlan.Step step = plan.steps().get(i);
            for (Instruction instruction : step.instructions()) {
                for (int value : instruction.reads()) {
                    last.put(value, i);
                }
            }
            // The state stays to be asked for until the next step replaces it.
            last.merge(step.result(), i + 1, Math::max);
        }
        last.merge(0, 0, Math::max);
        return last;
    }

    /** Number of steps taken. */
    public int done() {
        return done;
    }

    /** True when no step is left. */
    public boolean isFinished() {
        return done == plan.steps().size();
    }

    /** Where the run stands. */
    public GridPoint point() {
        return done == 0
                ? plan.steps().get(0).from()
                : plan.steps().get(done - 1).to();
    }

    /** The state there. */
    public Tensor state() {
        requireOpen();
        return value(done == 0 ? 0 : plan.steps().get(done - 1).result());
    }

    /**
     * Takes the next step.
     *
     * @return the new state, in the caller's innermost scope
     * @throws IllegalStateException when the run is finished or closed
     */
    public Tensor step(Field field, NoiseSource noise) {
        requireOpen();
        if (isFinished()) {
            throw new IllegalStateException("stepper: got a step after the last of " + done + "; expected none");
        }
        StepPlan.Step step = plan.steps().get(done);
        Tensor result;
        try (Scope scope = state().device().scope()) {
            Map<Integer, Tensor> made = new TreeMap<>();
            for (Instruction instruction : step.instructions()) {
                made.put(instruction.value(), execute(instruction, made, field, noise));
            }
            Tensor reached = value(step.result(), made);
            // A field may hand back a tensor that it keeps; the state is always the run's own.
            result = scope.holds(reached.buffer()) ? reached : scale(reached, 1);
            result.keep(scope);
            made.put(step.result(), result);
            made.forEach((number, tensor) -> {
                if (lastRead.getOrDefault(number, -1) > done) {
                    if (tensor.needsGrad()) {
                        tensor.keep(scope);
                    }
                    hold(number, tensor);
                }
            });
        }
        done++;
        forget(done);
        return result;
    }

    private Tensor execute(Instruction instruction, Map<Integer, Tensor> made, Field field, NoiseSource noise) {
        if (instruction instanceof Instruction.Evaluate evaluate) {
            return field.at(value(evaluate.state(), made), evaluate.at());
        }
        if (instruction instanceof Instruction.DrawNoise draw) {
            return noise.draw(draw.number(), value(draw.like(), made));
        }
        return combine(((Instruction.Combine) instruction).terms(), made);
    }

    private Tensor combine(List<Instruction.Term> terms, Map<Integer, Tensor> made) {
        double[] coefficients = new double[terms.size()];
        Tensor[] x = new Tensor[coefficients.length];
        for (int j = 0; j < x.length; j++) {
            coefficients[j] = terms.get(j).coefficient();
            x[j] = value(terms.get(j).value(), made);
        }
        return x.length == 1 && coefficients[0] == 1 ? x[0] : weightedSum(coefficients, x);
    }

    private Tensor value(int number, Map<Integer, Tensor> made) {
        Tensor tensor = made.get(number);
        return tensor == null ? value(number) : tensor;
    }

    private Tensor value(int number) {
        Tensor tensor = values.get(number);
        if (tensor == null) {
            throw new IllegalStateException("stepper: got a plan of " + plan.solver() + " that reads value " + number
                    + " before it is made; expected it earlier");
        }
        return tensor;
    }

    private void hold(int number, Tensor tensor) {
        tensor.buffer().hold();
        values.put(number, tensor);
    }

    private void forget(int step) {
        List<Integer> old = new ArrayList<>();
        for (int number : values.keySet()) {
            if (lastRead.getOrDefault(number, -1) < step) {
                old.add(number);
            }
        }
        for (int number : old) {
            Tensor tensor = values.remove(number);
            if (tensor != null) {
                tensor.buffer().release();
            }
        }
    }

    /** An independent run from here on; the caller closes it too. */
    public Stepper copy() {
        requireOpen();
        Stepper copy = new Stepper(plan, lastRead, new TreeMap<>(), done);
        values.forEach(copy::hold);
        return copy;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("stepper: got a closed run; expected an open one");
        }
    }

    /** Lets go of what the run holds; states already returned stay with their scopes. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            values.values().forEach(tensor -> tensor.buffer().release());
            values.clear();
        }
    }
}
