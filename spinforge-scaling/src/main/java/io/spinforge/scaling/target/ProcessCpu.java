package io.spinforge.scaling.target;

import io.spinforge.scaling.MetricSource;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** CPU cores that each worker used since the last reading; the first reading has no usage. */
final class ProcessCpu implements MetricSource {
  private final ProcessPoolTarget pool;
  private final double cores;
  private final LongSupplier ticker;
  private Map<Long, Reading> last = new HashMap<>();

  ProcessCpu(ProcessPoolTarget pool, double cores, LongSupplier ticker) {
    this.pool = pool;
    this.cores = cores;
    this.ticker = ticker;
  }

  private record Reading(Duration cpu, long at) {}

  @Override
  public List<Sample> read() {
    Map<Long, Reading> next = new HashMap<>();
    List<Sample> samples = new ArrayList<>();
    Instant now = pool.now();
    for (Worker worker : pool.workers()) {
      Phase phase = ProcessPoolTarget.phase(worker);
      Optional<Duration> cpu =
          ProcessHandle.of(worker.pid()).flatMap(process -> process.info().totalCpuDuration());
      long at = ticker.getAsLong();
      cpu.ifPresent(used -> next.put(worker.pid(), new Reading(used, at)));
      Reading before = last.get(worker.pid());
      if (before == null || cpu.isEmpty() || at == before.at()) {
        samples.add(Sample.missing(worker.id(), phase, cores, now));
      } else {
        double used = (double) cpu.get().minus(before.cpu()).toNanos() / (at - before.at());
        samples.add(Sample.of(worker.id(), phase, used, cores, now));
      }
    }
    last = next;
    return samples;
  }
}
