package org.fewstep.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every function of {@link Ops} refuses what it cannot compute, with its name and the form {@code op: got X; expected Y}:
 * closed tensors, other dtypes and devices in each place, and the bad shapes and attributes of its row.
 */
class BadInputTest extends EngineTest {
    private static final double NAN = Double.NaN;

    /** An argument that becomes a tensor. */
    private record T(DType dtype, int... sizes) {
        @Override
        public String toString() {
            return dtype + " " + Arrays.toString(sizes);
        }
    }

    private static T f(int... sizes) {
        return new T(DType.F32, sizes);
    }

    private static T index(int... sizes) {
        return new T(DType.I32, sizes);
    }

    /** One function: arguments that it accepts, and others that it does not. */
    private static final class Row {
        final String key;
        final Object[] good;
        final List<Object[]> bad = new ArrayList<>();
        String name;
        boolean anyDType;
        boolean view;

        Row(String key, Object... good) {
            this.key = key;
            this.good = good;
            this.name = key.substring(0, key.indexOf('('));
        }

        Row bad(Object... arguments) {
            assertEquals(good.length, arguments.length, key);
            bad.add(arguments);
            return this;
        }

        /** The operation that refuses, where the function is a form of another one. */
        Row by(String operation) {
            name = operation;
            return this;
        }

        /** Elements are moved, not computed with: integers are welcome. */
        Row moves() {
            anyDType = true;
            return this;
        }

        /** Nothing runs: the same value, seen differently. */
        Row view() {
            view = true;
            return this;
        }

        /** What its tensors are made from, in order. */
        List<T> specs() {
            List<T> specs = new ArrayList<>();
            for (Object argument : good) {
                if (argument instanceof T spec) {
                    specs.add(spec);
                } else if (argument instanceof T[] list) {
                    specs.addAll(List.of(list));
                }
            }
            return specs;
        }

        @Override
        public String toString() {
            return key;
        }
    }

    private static final Map<String, Row> ROWS = new LinkedHashMap<>();

    private static Row row(String key, Object... good) {
        Row row = new Row(key, good);
        assertEquals(null, ROWS.put(key, row), key);
        return row;
    }

    private static int[] ints(int... values) {
        return values;
    }

    static {
        for (String name : List.of(
                "neg",
                "abs",
                "sign",
                "exp",
                "log",
                "sqrt",
                "rsqrt",
                "reciprocal",
                "square",
                "sin",
                "cos",
                "tanh",
                "sigmoid",
                "softplus",
                "silu",
                "erf",
                "gelu",
                "geluTanh",
                "relu")) {
            row(name + "(Tensor)", f(2, 3));
        }
        for (String name : List.of(
                "add",
                "sub",
                "mul",
                "div",
                "maximum",
                "minimum",
                "greater",
                "greaterEqual",
                "less",
                "lessEqual",
                "equal",
                "notEqual",
                "pow")) {
            row(name + "(Tensor,Tensor)", f(2, 3), f(3))
                    .bad(f(2, 3), f(2))
                    .bad(f(4, 2, 3), f(3, 2, 3))
                    .bad(f(0), f(2));
        }
        points();
        sums();
        reductions();
        movement();
        products();
        images();
        rows();
        picking();
    }

    private static void points() {
        row("leakyRelu(Tensor,double)", f(3), 0.1).bad(f(3), NAN).bad(f(3), Double.POSITIVE_INFINITY);
        row("scale(Tensor,double)", f(3), 2.0).bad(f(3), NAN).bad(f(3), Double.NEGATIVE_INFINITY);
        row("scaleShift(Tensor,double,double)", f(3), 2.0, 1.0)
                .bad(f(3), NAN, 1.0)
                .bad(f(3), 1.0, NAN)
                .bad(f(3), 1.0, Double.POSITIVE_INFINITY);
        row("pow(Tensor,double)", f(3), 2.0).bad(f(3), NAN).bad(f(3), Double.POSITIVE_INFINITY);
        row("clamp(Tensor,double,double)", f(3), 0.0, 1.0)
                .bad(f(3), 1.0, 0.0)
                .bad(f(3), NAN, 1.0)
                .bad(f(3), 0.0, NAN);
        row("where(Tensor,Tensor,Tensor)", f(2, 3), f(3), f(2, 1))
                .bad(f(2, 3), f(2), f(3))
                .bad(f(2), f(3), f(1))
                .bad(f(2, 3), f(3), f(2));
        row("mulAdd(Tensor,Tensor,Tensor)", f(2, 3), f(3), f(2, 1))
                .bad(f(2, 3), f(2), f(3))
                .bad(f(2, 3), f(3), f(2));
        row("modulate(Tensor,Tensor,Tensor)", f(2, 3), f(3), f(3)).bad(f(2, 3), f(2), f(3));
        row("stopGradient(Tensor)", f(3)).moves().view();
    }

