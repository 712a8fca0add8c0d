package org.fewstep.kernels.gpu;

import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/**
 * What {@link CudaSimulatorTest} runs in JVMs of their own: each case in a fresh context, its outcome as one line
 * {@code name: outcome}.
 */
final class SimulatedRun {
    private static final int COUNT = 64;

    private interface Case {
        String run() throws IOException;
    }

    private final Path planted;
    private final Path matmul;
    private final CUstream stream = new CUstream();

    private SimulatedRun(Path planted, Path matmul) {
        this.planted = planted;
        this.matmul = matmul;
    }

    /** Arguments: the modules of {@link CudaSimulatorTest}'s planted kernels and of matmul.cl in F32. */
    public static void main(String[] args) throws IOException {
        NativeLoader.load(() -> setExceptionsEnabled(false));
        SimulatedRun run = new SimulatedRun(Path.of(args[0]), Path.of(args[1]));
        System.out.println("before the start: " + cuCtxSynchronize());
        require(cuInit(0));
        System.out.println("without a context: " + cuCtxSynchronize());
        for (Map.Entry<String, Case> one : run.cases().entrySet()) {
            CUcontext context = new CUcontext();
            require(cuCtxCreate(context, 0, new CUdevice()));
            require(cuStreamCreate(run.stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
            System.out.println(one.getKey() + ": " + one.getValue().run());
            require(cuCtxDestroy(context));
        }
    }

    private Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("capability", SimulatedRun::capability);
        cases.put("tiles", this::tiles);
        cases.put("neighbour", () -> sums("neighbour"));
        cases.put("race", () -> sums("race"));
        cases.put("race of blocks", this::blocks);
        cases.put("warp", () -> sums("warp"));
        cases.put("half a warp", () -> sums("half_warp"));
        cases.put("dynamic", this::dynamic);
        cases.put("uninitialised shared", () -> sums("uninitialised"));
        cases.put("uninitialised memory", this::uninitialisedMemory);
        cases.put("divergent", () -> fault("divergent"));
        cases.put("two barriers", () -> fault("two_barriers"));
        cases.put("overrun", () -> fault("overrun"));
        cases.put("underrun", () -> fault("underrun"));
        cases.put("beyond shared", () -> fault("beyond_shared"));
        cases.put("misaligned", () -> fault("misaligned"));
        cases.put("overflow", () -> fault("overflow"));
        cases.put("endless", () -> fault("endless"));
        cases.put("launches", this::launches);
        cases.put("images", this::images);
        cases.put("handles", this::handles);
        cases.put("replay", this::replay);
        cases.put("call in a capture", this::callInCapture);
        cases.put("fork and join", this::forkAndJoin);
        cases.put("pinned", this::pinned);
        cases.put("other stream", this::otherStream);
        cases.put("written after free", this::writtenAfterFree);
        return cases;
    }

    private static void require(int code) {
        if (code != CUDA_SUCCESS) {
            throw new IllegalStateException("got " + code + "; expected CUDA_SUCCESS");
        }
    }

    private static CUmodule module(Path file) throws IOException {
        CUmodule module = new CUmodule();
        require(cuModuleLoadData(module, Files.readAllBytes(file)));
        return module;
    }

    private CUfunction function(String name) throws IOException {
        CUfunction function = new CUfunction();
        require(cuModuleGetFunction(function, module(name.startsWith("matmul") ? matmul : planted), name));
        return function;
    }

    private static CUdeviceptr memory(float... numbers) {
        CUdeviceptr memory = new CUdeviceptr();
        require(cuMemAlloc(memory, 4L * numbers.length));
        require(cuMemcpyHtoD(memory, Pointer.to(numbers), 4L * numbers.length));
        return memory;
    }

    private static float[] ramp(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i + 1;
        }
        return numbers;
    }

    private static Pointer number(int value) {
        return Pointer.to(new int[] {value});
    }

    private int launch(CUfunction function, int threads, int shared, NativePointerObject... arguments) {
        return cuLaunchKernel(function, 1, 1, 1, threads, 1, 1, shared, stream, Pointer.to(arguments), null);
    }

