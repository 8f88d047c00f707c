package io.spinforge.scaling.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a pool, on disk, so that the next start finds those that a crash left behind.
 *
 * <p>One line per process: {@code owner|worker <pid> <start in epoch milliseconds>}. A process is
 * the recorded one only if its start time agrees within 2 s (the kernel's boot time is known to the
 * second), so a number that was given to somebody else is left alone.
 */
final class PidFile {
  private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final Duration LAST_WAIT = Duration.ofSeconds(1);

  private final Path file;
  private List<Long> written = List.of();
  private boolean failing;

  PidFile(Path file) {
    this.file = file;
  }

  /**
   * Ends what an earlier owner left: SIGTERM, then SIGKILL after {@code grace}.
   *
   * @return how many processes there were
   * @throws IllegalStateException if the earlier owner still runs
   */
  int recover(Duration grace) {
    List<ProcessHandle> leftovers = new ArrayList<>();
    for (String line : lines()) {
      String[] words = line.split(" ");
      Optional<ProcessHandle> process = recorded(words);
      if (process.isPresent() && words[0].equals("owner")) {
        throw new IllegalStateException(
            "pidFile: "
                + file
                + " (expected: a file that no running pool uses; process "
                + words[1]
                + " does)");
      }
      process.ifPresent(leftovers::add);
    }
    leftovers.forEach(ProcessHandle::destroy);
    if (!ended(leftovers, grace)) {
      for (ProcessHandle process : leftovers) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      ended(leftovers, LAST_WAIT);
    }
    return leftovers.size();
  }

  /** Writes the pids of all workers; does nothing if they are the same as last time. */
  void write(List<Worker> workers) {
    List<Long> pids = workers.stream().map(Worker::pid).filter(pid -> pid >= 0).toList();
    if (pids.equals(written)) {
      return;
    }
    StringBuilder text = new StringBuilder();
    line(text, "owner", ProcessHandle.current());
    for (long pid : pids) {
      ProcessHandle.of(pid).ifPresent(process -> line(text, "worker", process));
    }
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      written = pids;
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.warn("Pid file {} could not be written", file, e);
      }
      failing = true;
    }
  }

  /** Removes the file. */
  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Pid file {} could not be removed", file, e);
    }
  }

  private List<String> lines() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      LOG.warn("Pid file {} could not be read: what it lists is left alone", file, e);
      return List.of();
    }
  }

  private static Optional<ProcessHandle> recorded(String[] words) {
    try {
      long start = words.length == 3 ? Long.parseLong(words[2]) : -1;
      return start < 0
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(words[1]))
              .filter(ProcessHandle::isAlive)
              .filter(process -> startedAt(process, Instant.ofEpochMilli(start)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean startedAt(ProcessHandle process, Instant start) {
    return process
        .info()
        .startInstant()
        .filter(at -> Duration.between(at, start).abs().compareTo(SLACK) <= 0)
        .isPresent();
  }

  private static void line(StringBuilder text, String role, ProcessHandle process) {
    long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(-1L);
    text.append(role).append(' ').append(process.pid()).append(' ').append(start).append('\n');
  }

  private static boolean ended(List<ProcessHandle> processes, Duration wait) {
    try {
      CompletableFuture.allOf(
              processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(wait.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
