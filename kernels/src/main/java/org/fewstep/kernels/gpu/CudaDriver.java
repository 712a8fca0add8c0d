package org.fewstep.kernels.gpu;

import static jcuda.driver.CUdevice_attribute.*;
import static jcuda.driver.CUresult.*;
import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceLost;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.jspecify.annotations.Nullable;

/** CUDA's driver interface by JCuda: the device's primary context, one stream. */
final class CudaDriver implements Driver {
    /** Oldest interface that JCuda 12.6 is made for, as CUDA counts: 1000 major + 10 minor. */
    private static final int OLDEST = 12_000;

    private static final int WARP = 32;

    /** Shared memory that a group gets without being asked for. */
    private static final int USUAL_SHARED = 48 << 10;

    private static boolean loaded;

    /** Why JCuda cannot be loaded, once that was tried: a second try says less. */
    private static @Nullable String missing;

    /** A device that the driver names. */
    record Found(CUdevice device, Facts facts) {}

    /** A device address that can be read as a number. */
    private static final class Address extends CUdeviceptr {
        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    private record CudaMemory(Address start, long bytes) implements Memory {
        @Override
        public long address() {
            return start.value();
        }
    }

    private record CudaProgram(CUmodule module, byte[] image) implements Program {}

    private record CudaGraph(CUgraphExec graph) implements Recorded {}

    /** A kernel, and where the values of its arguments stand at each call. */
    private static final class CudaFunction implements Function {
        final String name;
        final CUfunction function;
        ByteBuffer values = ByteBuffer.allocateDirect(0);
        Pointer parameters = new Pointer();
        int[] places = {};
        int shared = USUAL_SHARED;

        CudaFunction(String name, CUfunction function) {
            this.name = name;
            this.function = function;
        }

        /** A kernel's arguments have the same types at each call, so that their places are found once. */
        void place(Launch launch) {
            places = new int[launch.count()];
            int at = 0;
            for (int i = 0; i < places.length; i++) {
                places[i] = at;
                at += launch.memory(i) != null ? 8 : 4 * (launch.end(i) - launch.start(i)) + 7 & -8;
            }
            values = ByteBuffer.allocateDirect(Math.max(8, at)).order(ByteOrder.nativeOrder());
            Pointer start = Pointer.to(values);
            NativePointerObject[] each = new NativePointerObject[places.length];
            for (int i = 0; i < each.length; i++) {
                each[i] = start.withByteOffset(places[i]);
            }
            parameters = Pointer.to(each);
        }
    }

    private final CUdevice device;
    private final Facts facts;
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private boolean closed;

    /** Opens a device. */
    CudaDriver(Found found) {
        device = found.device();
        facts = found.facts();
        require("open", cuDevicePrimaryCtxRetain(context, device));
        enter("open");
        require("open", cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    }

    /**
     * All devices of the driver, in its order.
     *
     * @throws DeviceException when there is no CUDA here, with the reason
     */
    static List<Found> find() {
        int[] number = new int[1];
        try {
            load();
            int code = cuInit(0);
            if (code == CUDA_ERROR_NO_DEVICE) {
                throw new DeviceException("cuda: got no device; expected an NVIDIA GPU that this process may use;"
                        + " nvidia-smi lists them");
            }
            check("start", "", code);
            check("ask for the version", "", cuDriverGetVersion(number));
        } catch (LinkageError | UnsupportedOperationException e) {
            throw new DeviceException("cuda: got " + missing(e) + "; expected NVIDIA's driver with CUDA "
                    + OLDEST / 1000 + " or newer; install it");
        }
        int version = number[0];
        if (version < OLDEST) {
            throw new DeviceException("cuda: got a driver with CUDA " + written(version) + "; expected " + OLDEST / 1000
                    + " or newer; install a newer driver");
        }
        check("count devices", "", cuDeviceGetCount(number));
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < number[0]; i++) {
            CUdevice device = new CUdevice();
            check("list devices", "", cuDeviceGet(device, i));
            found.add(new Found(device, facts(device, version)));
        }
        return found;
    }

    /** Once: others may look at java.io.tmpdir meanwhile. */
    private static synchronized void load() {
        if (!loaded) {
            NativeLoader.load(() -> setExceptionsEnabled(false));
            loaded = true;
        }
    }