    private float[] read(CUdeviceptr memory, int count) {
        require(cuStreamSynchronize(stream));
        float[] numbers = new float[count];
        require(cuMemcpyDtoH(Pointer.to(numbers), memory, 4L * count));
        return numbers;
    }

    private static String capability() {
        int[] major = new int[1];
        int[] minor = new int[1];
        CUdevice device = new CUdevice();
        require(cuDeviceGetAttribute(major, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device));
        require(cuDeviceGetAttribute(minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device));
        return major[0] + "." + minor[0];
    }

    /** The engine's own tiled product against a chain of fma. */
    private String tiles() throws IOException {
        int m = 21;
        int n = 19;
        int k = 37;
        float[] a = ramp(m * k);
        float[] b = ramp(k * n);
        CUdeviceptr left = memory(a);
        CUdeviceptr right = memory(b);
        CUdeviceptr product = memory(new float[m * n]);
        Pointer parameters = Pointer.to(
                number(1),
                number(m),
                number(n),
                number(k),
                number(0),
                number(k),
                number(1),
                number(0),
                number(n),
                number(1),
                number(0),
                number(0),
                number(0),
                Pointer.to(left),
                Pointer.to(right),
                Pointer.to(product),
                Pointer.to(product),
                Pointer.to(product));
        CUfunction tiles = function("matmul_tiles");
        require(cuLaunchKernel(tiles, 2, 2, 1, 16, 16, 1, 0, stream, parameters, null));
        float[] got = read(product, m * n);
        for (int i = 0; i < m * n; i++) {
            float expected = 0;
            for (int l = 0; l < k; l++) {
                expected = Math.fma(a[i / n * k + l], b[l * n + i % n], expected);
            }
            if (got[i] != expected) {
                return "element " + i + " got " + got[i] + "; expected " + expected;
            }
        }
        return "exact";
    }

    /** A kernel (int n, float *in, float *out) over one block. */
    private String sums(String kernel) throws IOException {
        CUdeviceptr in = memory(ramp(COUNT));
        CUdeviceptr out = memory(new float[COUNT]);
        require(launch(function(kernel), COUNT, 0, number(COUNT), Pointer.to(in), Pointer.to(out)));
        int waited = cuStreamSynchronize(stream);
        return waited == CUDA_SUCCESS ? Arrays.toString(read(out, COUNT)) : String.valueOf(waited);
    }

    /** Two blocks write the same numbers, and count together what is counted atomically. */
    private String blocks() throws IOException {
        CUdeviceptr out = memory(0);
        CUdeviceptr count = memory(0);
        Pointer parameters = Pointer.to(Pointer.to(out), Pointer.to(count));
        require(cuLaunchKernel(function("count"), 2, 1, 1, COUNT, 1, 1, 0, stream, parameters, null));
        float counted = read(count, 1)[0];
        require(cuLaunchKernel(function("blocks"), 2, 1, 1, COUNT, 1, 1, 0, stream, parameters, null));
        int waited = cuStreamSynchronize(stream);
        return waited == CUDA_SUCCESS ? counted + " " + read(out, 1)[0] : counted + " error " + waited;
    }

