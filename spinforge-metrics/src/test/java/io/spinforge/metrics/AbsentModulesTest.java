package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test runs its {@code Host} in a class loader that lacks what the test says. */
class AbsentModulesTest {
  @TempDir Path folder;

  private static String classPathWithout(String... absent) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Arrays.stream(absent).noneMatch(entry::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Object run(String host, String... absent) throws Exception {
    URL[] urls =
        Arrays.stream(classPathWithout(absent).split(File.pathSeparator))
            .map(AbsentModulesTest::url)
            .toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(AbsentModulesTest.class.getName() + "$" + host);
      return ((Callable<?>) type.getDeclaredConstructor().newInstance()).call();
    }
  }

  /** A host that has a balancer. */
  public static final class BalancerHost implements Callable<Object> {
    @Override
    public Object call() {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
      balancer.update(List.of("a"));
      SpinForgeMetrics.builder(registry).bind("checkout", balancer).system().build();
      return registry.get("spinforge.balance.weight").tags("member", "a").gauge().value();
    }
  }

  /** A host that has an autoscaler. */
  public static final class ScalerHost implements Callable<Object> {
    @Override
    public Object call() {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      Autoscaler scaler =
          Autoscaler.named("workers")
              .target(new NoTarget())
              .signal(Signal.totalDemand(() -> 1, 1))
              .build();
      SpinForgeMetrics.builder(registry).bind(scaler).build();
      return registry.get("spinforge.scaling.replicas").tags("kind", "min").gauge().value();
    }
  }

  private static final class NoTarget implements ScaleTarget {
    @Override
    public State read() {
      return new State(1, 1, 0, "");
    }

    @Override
    public ApplyResult apply(int desired, State seen, OptionalLong fence) {
      return new ApplyResult.Rejected("no target");
    }
  }

  /** A host that has no component but its HTTP traffic. */
  public static final class HttpHost implements Callable<Object> {
    @Override
    public Object call() {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      HttpMetrics http = HttpMetrics.create(registry);
      http.route("/a").end("GET", 200, http.start());
      // What a framework does with the beans it is given.
      assertThat(HttpMetrics.class.getMethods()).isNotEmpty();
      assertThat(SpinForgeMetrics.Builder.class.getMethods()).isNotEmpty();
      assertThatThrownBy(() -> SpinForgeMetrics.builder(registry).bind("x", "y"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: one of CacheManager");
      return registry.get("http.requests").counter().count();
    }
  }

  /** A host that has a doctor, and neither Redis nor a pool. */
  public static final class DoctorHost implements Callable<Object> {
    @Override
    public Object call() {
      assertThat(Doctor.class.getMethods()).isNotEmpty();
      Doctor doctor = Doctor.standard();
      assertThatThrownBy(() -> doctor.redis("x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("io.lettuce:lettuce-core");
      Doctor.Report report = doctor.dataSource(new OtherPool()).examine();
      return report.of(Doctor.Family.POOLS).get(0).live();
    }
  }

  /** A data source of another make, whose database is away. */
  private static final class OtherPool implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("away");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      throw new SQLException("away");
    }

    @Override
    public PrintWriter getLogWriter() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("no wrapper");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }

  /** A host that wants to be scraped. */
  public static final class ScrapedHost implements Callable<Object> {
    @Override
    public Object call() {
      assertThatThrownBy(() -> MetricsEndpoint.builder(new SimpleMeterRegistry()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("io.micrometer:micrometer-registry-prometheus");
      return true;
    }
  }

  /** A host that wants a pool. */
  public static final class PooledHost implements Callable<Object> {
    @Override
    public Object call() {
      try {
        TunedDataSource.postgres("jdbc:postgresql://127.0.0.1/x", "x", null);
        return "no error";
      } catch (IllegalStateException e) {
        return e.getMessage();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HikariCP, com.zaxxer:HikariCP",
    "postgresql, org.postgresql:postgresql",
    "datasource-proxy, net.ttddyy:datasource-proxy"
  })
  void withoutWhatAPoolNeedsTheArtifactIsNamed(String absent, String artifact) throws Exception {
    assertThat(run("PooledHost", absent).toString())
        .contains("(expected: " + artifact + " as a dependency)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spinforge-cache", "spinforge-health", "spinforge-scaling"})
  void eachModuleCanBeAbsent(String module) throws Exception {
    assertThat(run("BalancerHost", module)).isEqualTo(1.0);
  }

  @Test
  void theBalancerCanBeAbsentToo() throws Exception {
    assertThat(run("ScalerHost", "spinforge-balance")).isEqualTo(1.0);
  }

  @Test
  void everythingOptionalCanBeAbsentAtOnce() throws Exception {
    String[] optional = {
      "spinforge-cache",
      "spinforge-balance",
      "spinforge-health",
      "spinforge-scaling",
      "micrometer-registry-prometheus",
      "jakarta.servlet",
      "HikariCP",
      "datasource-proxy",
      "postgresql",
      "lettuce"
    };
    assertThat(run("HttpHost", optional)).isEqualTo(1.0);
  }

  @Test
  void withoutLettuceAndHikariTheDoctorExaminesTheRest() throws Exception {
    assertThat(run("DoctorHost", "lettuce", "HikariCP", "spinforge-cache"))
        .isEqualTo("pool cannot be read: its make is not known (expected: HikariCP)");
  }

  @Test
  void withoutPrometheusTheEndpointNamesTheArtifact() throws Exception {
    assertThat(run("ScrapedHost", "micrometer-registry-prometheus")).isEqualTo(true);
  }

  @Test
  void aHostWithoutTheOtherModulesCompiles() {
    String source =
        """
        class Host {
          static Object bind(
              io.micrometer.core.instrument.MeterRegistry registry,
              io.spinforge.balance.LoadBalancer<String> balancer) {
            return io.spinforge.metrics.SpinForgeMetrics.builder(registry)
                .bind(balancer).bind("checkout", balancer).build();
          }
        }
        """;
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Host.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreErrors) {
            return source;
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    String path = classPathWithout("spinforge-cache", "spinforge-health", "spinforge-scaling");
    List<String> options = List.of("-d", folder.toString(), "-classpath", path, "-proc:none");
    boolean compiled = compiler.getTask(errors, null, null, options, null, List.of(file)).call();
    assertThat(compiled).as(errors.toString()).isTrue();
  }
}
