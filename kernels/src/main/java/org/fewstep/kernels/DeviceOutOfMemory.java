package org.fewstep.kernels;

/** An allocation failed even after the device's pool had given back what it kept. */
public final class DeviceOutOfMemory extends DeviceException {
    private static final long serialVersionUID = 1L;

    public DeviceOutOfMemory(String message) {
        super(message);
    }

    public DeviceOutOfMemory(String message, Throwable cause) {
        super(message, cause);
    }
}
