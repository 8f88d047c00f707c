package io.spinforge.health.registry;

import java.util.List;
import java.util.Objects;

/**
 * What led from the snapshot that the listener was told last to this one; the first one is told as
 * instances that were added. Immutable.
 *
 * @param snapshot how it is now
 * @param changes one for each instance that differs, sorted by id; applied to the instances of the
 *     snapshot before they give those of this one
 */
public record ServiceChanges(ServiceSnapshot snapshot, List<InstanceChange> changes) {

  /** Copies the list. */
  public ServiceChanges {
    Objects.requireNonNull(snapshot, "snapshot");
    changes = List.copyOf(changes);
  }
}
