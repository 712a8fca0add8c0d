package org.fewstep.kernels.gpu;

import java.util.List;

/**
 * One call of a kernel that a workload becomes.
 *
 * @param file where the kernel stands
 * @param kernel its name
 * @param options definitions that the file is compiled with, {@code -DNAME=VALUE}: the dtype and the family's own
 * @param arguments number of arguments
 * @param groups groups in three dimensions
 * @param threads threads of a group in three dimensions
 */
public record KernelCall(
        String file, String kernel, List<String> options, int arguments, List<Integer> groups, List<Integer> threads) {}
