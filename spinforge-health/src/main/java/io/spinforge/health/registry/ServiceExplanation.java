package io.spinforge.health.registry;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a service's list is what it is, as data and, by {@link #toString()}, as text for a person.
 *
 * @param service name of the service
 * @param watched whether this registry watches it; if not, the counts are of its own registrations
 * @param reachable whether the store answers for it
 * @param protection why the list may be older than the store's
 * @param generation the life of the store's data
 * @param revision number of the last change seen
 * @param up instances that take new work
 * @param draining instances that do not
 * @param suspect instances whose leases have ended together with too many others'
 * @param carried those of all that the store has lost and that are kept for now
 * @param budget how many leases may end, as the store last counted; null if it was not asked
 * @param events the last events, oldest first, each with its time
 */
public record ServiceExplanation(
    String service,
    boolean watched,
    boolean reachable,
    Protection protection,
    String generation,
    long revision,
    int up,
    int draining,
    int suspect,
    int carried,
    @Nullable ExpiryBudget budget,
    List<String> events) {

  /** Tells of a service without suspects, of whose leases nothing is known. */
  public ServiceExplanation(
      String service,
      boolean watched,
      boolean reachable,
      Protection protection,
      String generation,
      long revision,
      int up,
      int draining,
      int carried,
      List<String> events) {
    this(
        service,
        watched,
        reachable,
        protection,
        generation,
        revision,
        up,
        draining,
        0,
        carried,
        null,
        events);
  }

  static ServiceExplanation unknown(String service) {
    return new ServiceExplanation(service, false, true, Protection.NONE, "", 0, 0, 0, 0, List.of());
  }

  /** Copies the events. */
  public ServiceExplanation {
    Objects.requireNonNull(service, "service");
    events = List.copyOf(events);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(256);
    text.append(service).append(watched ? " (watched)" : " (not watched)");
    text.append(reachable ? "" : ", the store does not answer").append('\n');
    text.append("  instances: ").append(up).append(" up, ").append(draining).append(" draining");
    text.append(suspect == 0 ? "" : ", " + suspect + " suspect");
    text.append(", ").append(carried).append(" carried over\n");
    text.append("  protection: ").append(protection).append('\n');
    text.append("  leases: ").append(budget == null ? "not asked for" : budget).append('\n');
    text.append("  generation ").append(generation.isEmpty() ? "none" : generation);
    text.append(", revision ").append(revision).append('\n');
    for (String event : events) {
      text.append("  ").append(event).append('\n');
    }
    return text.toString();
  }
}
