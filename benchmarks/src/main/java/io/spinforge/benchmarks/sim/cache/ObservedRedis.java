package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.Script;
import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The model, telling the oracle what it commits, with the guard of a mutant taken out. */
final class ObservedRedis extends ModelRedis {
  private final VirtualTime time;
  private final Oracle oracle;
  private final List<String> keys;
  private final @Nullable Mutant mutant;
  private final Set<String> refreshes = new HashSet<>(); // leases to refresh with
  private final List<Banned> bans = new ArrayList<>();
  private int forgotten;

  ObservedRedis(VirtualTime time, Oracle oracle, List<String> keys, @Nullable Mutant mutant) {
    super(time::now);
    this.time = time;
    this.oracle = oracle;
    this.keys = keys;
    this.mutant = mutant;
  }

  @Override
  List<Object> call(Script script, byte[][] names, byte[][] args) {
    if (script == Script.RECLAIM) {
      requireCondemned(names, args);
    }
    List<Object> reply = mutated(script, args, super.call(script, names, args));
    if (VirtualTime.TRACE && script != Script.CHECK) {
      time.trace("redis %s %s -> %s", script, text(args), text(reply.toArray()));
    }
    switch (script) {
      case INVALIDATE -> {
        for (int i = 3; i < args.length; i++) {
          oracle.committed(name(args[i]));
        }
      }
      case HOLD -> {
        for (int i = 4; i < args.length; i++) {
          oracle.committed(name(args[i]));
          String lease = name(names[3 + 2 * (i - 4)]);
          holds(name(args[i]), lease, Long.parseLong(name(args[3])));
        }
      }
      case PUT -> {
        WireEntry entry = EntryFormat.decode(name(args[3]), args[5]);
        boolean held = (Long) reply.get(2) == 2;
        if (held) {
          oracle.committed(name(args[3]));
        } else if (entry != null && entry.payload() != null) {
          oracle.put(name(args[3]), name(entry.payload()));
        }
      }
      case CONTROL -> {
        List<String> arguments = new ArrayList<>();
        for (int i = 4; i < args.length; i++) {
          arguments.add(name(args[i]));
        }
        List<String> subjects = Subjects.of(name(args[3]).charAt(0), arguments, keys);
        subjects.forEach(oracle::committed);
        bans.add(new Banned(Long.parseLong(name((byte[]) reply.get(0))), subjects));
      }
      default -> {
        // commits nothing that a reader must respect
      }
    }
    return reply;
  }

  /** Complains if an entry is about to be taken out that somebody may believe. */
  private void requireCondemned(byte[][] names, byte[][] judged) {
    for (int i = 0; i < names.length; i++) {
      byte[] bytes = value(name(names[i]));
      String key = name(names[i]).substring(name(names[i]).indexOf("}:v:") + 4);
      WireEntry entry = bytes == null ? null : EntryFormat.decode(key, bytes);
      if (bytes == null
          || entry == null
          || !beginsSo(Arrays.copyOf(bytes, Math.min(bytes.length, judged[i].length)), judged[i])) {
        continue;
      }
      long sequence = entry.controlSequence();
      boolean condemned =
          bans.stream()
              .filter(ban -> ban.sequence > sequence)
              .flatMap(ban -> ban.subjects.stream())
              .anyMatch(
                  s -> s.equals(key) || entry.tags().stream().anyMatch(t -> s.equals("#" + t)));
      if (!condemned) {
        throw new Oracle.StaleRead("entry of " + key + " was taken out though nothing condemns it");
      }
      time.trace("reclaims %s", key);
    }
  }

  /** What is committed while a key is held must be respected once the hold has ended. */
  private void holds(String key, String lease, long millis) {
    int epoch = forgotten;
    long held = oracle.mark();
    time.post(
        null,
        TimeUnit.MILLISECONDS.toNanos(millis) + 1,
        () -> {
          boolean later = isStillHeld(lease); // its end will tell
          if (epoch == forgotten && !later) {
            oracle.holdEnded(key, held);
          }
        });
  }

  private boolean isStillHeld(String lease) {
    return super.isHeld(lease);
  }

  /** Forgets, as a failover or a flush does, which keys are held: said openly. */
  void forgetHolds() {
    forgotten++;
  }

  @Override
  void flush() {
    super.flush();
    forgetHolds();
    keys.forEach(oracle::committed);
  }

  private List<Object> mutated(Script script, byte[][] args, List<Object> reply) {
    boolean kept =
        (script == Script.FILL && mutant == Mutant.REFUSED_FILL_IS_KEPT)
            || (script == Script.FILLS && mutant == Mutant.REFUSED_BULK_FILL_IS_KEPT);
    if (kept) {
      return Collections.nCopies(reply.size(), 1L);
    }
    if (script == Script.LEASE && args[1][0] == 'R' && ((byte[]) reply.get(0))[0] == 'L') {
      refreshes.add(name((byte[]) reply.get(2)));
    }
    return reply;
  }

  @Override
  boolean mayFill(@Nullable String held, String token, boolean ofMany) {
    if (super.mayFill(held, token, ofMany) || mutant == null) {
      return super.mayFill(held, token, ofMany);
    }
    return switch (mutant) {
      case FILL_WITHOUT_LEASE -> true;
      case BULK_FILL_WITHOUT_LEASE -> ofMany;
      case REFRESH_FILL_WITHOUT_LEASE -> refreshes.contains(token);
      default -> false;
    };
  }

  @Override
  boolean heedsFloor() {
    return mutant != Mutant.NO_FLOOR && super.heedsFloor();
  }

  @Override
  boolean beginsSo(byte[] head, byte[] judged) {
    return mutant == Mutant.NO_COMPARISON || super.beginsSo(head, judged);
  }

  @Override
  long left(String barrier) {
    return mutant == Mutant.NO_ANSWERS ? 0 : super.left(barrier);
  }

  @Override
  boolean isHeld(String lease) {
    return mutant != Mutant.NO_HOLD && super.isHeld(lease);
  }

  @Override
  boolean seesOtherRuns() {
    return mutant != Mutant.NO_OTHER_RUN && super.seesOtherRuns();
  }

  @Override
  String incarnation(String candidate) {
    return mutant == Mutant.NO_INCARNATION ? "same" : super.incarnation(candidate);
  }

  private static String text(Object[] parts) {
    StringBuilder out = new StringBuilder();
    for (Object part : parts) {
      out.append(part instanceof byte[] bytes ? name(bytes).replaceAll("[^!-~]", ".") : part);
      out.append(' ');
    }
    return out.toString();
  }

  /** What the control log has. */
  private record Banned(long sequence, List<String> subjects) {}
}
