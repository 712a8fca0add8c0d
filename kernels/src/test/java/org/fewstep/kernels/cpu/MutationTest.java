package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An error planted in a copy of a family's kernel makes the family's contract fail. */
class MutationTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "org", "fewstep", "kernels", "cpu");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ELEMENTWISE | F64 | ElementwiseF64 | y[i] = a[i] - b[i] | y[i] = b[i] - a[i]",
                "ELEMENTWISE | F64 | ElementwiseF64 | return s * (1.0 + x * rest) | return s * (1.0 - x * rest)",
                "ELEMENTWISE | F64 | StridedRows | this.column = lo % inner | this.column = 0",
                "ELEMENTWISE | F64 | StridedRows | row += by * strides[d] | row += strides[d]",
                "ELEMENTWISE | F64 | StridedF64 | from[source + stride] | from[source]",
                "ELEMENTWISE | F64 | StridedF64 | done *= 2 | done *= 4",
                "ELEMENTWISE | F64 | StridedF64 | int source = place + j * rows.stride() | int source = place + rows.stride()",
                "ELEMENTWISE | F64 | StridedF64 | int target = place + j * rows.stride() | int target = place + rows.stride()",
                "ELEMENTWISE | F32 | LoopsMathF32 | E3 = 0x1.122a72p-7f | E3 = 0x1.322a72p-7f",
                "ELEMENTWISE | F32 | LoopsMathF32 | more[i] = (k - half + 127) << 23 | more[i] = (half + 127) << 23",
                "ELEMENTWISE | F32 | VectorMathF32 | E3 = 0x1.122a72p-7f | E3 = 0x1.322a72p-7f",
                "ELEMENTWISE | F32 | VectorMathF32 | n.sub(half).lanewise(LSHL, 23) | half.lanewise(LSHL, 23)",
                "ELEMENTWISE | F32 | VectorMathF32 | n.and(2).lanewise(LSHL, 30) | n.and(2).lanewise(LSHL, 29)",
                "ELEMENTWISE | F32 | VectorFunctionsF32 | blend(0f, near) | blend(0f, near.not())",
                "ELEMENTWISE | F32 | VectorFunctionsF32 | x.compare(EQ, 0f) | x.compare(GT, 1e30f)",
                "ELEMENTWISE | F32 | VectorGeluF32 | P4 = 0x1.488b52p-6f | P4 = 0x1.4a8b52p-6f",
                "ELEMENTWISE | F32 | VectorGeluF32 | other.sub(s).mul(w1) | s.sub(other).mul(w1)",
                "ELEMENTWISE | F32 | VectorPowF32 | 2.0 / 7 | 2.0 / 9",
                "ELEMENTWISE | F32 | VectorPointsF32 | x.compare(LE, r.q) | x.compare(LE, r.p)",
                "ELEMENTWISE | F32 | VectorElementwiseF32 | operand.walk(array, place + from) | operand.walk(array, from)",
                "ELEMENTWISE | F32 | VectorElementwiseF32 | repeat(array[place]) | repeat(array[0])",
                "ELEMENTWISE | F32 | VectorRunF32 | move(rest - L) | move(rest - L + 1)",
                "MATMUL | F64 | EjmlMatMulF64 | x[r * n + j] += bias[j] | x[r * n + j] += bias[0]",
                "MATMUL | F32 | LoopsMatMulF32 | if (last) { | if (firstK == 0) {",
                "MATMUL | F32 | LoopsMatMulF32 | for (; l < kc; l++) { | for (; l < kc - 1; l++) {",
                "MATMUL | F32 | VectorProductF32 | Math.min(ROWS, rows - r) | Math.min(ROWS - 1, rows - r)",
                "MATMUL | F32 | VectorTileF32 | c5y = a5.fma(y, c5y) | c5y = a5.fma(x, c5y)",
                "MATMUL | F32 | VectorMatrixF32 | places[i] = i * lineStep | places[i] = lineStep",
                "MATMUL | F32 | VectorDotsF32 | l < k ? left.x()[from + r * step + l] : 0 | 0",
                "MATMUL | F32 | VectorFewRowsF32 | c21 = a2.fma(b1, c21) | c21 = a1.fma(b1, c21)",
                "REDUCE | F64 | SumF64 | s15 += x[i + 15] | s14 += x[i + 15]",
                "REDUCE | F64 | ReduceF64 | b < blocks - step | b < blocks - step - 1",
                "SOFTMAX | F64 | SoftmaxF64 | StrictMath.exp(x[i] - max) | StrictMath.exp(x[i])",
                "NORM | F64 | NormF64 | / n + eps) | / (n - 1) + eps)",
                "NORM | F64 | NormF64 | double meanG = centred ? | double meanG = true ?",
                "MODULATED_NORM | F64 | ModulatedNormF64 | first + j) * n + left * inner | first + j) * n",
                "MODULATED_NORM | F64 | ModulatedNormF64 | multiply(f, dy, from, n); | multiply(f, dy, from, 0);",
                "ELEMENTWISE | F64 | Gelu | 3 * A * x * x | 2 * A * x * x",
                "ELEMENTWISE | F64 | Erf | 0x1.1305f55235c40p-7 | 0x1.1305f56235c40p-7",
                "ELEMENTWISE | F32 | LoopsGeluF32 | P4 = 0x1.488b52p-6f | P4 = 0x1.4a8b52p-6f",
                "ELEMENTWISE | F32 | LoopsGeluF32 | (other[i] - y[i]) * w1 | (y[i] - other[i]) * w1",
                "SCAN | F64 | ScanF64 | y[j - step] + x[j] | y[j - step] - x[j]",
                "COMBINE | F64 | CombineF64 | Math.fma(c[j], x[j][i], sum) | c[j] * x[j][i] + sum",
                "COMBINE | F64 | CombineF64 | Math.min(points, lo + PART) | Math.min(points - 1, lo + PART)",
                "COMBINE | F32 | LoopsCombineF32 | case 7 -> LoopsCombineF32::seven | case 7 -> LoopsCombineF32::six",
                "COMBINE | F32 | LoopsCombineF32 | Math.fma(c1, x1[i], c0 * x0[i])); | c1 * x1[i] + c0 * x0[i]);",
                "SOFTMAX | F32 | VectorSoftmaxF32 | 1f / rows.b[r] | 1f / rows.b[0]",
                "SOFTMAX | F32 | VectorSoftmaxF32 | rows.x, rows.at + r * n + whole | rows.x, rows.at + whole",
                "SOFTMAX | F32 | VectorReduceF32 | m.max(FloatVector.fromArray(S, x, i)) | FloatVector.fromArray(S, x, i)",
                "NORM | F32 | VectorNormF32 | rows.b[r] / rows.n + rows.eps | rows.b[r] / rows.n",
                "NORM | F32 | VectorNormF32 | (x[i] - mean) * factor; | x[i] * factor;",
                "NORM | F32 | VectorSumsF32 | partial[r * step + to + i % LANES] += d * d | partial[to] += d * d",
                "REDUCE | F32 | VectorColumnsF32 | lane < rest ? 1 : 0 | 0",
                "REDUCE | F32 | VectorColumnsF32 | at + 3 * round + i)).into | at + 2 * round + i)).into",
                "REDUCE | F32 | VectorReduceF32 | Float.NaN, m.compare(NE, m) | 0f, m.compare(NE, m)",
                "REDUCE | F32 | VectorReduceF32 | to + whole] = results[0] | to] = results[0]",
                "MODULATED_NORM | F32 | VectorModulatedNormF32 | rowOf(first + r) : r | rowOf(first) : r",
                "MODULATED_NORM | F32 | VectorModulatedNormF32 | sums[c] * rows.b[r] | sums[c]",
                "UPDATE | F32 | VectorUpdateF32 | gi.mul(rest2).mul(gi) | gi.mul(rest2)",
                "UPDATE | F32 | VectorUpdateF32 | blocks.first(i) + lo / BLOCK | lo / BLOCK",
                "RANDOM | F32 | VectorNoiseF32 | quarter.add(1).and(2) | quarter.and(2)",
                "RANDOM | F32 | VectorRandomF32 | sampleHigh[b] = sample >>> 32 | sampleHigh[b] = 0",
                "CONV2D | F64 | Conv2dF64 | (-left + stride - 1) / stride | (-left + stride) / stride",
                "CONV2D | F64 | Conv2dF64 | to[at + i] + from[i] | from[i]",
                "CONV2D | F64 | Conv2dF64 | from[source + i] + shift | from[source + i]",
                "ATTENTION | F64 | AttentionF64 | dp[j] * centred + p[j] | dp[j] * pull[j] + p[j]",
                "ATTENTION | F64 | AttentionF64 | addTurned(pull, rows, dq, gradK); | addTurned(pull, rows, q, gradK);",
                "CONV2D | F32 | VectorCorrelationF32 | weights[source + area - 1 - i] | weights[source + i]",
                "CONV2D | F32 | VectorCorrelationF32 | window % to.width() : window | window % width : window",
                "CONV2D | F32 | VectorCorrelationF32 | p / width * to.width() | p / width * width",
                "CONV2D | F32 | VectorConvWeightF32 | g.groupOut() + firstOut + o, spread | 0 + firstOut + o, spread",
                "CONV2D | F32 | VectorTapsF32 | c * plane + a * width + b | c * plane + a * width",
                "CONV2D | F32 | VectorTapsF32 | taps[first + i] + k0 | taps[first + i]",
                "ATTENTION | F32 | VectorSumsF32 | (u[uAt + place] - means[r]) * v[vAt + place]; | (u[uAt + place] - means[r]);",
                "ATTENTION | F32 | LoopsPanelMathF32 | subtract(math.x, shift, count) | subtract(math.x, 0, count)",
                "GATHER | F64 | GatherF64 | += x[i * width + j] | = x[i * width + j]",
                "RANDOM | F64 | RandomF64 | w.seed(), first + i, step | w.seed(), first, step",
                "RANDOM | F32 | LoopsRandomF32 | + (right >>> 16) | + 0",
                "RANDOM | F32 | LoopsNormalF32 | (d >> 16) + HALF_RANGE | (d >>> 16) + HALF_RANGE",
                "ELEMENTWISE | F32 | LoopsErfF32 | * (1f - 2f * tail[i]) | * (1f - tail[i])",
                "ELEMENTWISE | F32 | LoopsPowF32 | -LN2, u[i]) | -0.7, u[i])",
                "ELEMENTWISE | F32 | LoopsMathF32 | large * (0.5f * (e[i] - 1f)) | large * (e[i] - 1f)",
                "UPDATE | F64 | UpdateF64 | rest2 * gi * gi | rest2 * gi",
            })
    void aPlantedErrorIsFound(String family, String dtype, String name, String code, String wrong) throws Exception {
        // Of the two tile kernels the one that this machine uses.
        String file = name.replace("VectorTileF32", "VectorTile" + VectorLanesF32.ROWS + "F32");
        String source = Files.readString(SOURCES.resolve(file + ".java"));
        assertTrue(source.contains(code), file + " has no longer: " + code);
        ClassLoader loader = compiled(file, source.replace(code, wrong));
        String provider = file.startsWith("Vector") ? "vector" : "loops";
        InvocationTargetException e =
                assertThrows(InvocationTargetException.class, () -> check(loader, family, provider, dtype));
        assertEquals(AssertionError.class, e.getCause().getClass(), String.valueOf(e.getCause()));
    }

    @Test
    void theContractHoldsForAnUnchangedCopy() throws Exception {
        String source = Files.readString(SOURCES.resolve("NormF64.java"));
        check(compiled("NormF64", source), "NORM", "F64");
    }

    /** The order of a sum depends on k alone: other panels, depths, parts and turns give the bits that are asked for. */
    @ParameterizedTest
    @CsvSource({"PANEL = 512, PANEL = 7", "DEPTH = 512, DEPTH = 5", "ROWS = 32, ROWS = 3", "THIN = 32, THIN = 0"})
    void otherBlockingsGiveTheSameBits(String code, String other) throws Exception {
        String source = Files.readString(SOURCES.resolve("LoopsMatMulF32.java"));
        assertTrue(source.contains(code), "no longer there: " + code);
        check(compiled("LoopsMatMulF32", source.replace(code, other)), "MATMUL", "F32");
    }

    /** The same on {@code vector}. */
    @ParameterizedTest
    @CsvSource({
        "DEPTH = VectorLanesF32.DEPTH, DEPTH = 5",
        "BLOCK_ROWS = 120, BLOCK_ROWS = 12",
        "BLOCK_COLUMNS = 512, BLOCK_COLUMNS = 64",
        "DEPTHS = 4, DEPTHS = 1",
        "TOGETHER = 16, TOGETHER = 3"
    })
    void otherBlocksGiveTheSameBits(String code, String other) throws Exception {
        String source = Files.readString(SOURCES.resolve("VectorProductF32.java"));
        assertTrue(source.contains(code), "no longer there: " + code);
        check(compiled("VectorProductF32", source.replace(code, other)), "MATMUL", "vector", "F32");
    }

    private static void check(ClassLoader loader, String family, String dtype) throws Exception {
        check(loader, family, "loops", dtype);
    }

    private static void check(ClassLoader loader, String family, String provider, String dtype) throws Exception {
        Class<?> contract = loader.loadClass(KernelContract.class.getName());
        Method check = contract.getDeclaredMethod("check", String.class, String.class, String.class);
        check.setAccessible(true);
        check.invoke(null, family, provider, dtype);
    }

    private ClassLoader compiled(String file, String source) throws IOException {
        Path java = Files.writeString(folder.resolve(file + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean done = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                Provider.VECTOR_FLAG,
                                "-d",
                                folder.toString(),
                                "-cp",
                                System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(java))
                .call();
        assertTrue(done, messages.toString());
        return new Mutated(folder);
    }

    /** Defines all classes of the project anew, those in the folder from there. */
    private static final class Mutated extends ClassLoader {
        private final Path folder;

        Mutated(Path folder) {
            super(MutationTest.class.getClassLoader());
            this.folder = folder;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.fewstep.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String path = name.replace('.', '/') + ".class";
            Path mutated = folder.resolve(path);
            try (InputStream in = Files.exists(mutated)
                    ? Files.newInputStream(mutated)
                    : getParent().getResourceAsStream(path)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
