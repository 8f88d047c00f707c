package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilerTest {
  private static volatile boolean hot;

  @TempDir Path folder;

  @BeforeEach
  void keepOthersOut() throws IOException {
    mode("rwx------");
  }

  private void mode(String mode) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
  }

  private static String modeOf(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static long plantedHotSpot() {
    long x = 1;
    while (hot) {
      for (int i = 0; i < 100_000; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
    }
    return x;
  }

  /** On a busy machine seconds may pass in which a thread hardly runs. */
  private static void awaitCpuTime(Thread thread) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getThreadCpuTime(thread.getId());
    await()
        .atMost(120, SECONDS)
        .until(() -> threads.getThreadCpuTime(thread.getId()) - before > 1_500_000_000L);
  }

  @Test
  void aPlantedHotSpotIsNamedFirst() throws Exception {
    hot = true;
    Thread burner = new Thread(ProfilerTest::plantedHotSpot);
    burner.start();
    try {
      Profile profile =
          Profiler.cpu(
              Duration.ofSeconds(2), folder.resolve("cpu.jfr"), () -> awaitCpuTime(burner));
      assertThat(profile.hottest()).isNotEmpty();
      assertThat(profile.hottest().get(0).method())
          .isEqualTo(ProfilerTest.class.getName() + ".plantedHotSpot");
      assertThat(profile.hottest().get(0).share()).isGreaterThanOrEqualTo(0.8);
      assertThat(profile.toText()).contains("ProfilerTest.plantedHotSpot");
      assertThat(modeOf(profile.recording())).isEqualTo("rw-------");
      assertThat(modeOf(profile.flameGraph())).isEqualTo("rw-------");
      assertThat(Files.readString(profile.flameGraph()))
          .contains("ProfilerTest.plantedHotSpot")
          .doesNotContain("http://")
          .doesNotContain("https://")
          .doesNotContain("src=");
      try (var files = Files.list(folder)) {
        assertThat(files).hasSize(2);
      }
    } finally {
      hot = false;
      burner.join();
    }
  }

  @Test
  void aHeapSnapshotIsForItsOwnerAlone() throws IOException {
    Path file = Profiler.heap(folder.resolve("heap.hprof"));
    assertThat(modeOf(file)).isEqualTo("rw-------");
    assertThat(Files.size(file)).isGreaterThan(100_000);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFolderThatDoesNotExistOrThatOthersCanReadIsRefused() throws IOException {
    Path nowhere = folder.resolve("no").resolve("heap.hprof");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.heap(nowhere))
        .withMessage("path: " + nowhere + " (expected: in a folder that exists)");
    mode("rwxr-xr-x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.heap(folder.resolve("heap.hprof")))
        .withMessageContaining(
            "(expected: in a folder that others can neither read nor write; chmod o-rw " + folder);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.cpu(Duration.ofSeconds(1), folder.resolve("cpu.jfr")));
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aFileThatExistsAWrongEndingAndAWrongDurationAreRefused() throws IOException {
    Path there = Files.createFile(folder.resolve("there.hprof"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.heap(there))
        .withMessage("path: " + there + " (expected: a new file)");
    Path text = folder.resolve("cpu.txt");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.cpu(Duration.ofSeconds(1), text))
        .withMessage("path: " + text + " (expected: a file ending in .jfr)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiler.cpu(Duration.ZERO, folder.resolve("cpu.jfr")))
        .withMessage("duration: PT0S (expected: PT0.1S to PT1H)");
  }

  @Test
  void aSecondProfileIsRefusedAndAnInterruptedOneLeavesNoFile() throws Exception {
    AtomicReference<Throwable> ended = new AtomicReference<>();
    Thread first =
        new Thread(
            () -> {
              try {
                Profiler.cpu(Duration.ofMinutes(5), folder.resolve("first.jfr"));
              } catch (InterruptedException e) {
                ended.set(e);
              }
            });
    first.start();
    await().atMost(20, SECONDS).until(() -> first.getState() == Thread.State.TIMED_WAITING);
    assertThatIllegalStateException()
        .isThrownBy(() -> Profiler.cpu(Duration.ofSeconds(1), folder.resolve("second.jfr")))
        .withMessage("profile: one is being taken (expected: one at a time)");
    first.interrupt();
    first.join();
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
