package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What listeners are to hear of probes, kept from the turn's lock until after it. Its room is used
 * again, so a probe that is heard allocates nothing. Not thread-safe: the loop's thread owns it.
 */
final class HeardProbes<T> {
  private static final int ROOM = 16;

  private @Nullable Object[] targets = new Object[ROOM];
  private @Nullable ProbeResult[] results = new ProbeResult[ROOM];
  private long[] nanos = new long[ROOM];
  private int size;

  /** Hears a probe. */
  interface Ear<T> {
    void hear(T target, ProbeResult result, long nanos);
  }

  void add(T target, ProbeResult result, long took) {
    if (size == nanos.length) {
      targets = Arrays.copyOf(targets, 2 * size);
      results = Arrays.copyOf(results, 2 * size);
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    targets[size] = target;
    results[size] = result;
    nanos[size++] = took;
  }

  /** Tells all in their order, and forgets them even if the ear throws. */
  @SuppressWarnings("unchecked") // only add puts targets in
  void tell(Ear<? super T> ear) {
    int count = size;
    size = 0;
    try {
      for (int i = 0; i < count; i++) {
        ProbeResult result = results[i];
        if (result != null) {
          ear.hear((T) targets[i], result, nanos[i]);
        }
      }
    } finally {
      Arrays.fill(targets, 0, count, null);
      Arrays.fill(results, 0, count, null);
    }
  }
}
