package org.fewstep.golden;

import static org.fewstep.op.Ops.linear;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.autodiff.Grad;
import org.fewstep.io.JsonCursor;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.ScoreNet;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The network of the cases, kind {@code mlp}: columns side by side, layers W x + b with an activation between. */
final class GoldenMlp implements FlowMapNet, ScoreNet {
    /** A column of the input, (B, n). */
    private interface Column {
        Tensor of(Tensor x, Tensor from, Tensor to, Cond cond);
    }

    /**
     * What networks with guidance are conditioned on.
     *
     * @param c class or condition of each sample, a raw number (B)
     * @param w guidance (B), which the cases divide by ten; null where the network does not take it
     */
    record Columns(double[] c, @Nullable Tensor w) {}

    private static final Map<String, Column> COLUMNS = Map.ofEntries(
            Map.entry("x", (x, from, to, cond) -> x),
            Map.entry("c_in*x", (x, from, to, cond) -> x),
            Map.entry("t", (x, from, to, cond) -> time(from)),
            Map.entry("c_noise(t)", (x, from, to, cond) -> time(from)),
            Map.entry("r", (x, from, to, cond) -> time(to)),
            Map.entry("s", (x, from, to, cond) -> time(to)),
            Map.entry("second time embedding", (x, from, to, cond) -> time(to)),
            Map.entry("h=t-r", (x, from, to, cond) -> time(sub(from, to))),
            Map.entry("dt_base=log2(1/d)", (x, from, to, cond) -> level(from, to)),
            Map.entry("omega", (x, from, to, cond) -> time(Objects.requireNonNull(cond.scales()))),
            Map.entry("z", (x, from, to, cond) -> x),
            Map.entry("features", (x, from, to, cond) -> x),
            Map.entry("sigma", (x, from, to, cond) -> time(from)),
            Map.entry("t/1000", (x, from, to, cond) -> time(from)),
            Map.entry("y", (x, from, to, cond) -> label(x, cond)));

    private static final Pattern ONE_HOT = Pattern.compile("one-hot label\\(([0-9]+)\\)");

    /** Columns of {@link Columns}, and the interval of guidance. */
    private static final Set<String> CONDITIONS = Set.of("w", "c", "t_min", "t_max");

    private final List<String> columns = new ArrayList<>();
    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> biases = new ArrayList<>();
    private final UnaryOperator<Tensor> activation;

    GoldenMlp(JsonCursor model, Device device, DType dtype) {
        GoldenRun.requireKind(model, "mlp");
        model.onlyKeys(Set.of("kind", "layers", "activation", "inputs"));
        String name = model.get("activation").asString();
        activation = switch (name) {
            case "silu" -> Ops::silu;
            case "tanh" -> Ops::tanh;
            default -> throw model.get("activation").fail("\"" + name + "\"", "silu or tanh", "unknown activation");
        };
        for (JsonCursor input : model.get("inputs").elements()) {
            String column = input.asString();
            if (!COLUMNS.containsKey(column)
                    && !CONDITIONS.contains(column)
                    && !ONE_HOT.matcher(column).matches()) {
                throw input.fail("\"" + column + "\"", "one of " + COLUMNS.keySet() + CONDITIONS, "unknown column");
            }
            columns.add(column);
        }
        for (JsonCursor layer : model.get("layers").elements()) {
            layer.onlyKeys(Set.of("W", "b"));
            int[] shape = layer.get("W").shape(); // (out, in)
            double[] w = transposed(layer.get("W").asDoubles(), shape[0], shape[1]);
            weights.add(Tensor.of(device, dtype, w, shape[1], shape[0]).requireGrad());
            biases.add(Tensor.of(device, dtype, layer.get("b").asDoubles(), shape[0])
                    .requireGrad());
        }
    }

