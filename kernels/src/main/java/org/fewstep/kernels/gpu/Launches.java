package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;

/** The kernel calls that one workload, or one plan, is made of, in their order. */
final class Launches {
    /** Where a workload finds memory for what only its own kernels see. */
    @FunctionalInterface
    interface Room {
        /** Memory of at least {@code size} numbers, until the workload is done. */
        Driver.Memory take(DType dtype, int size);
    }

    private final Programs programs;
    private final Driver.Facts facts;
    private final Choices choices;
    private final Precision precision;
    private final Room room;
    private final List<Launch> list = new ArrayList<>();

    Launches(Programs programs, Driver.Facts facts, Choices choices, Precision precision, Room room) {
        this.programs = programs;
        this.facts = facts;
        this.choices = choices;
        this.precision = precision;
        this.room = room;
    }

    Driver.Facts facts() {
        return facts;
    }

    /** How exactly F32 products must be computed. */
    Precision precision() {
        return precision;
    }

    /** How to run a workload, of the choices that are legal for it here; the first is the family's own. */
    Choice choose(Workload work, List<Choice> legal) {
        return choices.of(work, legal);
    }

    /** A kernel call to be given its arguments and index space. */
    Launch add(String file, DType dtype, String kernel, String... defines) {
        Launch launch = new Launch(programs.function(file, dtype, kernel, defines));
        list.add(launch);
        return launch;
    }

    Driver.Memory room(DType dtype, long size) {
        return room.take(dtype, Math.toIntExact(size));
    }

    /** Threads of a group where a thread does little: neighbours read neighbours. */
    int many() {
        return facts.cpu() ? 64 : 256;
    }

    /** Threads of a group where a thread does a row: on a processor each is a task of its own. */
    int few() {
        return facts.cpu() ? 1 : 64;
    }

    List<Launch> list() {
        return list;
    }
}
