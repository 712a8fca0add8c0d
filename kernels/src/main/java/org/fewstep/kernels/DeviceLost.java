package org.fewstep.kernels;

/** The device stopped working, or a kernel broke it: nothing on it can be used any more; open it again in a new process. */
public final class DeviceLost extends DeviceException {
    private static final long serialVersionUID = 1L;

    public DeviceLost(String message) {
        super(message);
    }
}
