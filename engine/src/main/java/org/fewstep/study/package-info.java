/** Experiments that a command runs from beginning to end and that report what their numbers show. */
@NullMarked
package org.fewstep.study;

import org.jspecify.annotations.NullMarked;