    private String dynamic() throws IOException {
        CUfunction function = function("dynamic");
        CUdeviceptr out = memory(new float[COUNT]);
        int bytes = 100_000;
        int refused = launch(function, COUNT, bytes, number(bytes / 4), Pointer.to(out));
        int asked = cuFuncSetAttribute(
                function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
        int taken = launch(function, COUNT, bytes, number(bytes / 4), Pointer.to(out));
        float last = read(out, COUNT)[COUNT - 1];
        int tooMuch = cuFuncSetAttribute(
                function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 228 << 10);
        int outside = launch(function, COUNT, 400, number(bytes / 4), Pointer.to(out));
        return refused + " " + asked + " " + taken + " " + last + " " + tooMuch + " " + outside + " "
                + cuStreamSynchronize(stream);
    }

    private String uninitialisedMemory() {
        CUdeviceptr memory = new CUdeviceptr();
        require(cuMemAlloc(memory, 4L * COUNT));
        return String.valueOf(read(memory, COUNT)[COUNT - 1]);
    }

    /** What the launch says, what the next wait, and what calls say after it. */
    private String fault(String kernel) throws IOException {
        CUdeviceptr in = memory(ramp(COUNT));
        CUdeviceptr out = memory(new float[COUNT]);
        int launched = launch(function(kernel), COUNT, 0, number(COUNT), Pointer.to(in), Pointer.to(out));
        int waited = cuStreamSynchronize(stream);
        return launched + " " + waited + " " + cuMemFree(in) + " " + cuStreamSynchronize(stream);
    }

    /** Configurations that no device takes; none of them harms the context. */
    private String launches() throws IOException {
        CUfunction function = function("neighbour");
        CUdeviceptr out = memory(new float[COUNT]);
        Pointer parameters = Pointer.to(number(COUNT), Pointer.to(out), Pointer.to(out));
        int threads = cuLaunchKernel(function, 1, 1, 1, 1025, 1, 1, 0, stream, parameters, null);
        int both = cuLaunchKernel(function, 1, 1, 1, 64, 32, 1, 0, stream, parameters, null);
        int none = cuLaunchKernel(function, 0, 1, 1, 64, 1, 1, 0, stream, parameters, null);
        int grid = cuLaunchKernel(function, 1, 65536, 1, 64, 1, 1, 0, stream, parameters, null);
        int bounds = launch(function("warp"), 256, 0, number(COUNT), Pointer.to(out), Pointer.to(out));
        int arguments = cuLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, stream, null, null);
        return threads + " " + both + " " + none + " " + grid + " " + bounds + " " + arguments + " "
                + cuStreamSynchronize(stream);
    }

    private String images() throws IOException {
        CUmodule module = new CUmodule();
        byte[] text = "no module, by far".getBytes(StandardCharsets.US_ASCII);
        byte[] ofGpu = Files.readAllBytes(planted);
        ofGpu[18] = (byte) 190;
        byte[] ptx = ".version 8.0\n.target sm_90\n".getBytes(StandardCharsets.US_ASCII);
        return cuModuleLoadData(module, text) + " " + cuModuleLoadData(module, ofGpu) + " "
                + cuModuleLoadData(module, ptx) + " "
                + cuModuleGetFunction(new CUfunction(), module(planted), "absent");
    }

    private String handles() throws IOException {
        CUdeviceptr memory = memory(ramp(COUNT));
        int inside = cuMemFree(memory.withByteOffset(4));
        require(cuMemFree(memory));
        int twice = cuMemFree(memory);
        int copied = cuMemcpyHtoD(memory, Pointer.to(ramp(COUNT)), 4L * COUNT);
        int empty = cuMemAlloc(memory, 0);
        int large = cuMemAlloc(memory, 1L << 40);
        CUstream gone = new CUstream();
        require(cuStreamCreate(gone, 0));
        require(cuStreamDestroy(gone));
        int waited = cuStreamSynchronize(gone);
        Pointer parameters = Pointer.to(Pointer.to(new float[] {1}), Pointer.to(memory));
        int launched = cuLaunchKernel(function("add"), 1, 1, 1, COUNT, 1, 1, 0, gone, parameters, null);
        int host = cuMemFreeHost(new Pointer());
        return inside + " " + twice + " " + copied + " " + empty + " " + large + " " + waited + " " + launched + " "
                + host;
    }

