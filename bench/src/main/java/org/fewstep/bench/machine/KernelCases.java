package org.fewstep.bench.machine;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.bench.work.AttentionWork;
import org.fewstep.bench.work.ConvWork;
import org.fewstep.bench.work.DitNetwork;
import org.fewstep.bench.work.Draws;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Dit;

/** F32 workloads of every kernel family at sizes that occur in training, on buffers that live as long as this. */
final class KernelCases implements AutoCloseable {
    /**
     * One workload.
     *
     * @param sizes in words
     */
    record Case(Workload work, String sizes) {}

    private static final int POINTS = 131_072;

    private final CpuDevice device;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final List<Case> cases = new ArrayList<>();

    KernelCases(CpuDevice device) {
        this.device = device;
        matMul(256, 256, 256);
        matMul(512, 512, 512);
        matMul(1024, 1024, 1024);
        matMul(1024, 256, 256);
        matMul(1024, 3, 256);
        matMul(1, 256, 256);
        pointwise(Elementwise.Code.ADD, POINTS);
        pointwise(Elementwise.Code.ADD, 128 * POINTS);
        for (Elementwise.Code code : List.of(
                Elementwise.Code.COPY,
                Elementwise.Code.MUL,
                Elementwise.Code.FMA,
                Elementwise.Code.EXP,
                Elementwise.Code.SILU,
                Elementwise.Code.SILU_ALONG,
                Elementwise.Code.GELU,
                Elementwise.Code.GELU_TANH,
                Elementwise.Code.GELU_TANH_ALONG)) {
            pointwise(code, POINTS);
        }
        add(
                new Combine(
                        POINTS,
                        new double[] {0.9, 0.3, -0.2, 0.1},
                        List.of(filled(POINTS), filled(POINTS), filled(POINTS), filled(POINTS)),
                        filled(POINTS)),
                "4 terms of " + POINTS);
        add(new Reduce(Reduce.Code.SUM, 1, POINTS, 1, 1, filled(POINTS), filled(1)), "131072 to 1");
        add(new Reduce(Reduce.Code.SUM, 1, 1024, 256, 1, filled(1024 * 256), filled(256)), "columns of 1024x256");
        add(new Scan(Scan.Code.SUM, 256, 512, 1, filled(POINTS), filled(POINTS)), "256 rows of 512");
        for (Softmax.Code code : Softmax.Code.values()) {
            add(
                    new Softmax(
                            code,
                            1024,
                            64,
                            filled(1024 * 64),
                            code == Softmax.Code.ALONG ? filled(1024 * 64) : null,
                            filled(1024 * 64)),
                    "1024x64");
        }
        for (Norm.Code code : List.of(Norm.Code.LAYER, Norm.Code.LAYER_ALONG, Norm.Code.RMS, Norm.Code.RMS_ALONG)) {
            add(
                    new Norm(
                            code,
                            1024,
                            128,
                            1e-5,
                            filled(1024 * 128),
                            code.along() ? filled(1024 * 128) : null,
                            filled(1024 * 128)),
                    "1024x128");
        }
        modulatedNorm();
        conv();
        attention();
        gather();
        add(new Random(Random.Code.NORMAL, 1, 16, 8192, counter(), filled(POINTS)), "131072");
        update();
    }

    List<Case> cases() {
        return cases;
    }

    private void add(Workload work, String sizes) {
        cases.add(new Case(work, sizes));
    }

    private Buffer filled(int size) {
        Buffer buffer = device.own(DType.F32, size);
        owned.add(buffer::release);
        device.write(buffer, Draws.uniform("roofline", size, 0.25, 1), 0, size);
        return buffer;
    }

    private Buffer indices(int[] numbers) {
        Buffer buffer = device.own(DType.I32, numbers.length);
        owned.add(buffer::release);
        device.write(buffer, numbers, 0, numbers.length);
        return buffer;
    }

    private Buffer counter() {
        return indices(new int[] {0, 0, 0});
    }

    private void matMul(int m, int k, int n) {
        add(
                new MatMul(1, m, n, k, false, false, false, false, filled(m * k), filled(k * n), null, filled(m * n)),
                m + "x" + k + "x" + n);
    }

    private void pointwise(Elementwise.Code code, int points) {
        int[] shape = {points};
        Layout[] in = new Layout[code.operands()];
        for (int i = 0; i < in.length; i++) {
            in[i] = Layout.contiguous(filled(points), shape);
        }
        add(new Elementwise(code, 1, 0, shape, Layout.contiguous(filled(points), shape), in), "" + points);
    }

