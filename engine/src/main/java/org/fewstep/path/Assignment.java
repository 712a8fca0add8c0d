package org.fewstep.path;

import java.util.Arrays;

/**
 * The linear assignment problem: the permutation of least total cost, exactly, by shortest augmenting paths (the
 * Hungarian method in the form of Jonker and Volgenant 1987). O(n^3) time, O(n) memory beside the costs.
 */
public final class Assignment {
    private Assignment() {}

    /**
     * The column of each row.
     *
     * @param cost square matrix of finite numbers
     */
    public static int[] of(double[][] cost) {
        int n = cost.length;
        for (double[] row : cost) {
            if (row.length != n) {
                throw new IllegalArgumentException(
                        "assignment: got a row of " + row.length + " costs for " + n + " rows; expected a square");
            }
            for (double c : row) {
                if (!Double.isFinite(c)) {
                    throw new IllegalArgumentException("assignment: got cost " + c + "; expected finite numbers");
                }
            }
        }
        double[] rowDual = new double[n];
        double[] columnDual = new double[n];
        int[] rowOf = new int[n];
        int[] columnOf = new int[n];
        Arrays.fill(rowOf, -1);
        Arrays.fill(columnOf, -1);
        for (int row = 0; row < n; row++) {
            augment(cost, row, rowDual, columnDual, rowOf, columnOf);
        }
        return columnOf;
    }

    /** Dijkstra over columns in reduced costs from a free row to the nearest free column, then flips the path. */
    private static void augment(
            double[][] cost, int start, double[] rowDual, double[] columnDual, int[] rowOf, int[] columnOf) {
        int n = cost.length;
        double[] distance = new double[n];
        int[] from = new int[n];
        boolean[] done = new boolean[n];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int row = start;
        double reached = 0;
        int sink = -1;
        while (sink < 0) {
            int nearest = -1;
            for (int j = 0; j < n; j++) {
                if (done[j]) {
                    continue;
                }
                double through = reached + cost[row][j] - rowDual[row] - columnDual[j];
                if (through < distance[j]) {
                    distance[j] = through;
                    from[j] = row;
                }
                // Among equals a free column ends the search sooner.
                if (nearest < 0
                        || distance[j] < distance[nearest]
                        || (distance[j] == distance[nearest] && rowOf[j] < 0 && rowOf[nearest] >= 0)) {
                    nearest = j;
                }
            }
            done[nearest] = true;
            reached = distance[nearest];
            if (rowOf[nearest] < 0) {
                sink = nearest;
            } else {
                row = rowOf[nearest];
            }
        }
        rowDual[start] += reached;
        for (int j = 0; j < n; j++) {
            if (done[j] && j != sink) {
                rowDual[rowOf[j]] += reached - distance[j];
                columnDual[j] -= reached - distance[j];
            }
        }
        for (int column = sink; column >= 0; ) {
            int owner = from[column];
            int next = columnOf[owner];
            columnOf[owner] = column;
            rowOf[column] = owner;
            column = owner == start ? -1 : next;
        }
    }
}
