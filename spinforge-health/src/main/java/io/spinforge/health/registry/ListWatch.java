package io.spinforge.health.registry;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One subscription, of lists or of snapshots. */
final class ListWatch implements Watch {
  private final String service;
  private final @Nullable Delivery<List<ServiceInstance>> lists;
  private final @Nullable Delivery<ServiceSnapshot> snapshots;
  private final Consumer<ListWatch> onClose;
  private volatile ServiceSnapshot snapshot; // written on the registry's thread
  private @Nullable List<ServiceInstance> offered; // on the registry's thread

  ListWatch(
      String service,
      @Nullable Delivery<List<ServiceInstance>> lists,
      @Nullable Delivery<ServiceSnapshot> snapshots,
      Consumer<ListWatch> onClose) {
    this.service = service;
    this.lists = lists;
    this.snapshots = snapshots;
    this.onClose = onClose;
    this.snapshot = new ServiceSnapshot(service, false, "", 0, List.of(), Protection.NONE);
  }

  @Override
  public String service() {
    return service;
  }

  @Override
  public ServiceSnapshot snapshot() {
    return snapshot;
  }

  void offer(ServiceSnapshot next) {
    snapshot = next;
    if (snapshots != null) {
      snapshots.offer(next);
    }
    if (lists != null) {
      List<ServiceInstance> up = next.up();
      if (offered == null || !same(offered, up)) {
        offered = up;
        lists.offer(up);
      }
    }
  }

  /** Returns whether two lists are the same in every property of every instance. */
  static boolean same(List<ServiceInstance> one, List<ServiceInstance> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      ServiceInstance a = one.get(i);
      ServiceInstance b = other.get(i);
      if (a != b && !a.sameAs(b)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    if (lists != null) {
      lists.close();
    }
    if (snapshots != null) {
      snapshots.close();
    }
    onClose.accept(this);
  }
}
