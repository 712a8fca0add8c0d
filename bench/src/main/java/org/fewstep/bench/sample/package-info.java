/** Whole generations through the API for applications. */
@NullMarked
package org.fewstep.bench.sample;

import org.jspecify.annotations.NullMarked;
