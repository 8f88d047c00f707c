package io.spinforge.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands as somebody else than root, because PostgreSQL refuses to run as root and build
 * containers often have no other user. As root it becomes the user 65534 ("nobody"); where that is
 * forbidden (a container whose user namespace has root alone) a new user namespace does, in which
 * root is nobody. As any other user commands run as they are.
 */
final class Unprivileged {

  private static final String NOBODY = "65534";
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
  private static final List<String> AS_NOBODY_OF_A_NAMESPACE = List.of("unshare", "--user");

  private Unprivileged() {}

  /** Returns the command with what must stand before it, having given {@code folder} to it. */
  static List<String> command(Path folder, List<String> command) throws IOException {
    List<String> all = new ArrayList<>(prefix(folder));
    all.addAll(command);
    return all;
  }

  private static List<String> prefix(Path folder) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return List.of();
    }
    if (succeeds(AS_NOBODY) && runs(List.of("chown", "-R", NOBODY, folder.toString()))) {
      return AS_NOBODY;
    }
    if (succeeds(AS_NOBODY_OF_A_NAMESPACE)) {
      return AS_NOBODY_OF_A_NAMESPACE;
    }
    throw new IllegalStateException(
        "PostgreSQL cannot run as root, and neither setpriv nor unshare works here (fix: run the"
            + " build as another user)");
  }

  private static boolean succeeds(List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    return runs(command);
  }

  private static boolean runs(List<String> command) throws IOException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      return false; // There is no such command.
    }
  }
}
