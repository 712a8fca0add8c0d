/**
 * The command line: one class a command, {@link org.fewstep.cli.Main} in front of them.
 *
 * <p>Begin at {@link org.fewstep.cli.TrainCommand}: a recipe becomes a run and a run becomes a folder.
 * {@link org.fewstep.cli.DemoCommand} does the whole round on built-in data. This is the one room that prints, and the
 * one that sees picocli, snakeyaml-engine and XChart.
 */
@NullMarked
package org.fewstep.cli;

import org.jspecify.annotations.NullMarked;