    /** Values count as they are at the capture; memory as it is at the replay. */
    private String replay() throws IOException {
        CUfunction add = function("add");
        CUdeviceptr out = memory(new float[COUNT]);
        float[] value = {3};
        ByteBuffer host = ByteBuffer.allocateDirect(4 * COUNT).order(ByteOrder.nativeOrder());
        require(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        require(cuMemcpyHtoDAsync(out, Pointer.to(host), 4L * COUNT, stream));
        require(launch(add, COUNT, 0, Pointer.to(value), Pointer.to(out)));
        CUgraph graph = new CUgraph();
        require(cuStreamEndCapture(stream, graph));
        CUgraphExec executable = new CUgraphExec();
        require(cuGraphInstantiate(executable, graph, 0));
        require(cuGraphDestroy(graph));
        float before = read(out, COUNT)[0];
        value[0] = 100;
        require(cuGraphLaunch(executable, stream));
        float first = read(out, COUNT)[0];
        host.asFloatBuffer().put(ramp(COUNT));
        require(cuGraphLaunch(executable, stream));
        float second = read(out, COUNT)[1];
        require(cuGraphExecDestroy(executable));
        return before + " " + first + " " + second + " " + cuGraphLaunch(executable, stream);
    }

    private String callInCapture() {
        require(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        int allocated = cuMemAlloc(new CUdeviceptr(), 4);
        int waited = cuStreamSynchronize(stream);
        int ended = cuStreamEndCapture(stream, new CUgraph());
        return allocated + " " + waited + " " + ended + " " + cuStreamSynchronize(stream);
    }

    private String forkAndJoin() throws IOException {
        CUfunction add = function("add");
        CUdeviceptr out = memory(new float[COUNT]);
        CUstream other = new CUstream();
        require(cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING));
        CUevent fork = new CUevent();
        CUevent join = new CUevent();
        require(cuEventCreate(fork, 0));
        require(cuEventCreate(join, 0));
        int[] ended = new int[2];
        for (int joined = 0; joined < 2; joined++) {
            require(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            require(cuEventRecord(fork, stream));
            require(cuStreamWaitEvent(other, fork, 0));
            Pointer parameters = Pointer.to(Pointer.to(new float[] {5}), Pointer.to(out));
            require(cuLaunchKernel(add, 1, 1, 1, COUNT, 1, 1, 0, other, parameters, null));
            if (joined == 1) {
                require(cuEventRecord(join, other));
                require(cuStreamWaitEvent(stream, join, 0));
            }
            ended[joined] = cuStreamEndCapture(stream, new CUgraph());
        }
        return ended[0] + " " + ended[1];
    }

    /** Pinned memory is read when the copy is done, pageable memory when it is submitted. */
    private String pinned() {
        CUdeviceptr first = memory(0);
        CUdeviceptr second = memory(0);
        Pointer host = new Pointer();
        require(cuMemHostAlloc(host, 4, 0));
        FloatBuffer inPinned =
                host.getByteBuffer(0, 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
        ByteBuffer pageable = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        inPinned.put(0, 1);
        pageable.putFloat(0, 1);
        require(cuMemcpyHtoDAsync(first, host, 4, stream));
        require(cuMemcpyHtoDAsync(second, Pointer.to(pageable), 4, stream));
        inPinned.put(0, 2);
        pageable.putFloat(0, 2);
        String outcome = read(first, 1)[0] + " " + read(second, 1)[0];
        require(cuMemFreeHost(host));
        return outcome + " " + cuMemFreeHost(host);
    }

    /** A stream that waits for no other does not see its work; one that waits for its event does. */
    private String otherStream() throws IOException {
        CUfunction add = function("add");
        CUdeviceptr out = memory(0);
        CUdeviceptr copy = memory(0);
        CUstream other = new CUstream();
        CUevent event = new CUevent();
        require(cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING));
        require(cuEventCreate(event, 0));
        require(launch(add, 1, 0, Pointer.to(new float[] {7}), Pointer.to(out)));
        require(cuEventRecord(event, stream));
        require(cuMemcpyDtoDAsync(copy, out, 4, other));
        require(cuStreamSynchronize(other));
        int pending = cuEventQuery(event);
        require(cuStreamWaitEvent(other, event, 0));
        float[] unordered = new float[1];
        require(cuMemcpyDtoH(Pointer.to(unordered), copy, 4));
        require(cuMemcpyDtoDAsync(copy, out, 4, other));
        require(cuStreamSynchronize(other));
        float[] ordered = new float[1];
        require(cuMemcpyDtoH(Pointer.to(ordered), copy, 4));
        return unordered[0] + " " + pending + " " + ordered[0] + " " + cuEventQuery(event);
    }

    /** A kernel writes to memory that was freed. */
    private String writtenAfterFree() throws IOException {
        CUfunction add = function("add");
        CUdeviceptr freed = memory(ramp(COUNT));
        require(cuMemFree(freed));
        require(launch(add, COUNT, 0, Pointer.to(new float[] {1}), Pointer.to(freed)));
        return String.valueOf(cuStreamSynchronize(stream));
    }
}
