/** What several packages of this module share and nobody else sees. */
@NullMarked
package io.spinforge.scaling.internal;

import org.jspecify.annotations.NullMarked;
