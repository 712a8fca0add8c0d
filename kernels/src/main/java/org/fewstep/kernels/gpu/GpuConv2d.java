package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;

/** Calls of conv2d.cl. */
final class GpuConv2d {
    private static final String FILE = "conv2d.cl";

    private GpuConv2d() {}

    static void plan(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        int[] geometry = {
            s.batch(),
            s.inChannels(),
            s.inHeight(),
            s.inWidth(),
            s.outChannels(),
            s.outHeight(),
            s.outWidth(),
            s.kernelHeight(),
            s.kernelWidth(),
            s.strideY(),
            s.strideX(),
            s.padTop(),
            s.padLeft(),
            s.groups()
        };
        long x = (long) s.batch() * s.inChannels() * s.inHeight() * s.inWidth();
        long y = (long) s.batch() * s.outChannels() * s.places();
        long weights = (long) s.outChannels() * s.depth();
        switch (w.code()) {
            case FORWARD -> {
                if (y > 0) {
                    Buffer bias = w.bias();
                    to.add(FILE, w.dtype(), "conv2d_forward")
                            .over(y, to.many())
                            .int32(geometry)
                            .int32(bias == null ? 0 : 1)
                            .buffer(w.x())
                            .buffer(w.w())
                            .buffer(bias == null ? w.w() : bias)
                            .buffer(w.y());
                }
            }
            case INPUT -> {
                if (x > 0) {
                    to.add(FILE, w.dtype(), "conv2d_input")
                            .over(x, to.many())
                            .int32(geometry)
                            .buffer(w.y())
                            .buffer(w.w())
                            .buffer(w.x());
                }
            }
            case WEIGHT ->
                to.add(FILE, w.dtype(), "conv2d_weight")
                        .over(weights, to.few())
                        .int32(geometry)
                        .buffer(w.x())
                        .buffer(w.y())
                        .buffer(w.w());
        }
    }
}
