/** How long the doctor takes. */
@NullMarked
package io.spinforge.benchmarks.doctor;

import org.jspecify.annotations.NullMarked;
