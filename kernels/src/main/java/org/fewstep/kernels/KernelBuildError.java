package org.fewstep.kernels;

/** A kernel file did not compile; the message has the compiler's log with its lines, and the options. */
public final class KernelBuildError extends DeviceException {
    private static final long serialVersionUID = 1L;

    public KernelBuildError(String message) {
        super(message);
    }
}
