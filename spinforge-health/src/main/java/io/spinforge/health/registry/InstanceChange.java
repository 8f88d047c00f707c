package io.spinforge.health.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one instance. An instance that moved to another address is removed and added.
 *
 * @param kind what happened
 * @param instance as it is now; if it was removed, as it was
 * @param before as it was, if it was there
 */
public record InstanceChange(
    Kind kind, ServiceInstance instance, @Nullable ServiceInstance before) {

  /** What can become of an instance. */
  public enum Kind {
    /** It was not there. */
    ADDED,
    /** It was there with other properties: weight, zone, metadata or status. */
    CHANGED,
    /** It is not there any more. */
    REMOVED
  }

  /** Checks for null. */
  public InstanceChange {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(instance, "instance");
  }

  /** Returns what leads from one list to the other; both are sorted by id. */
  static List<InstanceChange> between(List<ServiceInstance> from, List<ServiceInstance> to) {
    List<InstanceChange> changes = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.size() || j < to.size()) {
      int order =
          i == from.size() ? 1 : j == to.size() ? -1 : from.get(i).id().compareTo(to.get(j).id());
      ServiceInstance old = order <= 0 ? from.get(i++) : null;
      ServiceInstance fresh = order >= 0 ? to.get(j++) : null;
      if (old != null && fresh != null && old.equals(fresh)) {
        if (!old.sameAs(fresh)) {
          changes.add(new InstanceChange(Kind.CHANGED, fresh, old));
        }
        continue;
      }
      if (old != null) {
        changes.add(new InstanceChange(Kind.REMOVED, old, old));
      }
      if (fresh != null) {
        changes.add(new InstanceChange(Kind.ADDED, fresh, null));
      }
    }
    return changes;
  }
}
