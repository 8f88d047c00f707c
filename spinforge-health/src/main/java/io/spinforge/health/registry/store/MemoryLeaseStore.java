package io.spinforge.health.registry.store;

import static io.spinforge.health.registry.store.Answer.Outcome.OWN;
import static io.spinforge.health.registry.store.Answer.Outcome.TAKEN;
import static io.spinforge.health.registry.store.Answer.Outcome.WRITTEN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store of maps in this JVM. Its leases never end, since an owner here dies with the store; a
 * question for changes is answered with the whole list, and every listener hears of every change.
 * Thread-safe.
 */
public final class MemoryLeaseStore implements LeaseStore {
  private static final String GENERATION = "memory";

  private final ReentrantLock lock = new ReentrantLock(); // guards services and their content
  private final Map<String, Table> services = new HashMap<>();
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();

  @Override
  public void start(StoreListener listener) {
    listeners.add(listener);
    listener.connected();
  }

  @Override
  public CompletableFuture<Answer> register(String service, Claim claim) {
    return with(
        service,
        table -> {
          Row row = table.rows.get(claim.id());
          if (row != null && row.nonce.equals(claim.nonce())) {
            return new Answer(OWN, row.epoch, 0);
          }
          if (row != null && !claim.takeOver()) {
            return new Answer(TAKEN, row.epoch, claim.ttlMillis());
          }
          return table.write(claim);
        });
  }

  @Override
  public CompletableFuture<List<Answer>> beat(String service, long ttlMillis, List<Lease> leases) {
    return with(
        service,
        table -> {
          List<Answer> answers = new ArrayList<>(leases.size());
          for (Lease lease : leases) {
            answers.add(table.check(lease));
          }
          return answers;
        });
  }

  @Override
  public CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim) {
    return with(
        service,
        table -> {
          Answer now = table.check(lease);
          if (now.outcome() != OWN || now.epoch() != epoch) {
            return now;
          }
          return table.has(claim, epoch) ? new Answer(WRITTEN, epoch, 0) : table.write(claim);
        });
  }

  @Override
  public CompletableFuture<Answer> remove(String service, Lease lease) {
    return with(
        service,
        table -> {
          Answer now = table.check(lease);
          if (now.outcome() != OWN) {
            return now;
          }
          table.replace(lease.id(), null);
          return new Answer(WRITTEN, 0, 0);
        });
  }

  @Override
  public CompletableFuture<Sync> sync(String service, String generation, long revision) {
    return with(
        service,
        table -> {
          boolean whole = !generation.equals(GENERATION) || revision != table.revision;
          List<Change> all = new ArrayList<>();
          if (whole) {
            table.rows.forEach((id, row) -> all.add(new Change(0, id, row.entry)));
          }
          return new Sync(GENERATION, table.revision, table.digest, whole, all, 0, -1, 0);
        });
  }

  @Override
  public void follow(String service, boolean changes) {
    listeners.forEach(listener -> listener.following(service));
  }

  @Override
  public void unfollow(String service) {}

  @Override
  public void troubled() {}

  @Override
  public void close() {}

  private <T> CompletableFuture<T> with(String service, Step<T> step) {
    lock.lock();
    try {
      Table table = services.computeIfAbsent(service, Table::new);
      return CompletableFuture.completedFuture(step.on(table));
    } finally {
      lock.unlock();
    }
  }

  /** What is done to a table under the lock. */
  private interface Step<T> {
    T on(Table table);
  }

  private record Row(long epoch, String nonce, Entry entry) {}

  private final class Table {
    private final String service;
    private final Map<String, Row> rows = new HashMap<>();
    private long revision;
    private long epoch;
    private long digest;

    Table(String service) {
      this.service = service;
    }

    Answer check(Lease lease) {
      Row row = rows.get(lease.id());
      if (row == null) {
        return Answer.GONE;
      }
      return new Answer(row.nonce.equals(lease.nonce()) ? OWN : TAKEN, row.epoch, 0);
    }

    boolean has(Claim claim, long atEpoch) {
      Row row = rows.get(claim.id());
      return row != null && row.entry.equals(entry(claim, atEpoch));
    }

    private static Entry entry(Claim claim, long atEpoch) {
      String owner = Entry.owner(atEpoch, claim.nonce(), claim.status());
      return new Entry(claim.id(), owner, claim.payload());
    }

    Answer write(Claim claim) {
      epoch++;
      replace(claim.id(), new Row(epoch, claim.nonce(), entry(claim, epoch)));
      return new Answer(WRITTEN, epoch, 0);
    }

    void replace(String id, @Nullable Row row) {
      Row old = row == null ? rows.remove(id) : rows.put(id, row);
      revision++;
      digest += (row == null ? 0 : row.entry.hash()) - (old == null ? 0 : old.entry.hash());
      digest = Math.floorMod(digest, Entry.MODULUS);
      Change change = new Change(revision, id, row == null ? null : row.entry);
      Hint hint = new Hint(service, GENERATION, digest, change);
      listeners.forEach(listener -> listener.changed(hint));
    }
  }
}