    /** What JCuda says in a page of text, in a few words. */
    private static synchronized String missing(Throwable e) {
        if (missing == null) {
            String text = String.valueOf(e.getMessage());
            missing = text.contains("undefined symbol")
                    ? "a driver that lacks functions of CUDA " + OLDEST / 1000
                    : text.contains("libcuda.so.1")
                            ? "no libcuda.so.1"
                            : "no native part of JCuda for " + System.getProperty("os.name") + " "
                                    + System.getProperty("os.arch");
        }
        return missing;
    }

    private static String written(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private static Facts facts(CUdevice device, int version) {
        byte[] name = new byte[256];
        check("ask a device", "", cuDeviceGetName(name, name.length, device));
        long[] bytes = new long[1];
        check("ask a device", "", cuDeviceTotalMem(bytes, device));
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        int major = attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        return new Facts(
                new String(name, 0, length, StandardCharsets.UTF_8),
                "CUDA " + written(version) + ", compute capability " + major + "." + minor,
                Backend.CUDA,
                10 * major + minor,
                false,
                true,
                attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                bytes[0]);
    }

    private static int attribute(CUdevice device, int what) {
        int[] value = new int[1];
        check("ask a device", "", cuDeviceGetAttribute(value, what, device));
        return value[0];
    }

    private void require(String what, int code) {
        if (code != CUDA_SUCCESS) {
            check(what, " on " + facts.name(), code);
        }
    }

    private static void check(String what, String where, int code) {
        if (code == CUDA_SUCCESS) {
            return;
        }
        String message = "cuda " + what + where + ": got " + CUresult.stringFor(code);
        switch (code) {
            case CUDA_ERROR_OUT_OF_MEMORY ->
                throw new DeviceOutOfMemory(message + "; expected room; use a smaller batch");
            // After these every call of the process fails.
            case CUDA_ERROR_DEINITIALIZED,
                    CUDA_ERROR_CONTEXT_IS_DESTROYED,
                    CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUDA_ERROR_LAUNCH_TIMEOUT,
                    CUDA_ERROR_ASSERT,
                    CUDA_ERROR_HARDWARE_STACK_ERROR,
                    CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUDA_ERROR_INVALID_ADDRESS_SPACE,
                    CUDA_ERROR_INVALID_PC,
                    CUDA_ERROR_LAUNCH_FAILED,
                    CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUDA_ERROR_DEVICE_UNAVAILABLE ->
                throw new DeviceLost(message + "; expected a working device; start a new process");
            default -> throw new DeviceException(message + "; expected CUDA_SUCCESS");
        }
    }

    /** Makes the context this thread's: calls come from any thread. */
    private void enter(String what) {
        if (closed) {
            throw new IllegalStateException(
                    "cuda " + what + ": got a closed driver of " + facts.name() + "; expected an open one");
        }
        require("enter", cuCtxSetCurrent(context));
    }

    /** As {@link #enter} to give something back: false after the end, when it has gone with the context. */
    private boolean enterToRelease() {
        if (!closed) {
            require("enter", cuCtxSetCurrent(context));
        }
        return !closed;
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public List<String> options() {
        return Nvcc.OPTIONS;
    }

    @Override
    public Memory allocate(long bytes) {
        enter("allocate");
        Address address = new Address();
        require("allocate", cuMemAlloc(address, bytes));
        return new CudaMemory(address, bytes);
    }

    @Override
    public void free(Memory memory) {
        if (enterToRelease()) {
            require("free", cuMemFree(((CudaMemory) memory).start()));
        }
    }

    @Override
    public ByteBuffer host(int bytes) {
        enter("allocate host memory");
        Pointer pointer = new Pointer();
        require("allocate host memory", cuMemHostAlloc(pointer, bytes, 0));
        return pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void release(ByteBuffer host) {
        if (enterToRelease()) {
            require("free host memory", cuMemFreeHost(Pointer.to(host)));
        }
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        enter("upload");
        CUdeviceptr start = ((CudaMemory) to).start().withByteOffset(place);
        require("upload", cuMemcpyHtoDAsync(start, Pointer.to(from).withByteOffset(at), bytes, stream));
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        enter("download");
        CUdeviceptr start = ((CudaMemory) from).start().withByteOffset(place);
        require("download", cuMemcpyDtoHAsync(Pointer.to(to), start, bytes, stream));
        require("download", cuStreamSynchronize(stream));
    }

    @Override
    public byte @Nullable [] shipped(String source, List<String> options) {
        return CudaBinaries.find(source, options);
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        enter("compile");
        return load(file, Nvcc.compile(file, source, options, facts), options);
    }

    @Override
    public byte[] binary(Program program) {
        enter("ask for a binary");
        return ((CudaProgram) program).image();
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        enter("load");
        CUmodule module = new CUmodule();
        require("load " + file, cuModuleLoadData(module, binary));
        return new CudaProgram(module, binary);
    }

    @Override
    public Function function(Program program, String name) {
        enter("find a kernel");
        CUfunction function = new CUfunction();
        require("find kernel " + name, cuModuleGetFunction(function, ((CudaProgram) program).module(), name));
        // Asking brings the kernel onto the device now: the driver loads it at the first use, which may be a recording.
        require(
                "find kernel " + name,
                cuFuncGetAttribute(new int[1], CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
        return new CudaFunction(name, function);
    }

    @Override
    public KernelResources resources(Function function) {
        enter("ask a kernel");
        CudaFunction mine = (CudaFunction) function;
        return new KernelResources(
                attribute(mine, CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS),
                attribute(mine, CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES),
                attribute(mine, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
                attribute(mine, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
                WARP);
    }

    private int attribute(CudaFunction function, int what) {
        int[] value = new int[1];
        require("ask kernel " + function.name, cuFuncGetAttribute(value, what, function.function));
        return value[0];
    }

    @Override
    public void launch(Launch launch) {
        enter("launch");
        submit(launch);
    }

    private void submit(Launch launch) {
        CudaFunction function = (CudaFunction) launch.function();
        if (function.places.length != launch.count()) {
            function.place(launch);
        }
        int[] words = launch.words();
        for (int i = 0; i < launch.count(); i++) {
            int at = function.places[i];
            if (launch.memory(i) instanceof CudaMemory memory) {
                function.values.putLong(at, memory.address());
                continue;
            }
            for (int w = launch.start(i); w < launch.end(i); w++, at += 4) {
                function.values.putInt(at, words[w]);
            }
        }
        if (launch.shared() > function.shared) {
            require(
                    "shared memory of " + function.name,
                    cuFuncSetAttribute(
                            function.function,
                            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                            launch.shared()));
            function.shared = launch.shared();
        }
        int code = cuLaunchKernel(
                function.function,
                launch.groups(0),
                launch.groups(1),
                launch.groups(2),
                launch.threads(0),
                launch.threads(1),
                launch.threads(2),
                launch.shared(),
                stream,
                function.parameters,
                null);
        if (code != CUDA_SUCCESS) {
            require("launch " + function.name, code);
        }
    }

    @Override
    public Recorded record(List<Launch> launches) {
        enter("record");
        require("record", cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
        CUgraph graph = new CUgraph();
        int code;
        try {
            for (Launch launch : launches) {
                submit(launch);
            }
        } finally {
            // Also after a failure: the stream must take work again.
            code = cuStreamEndCapture(stream, graph);
        }
        require("record", code);
        CUgraphExec executable = new CUgraphExec();
        code = cuGraphInstantiate(executable, graph, 0);
        cuGraphDestroy(graph);
        require("record", code);
        return new CudaGraph(executable);
    }

    @Override
    public void run(Recorded recorded) {
        enter("replay");
        require("replay", cuGraphLaunch(((CudaGraph) recorded).graph(), stream));
    }

    @Override
    public void flush() {
        enter("flush");
        // Work begins as it is submitted.
    }

    @Override
    public void synchronize() {
        enter("synchronize");
        require("synchronize", cuStreamSynchronize(stream));
    }

    @Override
    public void release(Recorded recorded) {
        if (enterToRelease()) {
            require("release a recording", cuGraphExecDestroy(((CudaGraph) recorded).graph()));
        }
    }

    @Override
    public void release(Function function) {
        // Its program's module owns it.
    }

    @Override
    public void release(Program program) {
        if (enterToRelease()) {
            require("release a program", cuModuleUnload(((CudaProgram) program).module()));
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter("close");
        closed = true;
        cuStreamDestroy(stream);
        cuDevicePrimaryCtxRelease(device);
    }
}
