package org.fewstep.bench.work;

import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;

/** This engine's CPU device as a benchmark asks for it. */
public final class EngineDevice {
    /** Name of the provider that a user gets who asks for none. */
    public static final String DEFAULT = "default";

    private EngineDevice() {}

    /**
     * A device of its own, warmed up; the caller closes it.
     *
     * @param provider {@link #DEFAULT} or the name of a provider
     * @param threads number of threads, the caller's included
     */
    public static CpuDevice open(String provider, int threads) {
        CpuDevice device = new CpuDevice(provider.equals(DEFAULT) ? Provider.best() : Provider.of(provider), threads);
        device.warmUp();
        return device;
    }

    /** The device that other libraries' results are compared with. */
    public static CpuDevice reference() {
        return new CpuDevice(Provider.best(), 1);
    }
}
