/**
 * Data sets and their readers, from files ({@link org.fewstep.data.Idx}) and from formulas.
 *
 * <p>A reader checks what a file claims against what it has before it allocates; wrong files end in
 * {@link org.fewstep.io.BadFileException}.
 */
@NullMarked
package org.fewstep.data;

import org.jspecify.annotations.NullMarked;