    private static void sums() {
        double[] two = {0.5, -2};
        row("weightedSum(double[],Tensor[])", two, new T[] {f(2, 3), f(2, 3)})
                .bad(two, new T[] {f(2, 3), f(3)})
                .bad(two, new T[] {f(2, 3), f(3, 2)})
                .bad(two, new T[] {f(2, 3)})
                .bad(new double[] {0.5}, new T[] {f(2, 3), f(2, 3)})
                .bad(new double[] {}, new T[] {})
                .bad(new double[] {0.5, NAN}, new T[] {f(2, 3), f(2, 3)});
    }

    private static void reductions() {
        for (String name : List.of("sum", "variance", "norm", "norm1", "mean", "greatest", "least", "logSumExp")) {
            Row row = row(name + "(Tensor,int[])", f(2, 3), ints(1))
                    .bad(f(2, 3), ints(2))
                    .bad(f(2, 3), ints(-3))
                    .bad(f(2, 3), ints(1, -1))
                    .bad(f(), ints(0));
            if (!name.equals("sum") && !name.startsWith("norm")) {
                row.bad(f(2, 0), ints(1)).bad(f(0), ints());
            }
        }
        row("sumKeep(Tensor,int)", f(2, 3), 1).bad(f(2, 3), 2).bad(f(2, 3), -3);
        row("meanKeep(Tensor,int)", f(2, 3), 1).bad(f(2, 3), 2).bad(f(2, 3), -3).bad(f(2, 0), 1);
        row("max(Tensor)", f(2, 3)).bad(f()).bad(f(2, 0));
        row("argMax(Tensor,int)", f(2, 3), 1).bad(f(2, 3), 2).bad(f(2, 0), 1).bad(f(), 0);
        row("cumSum(Tensor,int)", f(2, 3), 1).bad(f(2, 3), 2).bad(f(2, 3), -3);
        row("sumTo(Tensor,Shape)", f(2, 3), Shape.of(3))
                .bad(f(2, 3), Shape.of(2))
                .bad(f(3), Shape.of(2, 3))
                .bad(f(1, 3), Shape.of(2, 3));
    }

