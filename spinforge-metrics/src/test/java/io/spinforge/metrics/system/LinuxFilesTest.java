package io.spinforge.metrics.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LinuxFilesTest {
  @TempDir Path root;

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealSysctlIsReadWholeAlthoughItAnswersOnlyOneRead() throws Exception {
    String file = "/proc/sys/net/ipv4/ip_local_port_range";
    Process cat = new ProcessBuilder("cat", file).start();
    String text = new String(cat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(text).hasSizeGreaterThan(3);
    assertThat(LinuxFiles.ofThisMachine().text(file.substring(1))).isEqualTo(text);
  }

  @Test
  void whatCannotBeReadIsNoException() throws Exception {
    LinuxFiles files = new LinuxFiles(root);
    Files.createDirectory(root.resolve("folder"));
    for (String file : List.of("absent", "folder", "folder/\0", "x".repeat(5000))) {
      assertThat(files.text(file)).as(file).isNull();
      assertThat(files.lines(file)).isEmpty();
      assertThat(files.number(file)).isNaN();
      assertThat(files.number(file, "key")).isNaN();
    }
    assertThat(files.entries("absent")).isNaN();
    assertThat(files.entries("folder")).isZero();
  }

  @Test
  void numbersFollowTheirKeys() throws Exception {
    Files.writeString(root.resolve("stat"), "ab 1\na 2\na\nb x\n");
    LinuxFiles files = new LinuxFiles(root);
    assertThat(files.number("stat", "a")).isEqualTo(2);
    assertThat(files.number("stat", "ab")).isEqualTo(1);
    assertThat(files.number("stat", "b")).isNaN();
  }
}
