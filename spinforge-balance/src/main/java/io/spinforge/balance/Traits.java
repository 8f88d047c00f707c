package io.spinforge.balance;

import static java.util.Objects.requireNonNullElse;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an update says of one value.
 *
 * @param weight summed over duplicates
 * @param priority 0 is used first
 * @param zone where it is, empty without zones
 * @param name what its keys hang on, empty without keys
 */
record Traits(double weight, int priority, String zone, String name) {

  /** Reads the members of an update, and rejects all that makes no sense. */
  static final class Reader<T> {
    private static final double MAX_WEIGHT = 65_536;
    private static final double LEAST_WEIGHT = 1e-9;
    private static final int MAX_PRIORITY = 127;

    private final ToDoubleFunction<? super T> weight;
    private final ToIntFunction<? super T> priority;
    private final Function<? super T, String> zone;

    /** Null if nobody asks for names. */
    private final @Nullable Function<? super T, String> name;

    private final int maxMembers;

    Reader(LoadBalancerBuilder<T> builder, boolean named, int maxMembers) {
      weight = requireNonNullElse(builder.weight, value -> 1);
      priority = requireNonNullElse(builder.priority, value -> 0);
      zone = builder.zones == null ? value -> "" : builder.zones.of();
      Function<? super T, String> given = builder.name;
      name = !named ? null : given == null ? String::valueOf : given;
      this.maxMembers = maxMembers;
    }

    /** Returns each different value with its traits. */
    Map<T, Traits> of(Collection<? extends T> values) {
      Map<T, Traits> all = new LinkedHashMap<>();
      List<String> wrong = new ArrayList<>();
      int index = 0;
      for (T value : values) {
        if (value == null) {
          wrong.add("values[" + index + "]: null (expected: a value)");
        } else {
          Traits traits = read(value, wrong);
          all.merge(value, traits, Traits::plus);
        }
        index++;
      }
      if (wrong.isEmpty()) {
        checkSums(all, wrong);
        checkNames(all, wrong);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return all;
    }

    private Traits read(T value, List<String> wrong) {
      double ownWeight = weight.applyAsDouble(value);
      if (!(ownWeight >= 0 && ownWeight <= MAX_WEIGHT)) {
        wrong.add("weight of " + value + ": " + ownWeight + " (expected: 0 to 65536)");
      } else if (ownWeight > 0 && ownWeight < LEAST_WEIGHT) { // a cost over it would be infinite
        wrong.add("weight of " + value + ": " + ownWeight + " (expected: 0, or at least 1.0E-9)");
      }
      int ownPriority = priority.applyAsInt(value);
      if (ownPriority < 0 || ownPriority > MAX_PRIORITY) {
        wrong.add("priority of " + value + ": " + ownPriority + " (expected: 0 to 127)");
      }
      String ownZone = zone.apply(value);
      if (ownZone == null) {
        wrong.add("zone of " + value + ": null (expected: a zone)");
        ownZone = "";
      }
      String ownName = name == null ? "" : name.apply(value);
      if (ownName == null) {
        wrong.add("name of " + value + ": null (expected: a name)");
        ownName = "";
      } else if (ownName.equals(nameOfObject(value))) {
        wrong.add(
            "name of " + value + ": differs in every process (expected: a toString, or name set)");
      }
      return new Traits(ownWeight, ownPriority, ownZone, ownName);
    }

    /** What toString says of a class that has none. */
    private static String nameOfObject(Object value) {
      return value.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(value));
    }

    private void checkSums(Map<T, Traits> all, List<String> wrong) {
      all.forEach(
          (value, traits) -> {
            if (traits.weight > MAX_WEIGHT) {
              wrong.add(
                  "weight of " + value + ": " + traits.weight + " (expected: 0 to 65536 in all)");
            }
          });
      if (all.size() > maxMembers) {
        wrong.add("values: " + all.size() + " (expected: <= " + maxMembers + " for the policy)");
      }
    }

    private void checkNames(Map<T, Traits> all, List<String> wrong) {
      if (name == null) {
        return;
      }
      Map<String, T> owners = new HashMap<>();
      all.forEach(
          (value, traits) -> {
            T owner = owners.putIfAbsent(traits.name, value);
            if (owner != null) {
              wrong.add(
                  "name of "
                      + value
                      + ": "
                      + traits.name
                      + " (expected: another than "
                      + owner
                      + "'s)");
            }
          });
    }
  }

  private Traits plus(Traits duplicate) {
    return new Traits(weight + duplicate.weight, priority, zone, name);
  }
}
