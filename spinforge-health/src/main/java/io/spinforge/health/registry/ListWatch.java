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

  void offer(Follower.View view) {
    snapshot = view.snapshot();
    if (snapshots != null) {
      snapshots.offer(view.snapshot());
    }
    if (lists != null && (offered == null || !same(offered, view.up()))) {
      offered = view.up();
      lists.offer(view.up());
    }
  }

  /** Returns whether two lists are the same in every property of every instance. */
  static boolean same(List<ServiceInstance> one, List<ServiceInstance> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).sameAs(other.get(i))) {
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
