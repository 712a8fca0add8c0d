package org.fewstep.cli;

import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.DeviceException;

/** How the program ends. */
enum ExitCode {
    OK(0, "success"),
    FAILED(1, "a run failed"),
    USAGE(2, "wrong usage or configuration"),
    BAD_FILE(3, "a file is missing or damaged"),
    NO_DEVICE(4, "the device is not available"),
    INTERRUPTED(130, "interrupted, after a checkpoint was written");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }

    /** The code of an error that ended a command. */
    static ExitCode of(Throwable error) {
        if (error instanceof IllegalArgumentException) {
            return USAGE;
        }
        if (error instanceof BadFileException) {
            return BAD_FILE;
        }
        if (error instanceof UncheckedIOException && error.getCause() instanceof NoSuchFileException) {
            return BAD_FILE;
        }
        if (error instanceof DeviceException) {
            return NO_DEVICE;
        }
        return FAILED;
    }
}
