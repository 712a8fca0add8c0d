package org.fewstep.kernels.gpu;

import static org.jocl.CL.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceLost;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.fewstep.kernels.KernelBuildError;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/** OpenCL 1.2 by JOCL. */
final class OpenClDriver implements Driver {
    private static final int NO_PLATFORM = -1001;
    private static final int MOST_WORDS = 512;

    /** What PoCL 3.1 says when it loses a file of its own cache, which it does now and then. */
    private static final String LOST_FILE = "unable to rename temporary";

    private static final int ATTEMPTS = 3;

    private static boolean loaded;

    /** A device that a platform names. */
    record Found(cl_platform_id platform, cl_device_id device, Facts facts) {}

    private record OpenClMemory(cl_mem mem, Pointer pointer, long bytes) implements Memory {}

    record OpenClProgram(cl_program program) implements Program {}

    private record OpenClFunction(String name, cl_kernel kernel) implements Function {}

    private record OpenClCalls(List<Launch> launches) implements Recorded {}

    private final cl_device_id device;
    private final Facts facts;
    private final cl_context context;
    private final cl_command_queue queue;
    private final IntBuffer words;
    private final Pointer[] pointers = new Pointer[MOST_WORDS];
    private final long[] global = new long[3];
    private final long[] local = new long[3];
    private boolean closed;

