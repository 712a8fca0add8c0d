package org.fewstep.bench.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.KernelLab;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands of the laboratory have in common. */
final class LabOptions {
    private static final String OPENCL = "opencl:0";
    private static final String CUDA = "cuda:0";

    @Option(names = "--device", paramLabel = "NAME", description = "opencl:i or cuda:i (default: opencl:0).")
    private @Nullable String device;

    @Option(
            names = "--family",
            paramLabel = "NAMES",
            split = ",",
            description = "Kernel families, with commas between.")
    private List<String> families = new ArrayList<>();

    @Option(
            names = "--dtype",
            paramLabel = "TYPES",
            split = ",",
            description = "f32, f64, tf32, bf16; the last two are F32 with products on tensor cores.")
    private List<String> types = new ArrayList<>();

    /**
     * A dtype, with the precision of F32 products.
     *
     * @param precision F32 for F64
     */
    record Type(DType dtype, Precision precision) {
        @Override
        public String toString() {
            return precision == Precision.F32 ? dtype.toString() : dtype + " (" + precision.label() + ")";
        }
    }

    /** The device's name: what is asked for, else what a file can run on. */
    String device(@Nullable KernelFile file) {
        boolean cuda = file != null && file.isCuda();
        String name = device == null ? cuda ? CUDA : OPENCL : device;
        if (file != null && cuda && !name.startsWith("cuda:")) {
            throw new DeviceException("device: got " + name + " for " + file.name()
                    + ", which is CUDA C++; expected a CUDA device, such as --device " + CUDA);
        }
        return name;
    }

    /** Whether a device was asked for. */
    boolean isDeviceGiven() {
        return device != null;
    }

    /** The families asked for; all where there are none. */
    List<Workload.Family> families() {
        return Families.of(families);
    }

    /** Whether families were asked for. */
    boolean isFamilyGiven() {
        return !families.isEmpty();
    }

    /**
     * The types asked for, or others.
     *
     * @throws IllegalArgumentException for a type that there is not
     */
    List<Type> types(List<Type> otherwise) {
        if (types.isEmpty()) {
            return otherwise;
        }
        List<Type> list = new ArrayList<>();
        for (String type : types) {
            list.add(
                    switch (type.toLowerCase(Locale.ROOT)) {
                        case "f32" -> new Type(DType.F32, Precision.F32);
                        case "f64" -> new Type(DType.F64, Precision.F32);
                        case "tf32" -> new Type(DType.F32, Precision.TF32);
                        case "bf16" -> new Type(DType.F32, Precision.BF16);
                        default ->
                            throw new IllegalArgumentException(
                                    "dtype: got \"" + type + "\"; expected f32, f64, tf32 or bf16");
                    });
        }
        return list;
    }

    /** All types of a device. */
    static List<Type> all(KernelLab lab) {
        List<Type> list = new ArrayList<>();
        lab.dtypes().forEach(dtype -> list.add(new Type(dtype, Precision.F32)));
        lab.precisions().stream()
                .filter(precision -> precision != Precision.F32)
                .forEach(precision -> list.add(new Type(DType.F32, precision)));
        return list;
    }

    /** Demands that a device computes in a type. */
    static void require(KernelLab lab, Type type) {
        if (!lab.dtypes().contains(type.dtype())) {
            throw new DeviceException("dtype: got " + type.dtype() + " on " + lab.description() + "; expected "
                    + lab.dtypes() + ", which it computes in");
        }
    }

    /** An error of an open device: the run failed, though there is a device. */
    static RuntimeException failed(DeviceException e) {
        return e instanceof KernelBuildError ? e : new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
}