    /** Adaptive layer norm of 16 samples of 64 tokens. */
    private void modulatedNorm() {
        int samples = 16;
        int tokens = 64;
        int n = DitNetwork.WIDTH;
        int rows = samples * tokens;
        ModulatedNorm.Places places = new ModulatedNorm.Places(samples, tokens, 1);
        Buffer x = filled(rows * n);
        Buffer scale = filled(samples * n);
        Buffer shift = filled(samples * n);
        Buffer dx = filled(rows * n);
        String sizes = rows + "x" + n + ", a row of scale and shift for " + tokens;
        add(ModulatedNorm.forward(true, rows, n, 1e-6, 1, places, x, scale, shift, filled(rows * n)), sizes);
        add(
                ModulatedNorm.tangent(
                        true,
                        rows,
                        n,
                        1e-6,
                        1,
                        places,
                        x,
                        scale,
                        shift,
                        dx,
                        filled(samples * n),
                        filled(samples * n),
                        filled(rows * n),
                        filled(rows * n)),
                sizes);
        add(ModulatedNorm.gradX(true, rows, n, 1e-6, 1, places, x, scale, dx, filled(rows * n)), sizes);
        add(ModulatedNorm.gradScale(true, rows, n, 1e-6, places, x, dx, filled(samples * n)), sizes);
    }

    private void conv() {
        int c = ConvWork.CHANNELS;
        int s = ConvWork.SIDE;
        int k = ConvWork.KERNEL;
        Conv2d.Geometry g = new Conv2d.Geometry(ConvWork.BATCH, c, s, s, c, s, s, k, k, 1, 1, 1, 1, 1);
        int images = ConvWork.BATCH * c * s * s;
        for (Conv2d.Code code : Conv2d.Code.values()) {
            add(
                    new Conv2d(code, g, filled(images), filled(c * c * k * k), null, filled(images)),
                    "3x3, 64 to 64 channels, 32x32, batch 16");
        }
    }

    private void attention() {
        int b = AttentionWork.BATCH;
        int h = AttentionWork.HEADS;
        int t = AttentionWork.TOKENS;
        int c = AttentionWork.CHANNELS;
        int w = AttentionWork.WIDTH;
        Attention.Heads in = new Attention.Heads(b, h, t, c, t * 3 * w, c, w, 3 * w, 1);
        Attention.Heads out = new Attention.Heads(b, h, t, c, t * w, c, 0, w, 1);
        for (Attention.Code code : Attention.Code.values()) {
            boolean directed = code == Attention.Code.TANGENT || code == Attention.Code.CURVATURE;
            boolean pulled = code == Attention.Code.GRAD || code == Attention.Code.CURVATURE;
            Buffer d = directed ? filled(b * t * 3 * w) : null;
            Buffer g = pulled ? filled(b * t * w) : null;
            Buffer value = code == Attention.Code.TANGENT ? filled(b * t * w) : null;
            Buffer result = filled(b * t * w * (pulled ? 3 : 1));
            add(
                    new Attention(code, in, out, 1 / Math.sqrt(c), filled(b * t * 3 * w), d, g, value, result),
                    "64 tokens, 4 heads of 32, batch 16");
        }
    }

    private void gather() {
        int[] rows = new int[1024];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i * 37 % 1000;
        }
        for (Gather.Code code : Gather.Code.values()) {
            boolean pick = code == Gather.Code.PICK;
            Buffer table = filled(1000 * 128);
            Buffer picked = filled(1024 * 128);
            add(
                    new Gather(code, 1000, 1024, 128, indices(rows), pick ? table : picked, pick ? picked : table),
                    "1024 of 1000 rows of 128");
        }
    }

    private void update() {
        Dit net = DitNetwork.build(device, 1);
        owned.add(net);
        List<Buffer> p = new ArrayList<>();
        List<Buffer> g = new ArrayList<>();
        List<Buffer> m = new ArrayList<>();
        List<Buffer> v = new ArrayList<>();
        net.trained().values().forEach(parameter -> {
            int size = parameter.shape().count();
            p.add(parameter.buffer());
            g.add(filled(size));
            m.add(filled(size));
            v.add(filled(size));
        });
        Slots slots = new Slots(device, DType.F32, 6);
        owned.add(slots);
        Buffer clip = filled(3);
        String sizes = net.parameterCount() + " parameters";
        add(
                Update.adam(
                        p, g, m, v, slots.add(1), slots.add(1e-4), slots.add(1), slots.add(1), 0.9, 0.999, 1e-8, clip),
                sizes);
        add(Update.ema(m, p, slots.add(0.999)), sizes);
        add(Update.gradNorm(g, slots.add(Double.POSITIVE_INFINITY), filled(3)), sizes);
        slots.stage();
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("close: a kernel's operand could not be given back", e);
            }
        }
    }
}
