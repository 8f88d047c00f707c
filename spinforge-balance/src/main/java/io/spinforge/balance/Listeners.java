package io.spinforge.balance;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a balancer; what one throws stays here and is logged once. */
final class Listeners<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);

  /** Replaced as a whole by writers: a request reads it without an iterator. */
  private volatile Entry<T>[] entries = array(Stream.empty());

  boolean any() {
    return entries.length > 0;
  }

  /** Adds a listener that hears of those who are members already. */
  void add(BalancerListener<T> listener, Collection<Member<T>> members) {
    Entry<T> added = new Entry<>(listener);
    entries = array(Stream.concat(Stream.of(entries), Stream.of(added)));
    members.forEach(member -> added.tell(to -> to.onAdded(member)));
  }

  void remove(BalancerListener<T> listener) {
    entries = array(Stream.of(entries).filter(entry -> !entry.listener.equals(listener)));
  }

  void onEnd(Member<T> member, Outcome outcome, long nanos) {
    for (Entry<T> entry : entries) {
      try {
        entry.listener.onEnd(member, outcome, nanos);
      } catch (RuntimeException e) {
        entry.warn(e);
      }
    }
  }

  void tell(Consumer<BalancerListener<T>> event) {
    for (Entry<T> entry : entries) {
      entry.tell(event);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of entries, whatever is balanced
  private static <T> Entry<T>[] array(Stream<Entry<T>> entries) {
    return entries.toArray(size -> (Entry<T>[]) new Entry[size]);
  }

  private static final class Entry<T> {
    private final BalancerListener<T> listener;
    private volatile boolean warned;

    Entry(BalancerListener<T> listener) {
      this.listener = listener;
    }

    void tell(Consumer<BalancerListener<T>> event) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        warn(e);
      }
    }

    void warn(RuntimeException e) {
      if (!warned) {
        warned = true;
        LOG.warn("a balancer's listener throws, further ones are not logged: {}", listener, e);
      }
    }
  }
}
