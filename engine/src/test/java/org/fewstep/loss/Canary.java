package org.fewstep.loss;

import java.awt.Point;
import org.ejml.data.DMatrixRMaj;
import org.fewstep.cli.ForbiddenRoom;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.cpu.CpuDevice;
import picocli.CommandLine;

/** Breaks each rule of ArchitectureTest once. A rule that does not see it sees nothing. */
public record Canary(
        ForbiddenRoom upwards, Device device, CpuDevice cpu, DMatrixRMaj matrix, CommandLine library, Point desktop) {
    public Canary {
        System.out.flush();
    }
}
