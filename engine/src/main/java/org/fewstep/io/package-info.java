/**
 * Files in and out, on plain Java arrays; this room knows no tensor.
 *
 * <p>Readers ({@link org.fewstep.io.Json}, {@link org.fewstep.io.SafeTensors}, {@link org.fewstep.io.Npy}) treat every
 * byte as hostile: a size is checked against the bytes that are really there before anything is allocated for it, and a
 * wrong file ends in a {@link org.fewstep.io.BadFileException} that says where and why. Writers are deterministic and
 * put a finished file in place in one step ({@link org.fewstep.io.AtomicFile}).
 *
 * <p>Pictures are {@link org.fewstep.io.Raster}s: {@link org.fewstep.io.SampleGrid} and {@link org.fewstep.io.Scatter2d}
 * draw them, {@link org.fewstep.io.Png} and {@link org.fewstep.io.Gif} store them.
 */
@NullMarked
package org.fewstep.io;

import org.jspecify.annotations.NullMarked;
