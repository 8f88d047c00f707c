package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.Script;
import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model, telling the oracle what it commits, with the guard of a mutant taken out. */
final class ObservedRedis extends ModelRedis {
  private final VirtualTime time;
  private final Oracle oracle;
  private final List<String> keys;
  private final @Nullable Mutant mutant;
  private final Set<String> refreshes = new HashSet<>(); // leases to refresh with

  ObservedRedis(VirtualTime time, Oracle oracle, List<String> keys, @Nullable Mutant mutant) {
    super(time::now);
    this.time = time;
    this.oracle = oracle;
    this.keys = keys;
    this.mutant = mutant;
  }

  @Override
  List<Object> call(Script script, byte[][] names, byte[][] args) {
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
      case PUT -> {
        WireEntry entry = EntryFormat.decode(name(args[3]), args[5]);
        if (entry != null && entry.payload() != null) {
          oracle.put(name(args[3]), name(entry.payload()));
        }
      }
      case CONTROL -> {
        List<String> arguments = new ArrayList<>();
        for (int i = 4; i < args.length; i++) {
          arguments.add(name(args[i]));
        }
        Subjects.of(name(args[3]).charAt(0), arguments, keys).forEach(oracle::committed);
      }
      default -> {
        // commits nothing that a reader must respect
      }
    }
    return reply;
  }

  @Override
  void flush() {
    super.flush();
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
}
