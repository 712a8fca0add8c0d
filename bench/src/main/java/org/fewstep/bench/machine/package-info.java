/** What the machine could do at best, what it is, and how near each kernel family comes. */
@NullMarked
package org.fewstep.bench.machine;

import org.jspecify.annotations.NullMarked;
