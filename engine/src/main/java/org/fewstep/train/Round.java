package org.fewstep.train;

/**
 * A part of a run at whose beginning the student becomes the teacher.
 *
 * @param number from 0
 * @param first its first step, counted from 0
 * @param length steps in it, at least 1
 */
record Round(int number, long first, long length) {}
