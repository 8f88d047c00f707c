/**
 * The doctor's knowledge: one class a family gathers facts, one lists its rules. A rule reads one
 * fact and says what it should be, why, and what to write where. Nothing here changes anything.
 */
@NullMarked
package io.spinforge.metrics.doctor;

import org.jspecify.annotations.NullMarked;