    /** Opens a device. */
    OpenClDriver(Found found) {
        device = found.device();
        facts = found.facts();
        int[] error = new int[1];
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL_CONTEXT_PLATFORM, found.platform());
        context = clCreateContext(properties, 1, new cl_device_id[] {device}, null, null, error);
        require("open", error[0]);
        queue = clCreateCommandQueue(context, device, 0, error);
        if (error[0] != CL_SUCCESS) {
            clReleaseContext(context);
        }
        require("open", error[0]);
        ByteBuffer direct = ByteBuffer.allocateDirect(4 * MOST_WORDS).order(ByteOrder.nativeOrder());
        words = direct.asIntBuffer();
        Pointer start = Pointer.to(direct);
        for (int i = 0; i < MOST_WORDS; i++) {
            pointers[i] = start.withByteOffset(4L * i);
        }
    }

    /**
     * All devices of all platforms, in the loader's order.
     *
     * @throws DeviceException when there is no OpenCL here, with the reason
     */
    static List<Found> find() {
        int[] count = new int[1];
        try {
            load();
            int code = clGetPlatformIDs(0, null, count);
            if (code == NO_PLATFORM || (code == CL_SUCCESS && count[0] == 0)) {
                throw new DeviceException("opencl: got no platform; expected an installable driver below"
                        + " /etc/OpenCL/vendors; install one, such as pocl-opencl-icd for processors");
            }
            check("list platforms", "", code);
        } catch (LinkageError | UnsupportedOperationException e) {
            throw new DeviceException("opencl: got no OpenCL loader (" + firstLine(e)
                    + "); expected libOpenCL.so.1; install one, such as ocl-icd-libopencl1");
        }
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        check("list platforms", "", clGetPlatformIDs(platforms.length, platforms, null));
        List<Found> found = new ArrayList<>();
        for (cl_platform_id platform : platforms) {
            int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
            if (code != CL_SUCCESS || count[0] == 0) {
                continue;
            }
            cl_device_id[] devices = new cl_device_id[count[0]];
            check("list devices", "", clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, devices.length, devices, null));
            for (cl_device_id device : devices) {
                found.add(new Found(platform, device, facts(device)));
            }
        }
        return found;
    }

    /** Once: others may look at java.io.tmpdir meanwhile. */
    private static synchronized void load() {
        if (!loaded) {
            NativeLoader.load(() -> CL.setExceptionsEnabled(false));
            loaded = true;
        }
    }

    private static String firstLine(Throwable e) {
        String text = String.valueOf(e.getMessage());
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static Facts facts(cl_device_id device) {
        boolean f64 = (" " + text(device, CL_DEVICE_EXTENSIONS) + " ").contains(" cl_khr_fp64 ");
        return new Facts(
                text(device, CL_DEVICE_NAME),
                text(device, CL_DEVICE_VERSION) + ", driver " + text(device, CL_DRIVER_VERSION),
                Backend.OPENCL,
                0,
                (number(device, CL_DEVICE_TYPE, 8) & CL_DEVICE_TYPE_CPU) != 0,
                f64,
                (int) number(device, CL_DEVICE_MAX_COMPUTE_UNITS, 4),
                number(device, CL_DEVICE_GLOBAL_MEM_SIZE, 8));
    }

    private static String text(cl_device_id device, int what) {
        long[] size = new long[1];
        check("ask a device", "", clGetDeviceInfo(device, what, 0, null, size));
        byte[] bytes = new byte[(int) size[0]];
        check("ask a device", "", clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null));
        return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8).trim();
    }

    private static long number(cl_device_id device, int what, int bytes) {
        ByteBuffer value = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        check("ask a device", "", clGetDeviceInfo(device, what, bytes, Pointer.to(value), null));
        return value.getLong(0);
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(
                    "opencl " + what + ": got a closed driver of " + facts.name() + "; expected an open one");
        }
    }

    private void require(String what, int code) {
        check(what, " on " + facts.name(), code);
    }

    private static void check(String what, String where, int code) {
        if (code == CL_SUCCESS) {
            return;
        }
        String message = "opencl " + what + where + ": got " + stringFor_errorCode(code);
        switch (code) {
            case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY, CL_INVALID_BUFFER_SIZE ->
                throw new DeviceOutOfMemory(message + "; expected room; use a smaller batch");
            case CL_OUT_OF_RESOURCES, CL_DEVICE_NOT_AVAILABLE, CL_INVALID_COMMAND_QUEUE ->
                throw new DeviceLost(message + "; expected a working device; start a new process");
            default -> throw new DeviceException(message + "; expected CL_SUCCESS");
        }
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public List<String> options() {
        return List.of("-cl-std=CL1.2", "-DBACKEND_OPENCL=1");
    }

    @Override
    public Memory allocate(long bytes) {
        requireOpen("allocate");
        int[] error = new int[1];
        cl_mem mem = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, error);
        require("allocate", error[0]);
        return new OpenClMemory(mem, Pointer.to(mem), bytes);
    }

    @Override
    public void free(Memory memory) {
        require("free", clReleaseMemObject(((OpenClMemory) memory).mem()));
    }

    @Override
    public ByteBuffer host(int bytes) {
        requireOpen("allocate host memory");
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void release(ByteBuffer host) {
        // The garbage collector's.
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        requireOpen("upload");
        Pointer start = Pointer.to(from).withByteOffset(at);
        require(
                "upload",
                clEnqueueWriteBuffer(queue, ((OpenClMemory) to).mem(), false, place, bytes, start, 0, null, null));
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        requireOpen("download");
        require(
                "download",
                clEnqueueReadBuffer(
                        queue, ((OpenClMemory) from).mem(), true, place, bytes, Pointer.to(to), 0, null, null));
    }

    @Override
    public byte @Nullable [] shipped(String source, List<String> options) {
        return null;
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        requireOpen("compile");
        return DeepStack.run(() -> built(file, source, options));
    }

    private Program built(String file, String source, List<String> options) {
        int[] error = new int[1];
        String flags = String.join(" ", options);
        for (int attempt = 1; ; attempt++) {
            cl_program program = clCreateProgramWithSource(context, 1, new String[] {source}, null, error);
            require("compile " + file, error[0]);
            int code = clBuildProgram(program, 1, new cl_device_id[] {device}, flags, null, null);
            if (code == CL_SUCCESS) {
                return new OpenClProgram(program);
            }
            String log = log(program);
            clReleaseProgram(program);
            if (attempt < ATTEMPTS && log.contains(LOST_FILE)) {
                continue;
            }
            throw new KernelBuildError("kernel file " + file + ": got " + stringFor_errorCode(code) + " on "
                    + facts.name() + " with options " + flags + "; expected a file that compiles; the compiler says:\n"
                    + log);
        }
    }

    private String log(cl_program program) {
        long[] size = new long[1];
        if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size) != CL_SUCCESS) {
            return "(no log)";
        }
        byte[] bytes = new byte[(int) size[0]];
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
        return new String(bytes, StandardCharsets.UTF_8).trim();
    }

    @Override
    public byte[] binary(Program program) {
        requireOpen("binary");
        cl_program mine = ((OpenClProgram) program).program();
        // Where the device is this processor, its kernels are compiled to the end here.
        return DeepStack.run(() -> binary(mine));
    }

    private byte[] binary(cl_program mine) {
        long[] size = new long[1];
        require("binary", clGetProgramInfo(mine, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null));
        byte[] bytes = new byte[(int) size[0]];
        Pointer list = Pointer.to(Pointer.to(bytes));
        require("binary", clGetProgramInfo(mine, CL_PROGRAM_BINARIES, Sizeof.POINTER, list, null));
        return bytes;
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        requireOpen("load");
        return DeepStack.run(() -> loaded(file, binary, options));
    }

    private Program loaded(String file, byte[] binary, List<String> options) {
        int[] error = new int[1];
        int[] status = new int[1];
        cl_device_id[] devices = {device};
        cl_program program = clCreateProgramWithBinary(
                context, 1, devices, new long[] {binary.length}, new byte[][] {binary}, status, error);
        require("load " + file, error[0]);
        int code = clBuildProgram(program, 1, devices, String.join(" ", options), null, null);
        if (code != CL_SUCCESS) {
            clReleaseProgram(program);
            require("load " + file, code);
        }
        return new OpenClProgram(program);
    }

    @Override
    public Function function(Program program, String name) {
        requireOpen("find a kernel");
        int[] error = new int[1];
        cl_kernel kernel = clCreateKernel(((OpenClProgram) program).program(), name, error);
        require("find kernel " + name, error[0]);
        return new OpenClFunction(name, kernel);
    }

    @Override
    public KernelResources resources(Function function) {
        cl_kernel kernel = ((OpenClFunction) function).kernel();
        return new KernelResources(
                -1,
                number(kernel, CL_KERNEL_PRIVATE_MEM_SIZE),
                number(kernel, CL_KERNEL_LOCAL_MEM_SIZE),
                number(kernel, CL_KERNEL_WORK_GROUP_SIZE),
                number(kernel, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE));
    }

    private long number(cl_kernel kernel, int what) {
        long[] value = new long[1];
        require("ask a kernel", clGetKernelWorkGroupInfo(kernel, device, what, 8, Pointer.to(value), null));
        return value[0];
    }

    @Override
    public void launch(Launch launch) {
        requireOpen("launch");
        OpenClFunction function = (OpenClFunction) launch.function();
        if (launch.shared() != 0) {
            throw new DeviceException("launch " + function.name() + ": got " + launch.shared()
                    + " bytes of shared memory beside the kernel's own; expected none in OpenCL");
        }
        cl_kernel kernel = function.kernel();
        words.clear();
        words.put(launch.words(), 0, launch.size());
        for (int i = 0; i < launch.count(); i++) {
            Memory memory = launch.memory(i);
            int code = memory instanceof OpenClMemory mine
                    ? clSetKernelArg(kernel, i, Sizeof.cl_mem, mine.pointer())
                    : clSetKernelArg(kernel, i, 4L * (launch.end(i) - launch.start(i)), pointers[launch.start(i)]);
            if (code != CL_SUCCESS) {
                require("argument " + i + " of " + function.name(), code);
            }
        }
        for (int d = 0; d < 3; d++) {
            local[d] = launch.threads(d);
            global[d] = local[d] * launch.groups(d);
        }
        int code = clEnqueueNDRangeKernel(queue, kernel, 3, null, global, local, 0, null, null);
        if (code != CL_SUCCESS) {
            require("launch " + function.name(), code);
        }
    }

    @Override
    public Recorded record(List<Launch> launches) {
        requireOpen("record");
        return new OpenClCalls(launches);
    }

    @Override
    public void run(Recorded recorded) {
        List<Launch> launches = ((OpenClCalls) recorded).launches();
        for (int i = 0; i < launches.size(); i++) {
            launch(launches.get(i));
        }
    }

    @Override
    public void flush() {
        requireOpen("flush");
        require("flush", clFlush(queue));
    }

    @Override
    public void synchronize() {
        requireOpen("synchronize");
        require("synchronize", clFinish(queue));
    }

    @Override
    public void release(Recorded recorded) {
        // Objects of this program alone.
    }

    @Override
    public void release(Function function) {
        require("release a kernel", clReleaseKernel(((OpenClFunction) function).kernel()));
    }

    @Override
    public void release(Program program) {
        require("release a program", clReleaseProgram(((OpenClProgram) program).program()));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }
}