    private static void movement() {
        row("broadcastTo(Tensor,Shape)", f(3), Shape.of(2, 3))
                .moves()
                .bad(f(3), Shape.of(3, 2))
                .bad(f(2, 3), Shape.of(3))
                .bad(f(2), Shape.of(1));
        row("reshape(Tensor,int[])", f(2, 3), ints(3, -1))
                .moves()
                .bad(f(2, 3), ints(4, -1))
                .bad(f(2, 3), ints(-1, -1))
                .bad(f(2, 3), ints(5))
                .bad(f(2, 3), ints(-2, -3))
                .bad(f(0, 3), ints(0, -1));
        row("reshape(Tensor,Shape)", f(2, 3), Shape.of(6)).moves().bad(f(2, 3), Shape.of(5));
        row("permute(Tensor,int[])", f(2, 3), ints(1, 0))
                .moves()
                .bad(f(2, 3), ints(0))
                .bad(f(2, 3), ints(0, 0))
                .bad(f(2, 3), ints(0, 2))
                .bad(f(2, 3), ints(0, -1));
        row("slice(Tensor,int,int,int)", f(2, 3), 1, 0, 2)
                .moves()
                .bad(f(2, 3), 2, 0, 1)
                .bad(f(2, 3), 1, -1, 2)
                .bad(f(2, 3), 1, 2, 1)
                .bad(f(2, 3), 1, 0, 4);
        row("pad(Tensor,int,int,int)", f(2, 3), 1, 1, 1)
                .moves()
                .bad(f(2, 3), 2, 1, 1)
                .bad(f(2, 3), 1, -1, 1)
                .bad(f(2, 3), 1, 1, -1)
                .bad(f(2, 3), 1, Integer.MAX_VALUE, 1);
        row("concat(int,Tensor[])", 1, new T[] {f(2, 3), f(2, 1)})
                .moves()
                .bad(1, new T[] {})
                .bad(2, new T[] {f(2, 3), f(2, 3)})
                .bad(1, new T[] {f(2, 3), f(3, 3)})
                .bad(1, new T[] {f(2, 3), f(2)});
        row("stack(int,Tensor[])", 1, new T[] {f(2, 3), f(2, 3)})
                .moves()
                .bad(1, new T[] {})
                .bad(3, new T[] {f(2, 3), f(2, 3)})
                .bad(0, new T[] {f(2, 3), f(3, 2)});
        row("split(Tensor,int,int)", f(2, 4), 1, 2)
                .moves()
                .bad(f(2, 4), 2, 2)
                .bad(f(2, 4), 1, 3)
                .bad(f(2, 4), 1, 0);
        row("split(Tensor,int,int[])", f(2, 4), 1, ints(1, 3))
                .moves()
                .bad(f(2, 4), 2, ints(1, 3))
                .bad(f(2, 4), 1, ints(1, 2))
                .bad(f(2, 4), 1, ints(5, -1))
                .bad(f(2, 0), 1, ints());
    }

    private static void products() {
        row("matmul(Tensor,Tensor)", f(2, 3), f(3, 4))
                .bad(f(2, 3), f(4, 3))
                .bad(f(3), f(3, 4))
                .bad(f(2, 3), f(3))
                .bad(f(2, 2, 3), f(3, 3, 4));
        row("matmul(Tensor,Tensor,boolean,boolean)", f(3, 2), f(4, 3), true, true)
                .bad(f(3, 2), f(4, 3), false, true)
                .bad(f(2, 3, 2), f(3, 4, 3), true, true);
        row("linear(Tensor,Tensor,Tensor)", f(2, 3), f(3, 4), f(4))
                .bad(f(2, 3), f(4, 3), f(3))
                .bad(f(2, 3), f(3, 4), f(3))
                .bad(f(2, 3), f(3, 4), f(1, 4))
                .bad(f(2, 3), f(3), f(3))
                .bad(f(), f(3, 4), f(4));
        row("linear(Tensor,Tensor,Tensor,Activation)", f(2, 3), f(3, 4), f(4), Activation.SILU)
                .bad(f(2, 3), f(4, 3), f(3), Activation.GELU)
                .bad(f(2, 3), f(3, 4), f(3), Activation.RELU)
                .bad(f(), f(3, 4), f(4), Activation.SILU);
        row("attention(Tensor,Tensor,Tensor,double)", f(1, 2, 4, 3), f(1, 2, 4, 3), f(1, 2, 4, 3), 0.5)
                .bad(f(1, 2, 4, 3), f(1, 2, 4, 2), f(1, 2, 4, 3), 0.5)
                .bad(f(1, 2, 4, 3), f(1, 2, 5, 3), f(1, 2, 4, 3), 0.5)
                .bad(f(1, 2, 4, 3), f(2, 2, 4, 3), f(2, 2, 4, 3), 0.5)
                .bad(f(2, 4, 3), f(2, 4, 3), f(2, 4, 3), 0.5)
                .bad(f(1, 2, 4, 3), f(1, 2, 4, 3), f(1, 2, 4, 3), NAN);
        row("selfAttention(Tensor,int)", f(1, 4, 12), 2)
                .by("attention")
                .bad(f(1, 4, 12), 3)
                .bad(f(1, 4, 12), 0)
                .bad(f(4, 12), 2)
                .bad(f(), 1);
        row("pixelAttention(Tensor)", f(2, 4, 3, 5))
                .by("attention")
                .bad(f(2, 4, 5))
                .bad(f(2, 4, 2, 5))
                .bad(f(2, 0, 3, 5));
    }