    @Override
    public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
        return through(columns(x, from, to, cond));
    }

    /** The activation after hidden layer k, from 0, at states x (B, D) and times (B). */
    Tensor hidden(Tensor x, Tensor t, int k) {
        Tensor h = Ops.concat(1, columns(x, t, t, Cond.NONE));
        for (int i = 0; i <= k; i++) {
            h = activation.apply(linear(h, weights.get(i), biases.get(i)));
        }
        return h;
    }

    private Tensor[] columns(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor[] parts = new Tensor[columns.size()];
        for (int i = 0; i < parts.length; i++) {
            Matcher oneHot = ONE_HOT.matcher(columns.get(i));
            Column column = oneHot.matches() ? oneHot(Integer.parseInt(oneHot.group(1))) : COLUMNS.get(columns.get(i));
            if (column == null) {
                throw new AssertionError("mlp: got no value for the column " + columns.get(i));
            }
            parts[i] = column.of(x, from, to, cond);
        }
        return parts;
    }

    /** The network with two heads side by side, at an interval of guidance. */
    TwoHeadNet.Heads heads(Tensor x, Tensor from, Tensor to, Cond cond, TwoHeadNet.Interval interval) {
        Tensor[] parts = new Tensor[columns.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = switch (columns.get(i)) {
                case "t_min" -> time(interval.from());
                case "t_max" -> time(interval.to());
                default -> COLUMNS.get(columns.get(i)).of(x, from, to, cond);
            };
        }
        Tensor[] heads = Ops.split(through(parts), 1, 2);
        return new TwoHeadNet.Heads(heads[0], heads[1]);
    }

    /** The network at states x (B, D) and times (B) with columns w and c. */
    Tensor conditioned(Tensor x, Tensor t, Columns values) {
        Tensor[] parts = new Tensor[columns.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = switch (columns.get(i)) {
                case "w" -> Ops.scale(time(Objects.requireNonNull(values.w)), 0.1);
                case "c" -> Tensor.of(x.device(), x.dtype(), values.c, values.c.length, 1);
                default -> COLUMNS.get(columns.get(i)).of(x, t, t, Cond.NONE);
            };
        }
        return through(parts);
    }

    private Tensor through(Tensor... parts) {
        Tensor h = Ops.concat(1, parts);
        for (int i = 0; i < weights.size(); i++) {
            h = linear(h, weights.get(i), biases.get(i));
            if (i + 1 < weights.size()) {
                h = activation.apply(h);
            }
        }
        return h;
    }

    @Override
    public Tensor score(Tensor x, Tensor t, Cond cond) {
        return u(x, t, t, cond);
    }

    private static Tensor time(Tensor t) {
        return reshape(t, t.dim(0), 1);
    }

    /** log2 of the reciprocal of a step's length, a power of two. */
    private static Tensor level(Tensor from, Tensor to) {
        double[] length = sub(to, from).toDoubles();
        double[] level = new double[length.length];
        for (int i = 0; i < level.length; i++) {
            level[i] = -Math.getExponent(Math.abs(length[i]));
        }
        return Tensor.of(from.device(), from.dtype(), level, level.length, 1);
    }

    private static int[] classes(Cond cond) {
        Tensor labels = cond.labels();
        if (labels == null) {
            throw new AssertionError("mlp: got no labels for the column of classes");
        }
        return labels.toInts();
    }

    /** n columns, all 0 for the null label n. */
    private static Column oneHot(int n) {
        return (x, from, to, cond) -> {
            int[] classes = classes(cond);
            double[] columns = new double[classes.length * n];
            for (int i = 0; i < classes.length; i++) {
                if (classes[i] < n) {
                    columns[i * n + classes[i]] = 1;
                }
            }
            return Tensor.of(x.device(), x.dtype(), columns, classes.length, n);
        };
    }

    private static Tensor label(Tensor x, Cond cond) {
        int[] classes = classes(cond);
        double[] column = new double[classes.length];
        for (int i = 0; i < column.length; i++) {
            column[i] = classes[i];
        }
        return Tensor.of(x.device(), x.dtype(), column, column.length, 1);
    }

    /** Gradients of a scalar as the cases write them: W0 (out, in), b0 (out), W1, ...; consumes the graph. */
    Map<String, Tensor> gradients(Tensor loss) {
        List<Tensor> leaves = new ArrayList<>(weights);
        leaves.addAll(biases);
        List<Tensor> g = Grad.of(loss, leaves);
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int i = 0; i < weights.size(); i++) {
            named.put("W" + i, Ops.permute(g.get(i), 1, 0));
            named.put("b" + i, g.get(weights.size() + i));
        }
        return named;
    }

    private static double[] transposed(double[] w, int rows, int columns) {
        double[] out = new double[w.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out[j * rows + i] = w[i * columns + j];
            }
        }
        return out;
    }
}
