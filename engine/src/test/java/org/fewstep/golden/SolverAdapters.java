package org.fewstep.golden;

import java.util.Map;

/** Adapters of the family {@code solvers}, by prefix of the file's name. */
final class SolverAdapters {
    static final Map<String, Adapter> ALL = Map.ofEntries();

    private SolverAdapters() {}
}
