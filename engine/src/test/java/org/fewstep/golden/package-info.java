/**
 * Golden cases: numbers of published reference code, one JSON file a case, compared with what this engine computes.
 *
 * <p>{@link org.fewstep.golden.GoldenTest} runs them; a file finds its {@link org.fewstep.golden.Adapter} by family and
 * name, the adapter offers what it computed, and {@link org.fewstep.golden.ExpectedArrays} demands that every expected
 * array was met exactly once.
 */
package org.fewstep.golden;
