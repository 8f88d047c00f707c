package io.spinforge.metrics;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.spinforge.metrics.Profile.HotMethod;
import io.spinforge.metrics.profile.FlameGraph;
import io.spinforge.metrics.profile.PrivateFile;
import io.spinforge.metrics.profile.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Recording;

/**
 * Takes a CPU profile or a heap snapshot of this JVM, in one call. Nothing of it is served over
 * HTTP: the files are for their owner alone, mode 0600, in a folder that others cannot read.
 * Thread-safe.
 *
 * <p>A profile is a recording of the JDK's Flight Recorder that samples 100 times a second, with
 * some percent of overhead at the most; other recordings go on meanwhile.
 */
public final class Profiler {
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int HOTTEST = 30;
  private static final AtomicBoolean busy = new AtomicBoolean();

  private Profiler() {}

  /**
   * Records what this JVM's threads run, and returns when that is over and read.
   *
   * @param duration 100 ms to 1 hour
   * @param path of the recording, a new file ending in .jfr; the flame graph is put beside it,
   *     ending in .html
   * @throws IllegalArgumentException if a file cannot be put there, or others could read it
   * @throws IllegalStateException if a profile is being taken already
   * @throws UncheckedIOException if the files cannot be written
   * @throws InterruptedException if the caller is interrupted; no file is left then
   */
  public static Profile cpu(Duration duration, Path path) throws InterruptedException {
    return cpu(duration, path, () -> Thread.sleep(duration.toMillis()));
  }

  /** What is done while it records; a test waits for CPU time instead of the time of day. */
  interface Pause {
    void await() throws InterruptedException;
  }

  static Profile cpu(Duration duration, Path path, Pause pause) throws InterruptedException {
    if (duration.compareTo(Duration.ofMillis(100)) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "duration: " + duration + " (expected: PT0.1S to " + LONGEST + ")");
    }
    Path file = PrivateFile.check(path, ".jfr");
    String name = file.toString();
    Path html = PrivateFile.check(Path.of(name.substring(0, name.length() - 4) + ".html"), ".html");
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException("profile: one is being taken (expected: one at a time)");
    }
    try (Recording recording = new Recording()) {
      recording.setName("SpinForge profile");
      recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
      recording.start();
      pause.await();
      recording.stop();
      PrivateFile.write(file, recording::dump);
      return read(file, html, duration);
    } catch (IOException e) {
      throw new UncheckedIOException("path: " + path + " (expected: writable)", e);
    } finally {
      busy.set(false);
    }
  }

  private static Profile read(Path file, Path html, Duration duration) throws IOException {
    Samples samples = Samples.of(file);
    String title = "CPU profile, " + duration.toMillis() / 1000.0 + " s";
    PrivateFile.write(html, draft -> Files.writeString(draft, FlameGraph.of(samples, title)));
    return new Profile(
        file,
        html,
        duration,
        samples.count(),
        samples.hottest(HOTTEST).stream()
            .map(hot -> new HotMethod(hot.method(), hot.samples(), hot.share()))
            .toList());
  }

  /**
   * Writes the objects that are alive to a file; the JVM stands still meanwhile.
   *
   * @param path a new file ending in .hprof
   * @return the file, absolute
   * @throws IllegalArgumentException if a file cannot be put there, or others could read it
   * @throws UncheckedIOException if it cannot be written
   */
  public static Path heap(Path path) {
    Path file = PrivateFile.check(path, ".hprof");
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      PrivateFile.write(file, draft -> jvm.dumpHeap(draft.toString(), true));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("path: " + path + " (expected: writable)", e);
    }
  }
}
