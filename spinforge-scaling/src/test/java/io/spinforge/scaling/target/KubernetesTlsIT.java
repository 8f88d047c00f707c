package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.ScaleTarget.State;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KubernetesTlsIT {
  private static final String PASSWORD = "changeit";

  @TempDir Path dir;

  private void keytool(String... arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Makes a key for 127.0.0.1 and writes its certificate as PEM. */
  private SSLContext server(String name) throws Exception {
    Path store = dir.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        name,
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD,
        "-file",
        dir.resolve(name + ".pem").toString());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private void mount(String ca) throws Exception {
    Files.copy(
        dir.resolve(ca + ".pem"), dir.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void podFindsEverythingByItselfAndFollowsRotations() throws Exception {
    SSLContext old = server("old");
    SSLContext renewed = server("renewed");
    mount("old");
    Files.writeString(dir.resolve("token"), "first");
    Files.writeString(dir.resolve("namespace"), "shop\n");
    try (KubernetesStandIn server = KubernetesStandIn.https(old)) {
      server.token("first");
      KubernetesBuilder builder =
          new KubernetesBuilder(
              Map.of(
                  "KUBERNETES_SERVICE_HOST",
                  "127.0.0.1",
                  "KUBERNETES_SERVICE_PORT",
                  Integer.toString(server.port())),
              dir);
      try (KubernetesTarget target = builder.deployment("checkout").build()) {
        State seen = target.read();
        assertThat(seen).isEqualTo(new State(3, 2, 1, "41"));
        mount("renewed"); // the server has not got its new key yet: nothing may be sent
        assertThat(target.apply(5, seen, OptionalLong.empty()).toString())
            .contains("Rejected", "no connection", "SSLHandshakeException");
        Files.writeString(dir.resolve("ca.crt"), "no certificate");
        assertThatThrownBy(target::read)
            .hasMessageContaining("CA file " + dir.resolve("ca.crt") + " cannot be used");
        mount("old");
        server.token("second");
        Files.writeString(dir.resolve("token"), "second");
        assertThat(target.apply(5, seen, OptionalLong.empty()))
            .isEqualTo(new ApplyResult.Applied(5));
      }
    }
    assertThat(renewed).isNotNull();
  }

  @Test
  void serverWithTheNameOfAnotherIsRefused() throws Exception {
    try (KubernetesStandIn server = KubernetesStandIn.https(server("other"));
        KubernetesTarget target =
            KubernetesTarget.builder()
                .server(URI.create("https://localhost:" + server.port()))
                .caFile(dir.resolve("other.pem"))
                .namespace("shop")
                .deployment("checkout")
                .build()) {
      assertThatThrownBy(target::read).hasMessageContaining("SSLHandshakeException");
      assertThat(server.calls).isEmpty();
    }
  }
}