    private static void images() {
        row("conv2d(Tensor,Tensor,int,int,int)", f(1, 2, 4, 4), f(3, 2, 3, 3), 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 1, 3, 3), 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 1, 3, 3), 1, 1, 2)
                .bad(f(2, 4, 4), f(3, 2, 3, 3), 1, 1, 1)
                .bad(f(1, 2, 2, 2), f(3, 2, 3, 3), 1, 0, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), 0, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), 1, -1, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), 1, 1, 0);
        row("conv2d(Tensor,Tensor,Tensor,int,int,int)", f(1, 2, 4, 4), f(3, 2, 3, 3), f(3), 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), f(2), 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 1, 3, 3), f(3), 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), f(3), 0, 1, 1);
        row("convTranspose2d(Tensor,Tensor,int,int,int,int)", f(1, 2, 4, 4), f(2, 3, 3, 3), 2, 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(3, 2, 3, 3), 2, 1, 1, 1)
                .bad(f(2, 4, 4), f(2, 3, 3, 3), 2, 1, 1, 1)
                .bad(f(1, 2, 4, 4), f(2, 3, 3, 3), 2, 1, 2, 1)
                .bad(f(1, 2, 4, 4), f(2, 3, 3, 3), 2, 1, -1, 1)
                .bad(f(1, 2, 4, 4), f(2, 3, 3, 3), 0, 1, 0, 1)
                .bad(f(1, 2, 4, 4), f(2, 3, 3, 3), 2, -1, 0, 1)
                .bad(f(1, 2, 1, 1), f(2, 3, 3, 3), 1, 2, 0, 1)
                .bad(f(1, 2, 4, 4), f(2, 3, 3, 3), 2, 1, 0, 3);
        for (String name : List.of("averagePool", "upsampleNearest")) {
            row(name + "(Tensor,int)", f(1, 2, 4, 4), 2)
                    .bad(f(2, 4, 4), 2)
                    .bad(f(1, 2, 4, 4), 0)
                    .bad(f(1, 2, 4, 4), name.equals("averagePool") ? 3 : -1);
        }
    }

    private static void rows() {
        for (String name : List.of("softmax", "logSoftmax")) {
            row(name + "(Tensor)", f(2, 3)).bad(f()).bad(f(2, 0));
            row(name + "(Tensor,int)", f(2, 3), 0)
                    .bad(f(2, 3), 2)
                    .bad(f(2, 3), -3)
                    .bad(f(0, 3), 0);
        }
        for (String name : List.of("layerNorm", "rmsNorm")) {
            row(name + "(Tensor,double)", f(2, 3), 1e-5)
                    .bad(f(), 1e-5)
                    .bad(f(2, 0), 1e-5)
                    .bad(f(2, 3), 0.0)
                    .bad(f(2, 3), -1.0)
                    .bad(f(2, 3), NAN);
        }
        row("rmsNorm(Tensor,Tensor,double)", f(2, 3), f(3), 1e-5)
                .bad(f(2, 3), f(2), 1e-5)
                .bad(f(2, 3), f(4, 2, 3), 1e-5)
                .bad(f(2, 3), f(3), 0.0);
        row("layerNorm(Tensor,Tensor,Tensor,double)", f(2, 3), f(3), f(3), 1e-5)
                .bad(f(2, 3), f(2), f(3), 1e-5)
                .bad(f(2, 3), f(3), f(2), 1e-5)
                .bad(f(2, 0), f(0), f(0), 1e-5)
                .bad(f(2, 3), f(3), f(3), NAN);
        for (String norm : List.of("layerNorm", "rmsNorm")) {
            String name = norm.equals("layerNorm") ? "modulatedLayerNorm" : "modulatedRmsNorm";
            row(name + "(Tensor,Tensor,Tensor,double)", f(2, 5, 3), f(2, 1, 3), f(2, 1, 3), 1e-5)
                    .by(norm)
                    .bad(f(2, 5, 3), f(3, 1, 3), f(2, 1, 3), 1e-5)
                    .bad(f(2, 5, 3), f(2, 1, 3), f(2, 3), 1e-5)
                    .bad(f(2, 5, 3), f(2, 1, 3), f(2, 1, 3), -1e-5);
        }
        row("groupNorm(Tensor,int,double)", f(2, 6, 3), 3, 1e-5)
                .bad(f(2, 6, 3), 4, 1e-5)
                .bad(f(2, 6, 3), 0, 1e-5)
                .bad(f(2, 6, 3), -1, 1e-5)
                .bad(f(6), 3, 1e-5)
                .bad(f(2, 6, 3), 3, 0.0);
        row("groupNorm(Tensor,int,Tensor,Tensor,double)", f(2, 6, 3), 3, f(6, 1), f(6, 1), 1e-5)
                .bad(f(2, 6, 3), 4, f(6, 1), f(6, 1), 1e-5)
                .bad(f(2, 6, 3), 0, f(6, 1), f(6, 1), 1e-5)
                .bad(f(2, 6, 3), 3, f(6), f(6, 1), 1e-5)
                .bad(f(2, 6, 3), 3, f(6, 1), f(5, 1), 1e-5)
                .bad(f(2, 6, 3), 3, f(6, 1), f(6, 1), 0.0);
        row("modulatedGroupNorm(Tensor,int,Tensor,Tensor,double)", f(2, 6, 3), 3, f(2, 6, 1), f(2, 6, 1), 1e-5)
                .by("groupNorm")
                .bad(f(2, 6, 3), 4, f(2, 6, 1), f(2, 6, 1), 1e-5)
                .bad(f(2, 6, 3), 3, f(3, 6, 1), f(2, 6, 1), 1e-5)
                .bad(f(2, 6, 3), 3, f(2, 6, 1), f(2, 6, 1), NAN);
    }

    private static void picking() {
        row("gatherRows(Tensor,int[])", f(4, 3), ints(3, 0))
                .bad(f(4, 3), ints(4))
                .bad(f(4, 3), ints(-1))
                .bad(f(4), ints(0));
        row("gatherRows(Tensor,Tensor)", f(4, 3), index(2)).bad(f(4), index(2)).bad(f(4, 3), index(2, 1));
        row("scatterAddRows(Tensor,int[],int)", f(2, 3), ints(3, 0), 4)
                .bad(f(2, 3), ints(4, 0), 4)
                .bad(f(2, 3), ints(-1, 0), 4)
                .bad(f(2, 3), ints(0), 4)
                .bad(f(2), ints(0, 0), 4);
        row("scatterAddRows(Tensor,Tensor,int)", f(2, 3), index(2), 4)
                .bad(f(2, 3), index(3), 4)
                .bad(f(2, 3), index(2, 1), 4)
                .bad(f(2, 3), index(2), -1);
        row("pick(Tensor,int[])", f(2, 3), ints(2, 0))
                .bad(f(2, 3), ints(3, 0))
                .bad(f(2, 3), ints(-1, 0))
                .bad(f(2, 3), ints(0))
                .bad(f(), ints(0))
                .bad(f(2, 0), ints());
    }

    static List<Row> all() {
        return List.copyOf(ROWS.values());
    }

    private static String key(Method method) {
        List<String> types = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            types.add(type.getSimpleName());
        }
        return method.getName() + "(" + String.join(",", types) + ")";
    }

    private static Map<String, Method> functions() {
        Map<String, Method> all = new LinkedHashMap<>();
        for (Method method : Ops.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                all.put(key(method), method);
            }
        }
        return all;
    }

    /** Every function has a row, and every row a function. */
    @Test
    void everyFunctionHasARow() {
        Set<String> functions = new TreeSet<>(functions().keySet());
        assertTrue(functions.size() > 80, "functions found: " + functions);
        assertEquals(functions, new TreeSet<>(ROWS.keySet()));
    }

    private static Tensor made(Device on, T spec) {
        Shape shape = Shape.of(spec.sizes);
        if (spec.dtype == DType.I32) {
            return Tensor.of(on, new int[shape.count()], spec.sizes);
        }
        double[] data = new double[shape.count()];
        Arrays.setAll(data, i -> 0.5 + i % 3);
        return Tensor.of(on, spec.dtype, data, spec.sizes);
    }

    private Object[] made(Object[] arguments) {
        Object[] made = arguments.clone();
        for (int i = 0; i < made.length; i++) {
            if (made[i] instanceof T spec) {
                made[i] = made(device, spec);
            } else if (made[i] instanceof T[] specs) {
                made[i] = Arrays.stream(specs).map(spec -> made(device, spec)).toArray(Tensor[]::new);
            }
        }
        return made;
    }

    private static Object call(Row row, Object[] arguments) throws Throwable {
        Method method = functions().get(row.key);
        assertNotNull(method, row.key);
        try {
            return method.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void refused(Row row, Class<? extends Exception> type, String what, Object[] arguments) {
        Throwable thrown = assertThrows(Throwable.class, () -> call(row, arguments), row.key + " took " + what);
        String message = String.valueOf(thrown.getMessage());
        assertInstanceOf(type, thrown, row.key + ", " + what + ": " + thrown);
        Pattern form = Pattern.compile(Pattern.quote(row.name) + ": got .+; expected .+", Pattern.DOTALL);
        assertTrue(form.matcher(message).matches(), row.key + ", " + what + ": " + message);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theRowsOwnArgumentsAreTaken(Row row) throws Throwable {
        assertNotNull(call(row, made(row.good)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void badShapesAndAttributesAreRefused(Row row) {
        for (Object[] arguments : row.bad) {
            String what = Arrays.deepToString(arguments);
            refused(row, IllegalArgumentException.class, what, made(arguments));
        }
    }

    /** Calls with one tensor exchanged; the exchange makes it from what stood there. */
    @FunctionalInterface
    private interface Exchange {
        Tensor of(T spec);
    }

    private void eachPlace(Row row, Class<? extends Exception> type, String what, boolean several, Exchange exchange) {
        List<T> specs = row.specs();
        assertFalse(specs.isEmpty(), row.key);
        if (several && specs.size() < 2) {
            return;
        }
        for (int place = 0; place < specs.size(); place++) {
            Object[] arguments = made(row.good);
            int at = 0;
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof Tensor && at++ == place) {
                    arguments[i] = exchange.of(specs.get(place));
                } else if (arguments[i] instanceof Tensor[] list) {
                    for (int k = 0; k < list.length; k++) {
                        if (at++ == place) {
                            list[k] = exchange.of(specs.get(place));
                        }
                    }
                }
            }
            refused(row, type, what + " in place " + place, arguments);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void closedTensorsAreRefused(Row row) {
        if (row.view) {
            return;
        }
        eachPlace(row, IllegalStateException.class, "a closed tensor", false, spec -> {
            try (Scope inner = device.scope()) {
                return made(device, spec);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void otherDTypesAreRefused(Row row) {
        if (row.specs().stream().filter(spec -> spec.dtype == DType.F32).count() > 1) {
            eachPlace(
                    row,
                    IllegalArgumentException.class,
                    "F64",
                    true,
                    spec -> made(device, new T(DType.F64, spec.sizes)));
        }
        if (!row.anyDType) {
            eachPlace(
                    row,
                    IllegalArgumentException.class,
                    "the other kind of number",
                    false,
                    spec -> made(device, new T(spec.dtype == DType.I32 ? DType.F32 : DType.I32, spec.sizes)));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void tensorsOfAnotherDeviceAreRefused(Row row) {
        try (CpuDevice other = new CpuDevice(Provider.LOOPS, 1);
                Scope there = other.scope()) {
            eachPlace(row, IllegalArgumentException.class, "another device", true, spec -> made(other, spec));
        }
    }
}
