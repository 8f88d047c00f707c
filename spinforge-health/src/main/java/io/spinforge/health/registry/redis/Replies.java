package io.spinforge.health.registry.redis;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the scripts answer; their heads say what that is. */
final class Replies {
  private Replies() {}

  static Answer answer(List<Object> reply) {
    return new Answer(outcome(reply.get(0)), number(reply.get(1)), number(reply.get(2)));
  }

  static List<Answer> answers(List<Object> reply) {
    List<Answer> answers = new ArrayList<>(reply.size() / 2);
    for (int i = 0; i < reply.size(); i += 2) {
      answers.add(new Answer(outcome(reply.get(i)), number(reply.get(i + 1)), 0));
    }
    return answers;
  }

  /** Returns whether the service has too many entries for one answer. */
  static boolean tooMany(List<Object> reply) {
    return reply.get(0).equals("L");
  }

  static Sync sync(List<Object> reply) {
    boolean whole = reply.get(0).equals("S");
    List<Change> changes = whole ? all(reply) : since(list(reply.get(7)));
    return sync(reply, whole, changes);
  }

  /** Returns a whole answer from the head of one reply and entries that were read in chunks. */
  static Sync sync(List<Object> head, boolean whole, List<Change> changes) {
    return new Sync(
        (String) head.get(1),
        number(head.get(2)),
        number(head.get(3)),
        whole,
        changes,
        number(head.get(4)),
        number(head.get(5)),
        number(head.get(6)));
  }

  private static List<Change> all(List<Object> reply) {
    List<Object> owners = list(reply.get(7));
    List<Object> payloads = list(reply.get(8));
    Map<Object, Object> payloadOf = new HashMap<>();
    for (int i = 0; i < payloads.size(); i += 2) {
      payloadOf.put(payloads.get(i), payloads.get(i + 1));
    }
    List<Change> changes = new ArrayList<>(owners.size() / 2);
    for (int i = 0; i < owners.size(); i += 2) {
      Object id = owners.get(i);
      changes.add(change(id, owners.get(i + 1), payloadOf.getOrDefault(id, "")));
    }
    return changes;
  }

  private static List<Change> since(List<Object> stream) {
    List<Change> changes = new ArrayList<>(stream.size());
    for (Object item : stream) {
      List<Object> pair = list(item);
      String key = (String) pair.get(0);
      List<Object> fields = list(pair.get(1)); // id, ., o, ., p, .
      long revision = Long.parseLong(key.substring(0, key.indexOf('-')));
      String id = (String) fields.get(1);
      String owner = (String) fields.get(3);
      Entry entry = owner.isEmpty() ? null : new Entry(id, owner, (String) fields.get(5));
      changes.add(new Change(revision, id, entry));
    }
    return changes;
  }

  /** Puts the entries of a chunk into the map; returns the next cursor. */
  static String chunk(List<Object> reply, Map<String, Change> into) {
    List<Object> owners = list(reply.get(2));
    List<Object> payloads = list(reply.get(3));
    for (int i = 0; i < payloads.size(); i++) {
      Change change = change(owners.get(2 * i), owners.get(2 * i + 1), payloads.get(i));
      into.put(change.id(), change);
    }
    return (String) reply.get(1);
  }

  private static Change change(Object id, Object owner, Object payload) {
    return new Change(0, (String) id, new Entry((String) id, (String) owner, (String) payload));
  }

  /** Reads {@code gen rev digest id owner payload}; null if the text is something else. */
  static @Nullable Hint hint(String service, String message) {
    String[] parts = message.split(" ", 6);
    if (parts.length != 6) {
      return null;
    }
    try {
      String id = parts[3];
      Entry entry = parts[4].equals("-") ? null : new Entry(id, parts[4], parts[5]);
      Change change = new Change(Long.parseLong(parts[1]), id, entry);
      return new Hint(service, parts[0], Long.parseLong(parts[2]), change);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Answer.Outcome outcome(Object text) {
    return Answer.Outcome.valueOf((String) text);
  }

  private static long number(Object value) {
    return value instanceof Long number ? number : Long.parseLong((String) value);
  }

  @SuppressWarnings("unchecked") // what Lettuce returns for a nested array
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }
}
