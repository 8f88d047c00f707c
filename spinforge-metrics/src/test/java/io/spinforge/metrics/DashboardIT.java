package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The page in a real Chromium, with the busiest scene there is. Skipped where no Chromium and its
 * driver are installed. With {@code -Dspinforge.shots=folder} pictures of it are put there.
 */
class DashboardIT {
  @TempDir static Path profile;

  private static RedisServer redis;
  private static PostgresServer postgres;
  private static HikariDataSource pool;
  private static Scene scene;
  private static ChromeDriver browser;

  private static Path installed(String... names) {
    return Stream.of(names)
        .flatMap(name -> Stream.of("/usr/bin/", "/usr/local/bin/").map(folder -> folder + name))
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  @BeforeAll
  static void open() throws Exception {
    Path binary = installed("chromium", "chromium-browser", "google-chrome");
    Path driver = installed("chromedriver");
    assumeTrue(
        binary != null && driver != null,
        "no browser: apt-get install chromium chromium-driver, and the page is tried in it");
    redis = RedisServer.start();
    postgres = PostgresServer.start();
    pool =
        TunedDataSource.builder(postgres.jdbcUrl() + "&sslmode=disable")
            .user("postgres")
            .name("shop")
            .databaseCores(2)
            .build();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table items (id int primary key, name text)");
      statement.execute("insert into items select n, 'item ' || n from generate_series(1, 100) n");
    }
    scene = new Scene(false, "", new Scene.Servers(redis.uri(), pool));
    ChromeOptions options = new ChromeOptions();
    options.setBinary(binary.toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    System.setProperty("webdriver.chrome.driver", driver.toString());
    browser = new ChromeDriver(options);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
    Stream.of(scene, pool, postgres, redis).filter(Objects::nonNull).forEach(DashboardIT::end);
  }

  private static void end(AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void show(String scheme, int width, boolean scripts) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", !scripts));
    browser.get(scene.uri().toString());
  }

  private static Object js(String script) {
    return browser.executeScript(script);
  }

  @ParameterizedTest
  @CsvSource({"light, 1240", "dark, 1240", "light, 360", "dark, 360"})
  void everybodyCanReadIt(String scheme, int width) throws IOException {
    show(scheme, width, true);
    try (InputStream axe = DashboardIT.class.getResourceAsStream("/axe.min.js")) {
      js(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object violations =
        browser.executeAsyncScript(
            "const done = arguments[0];"
                + "axe.run(document).then(r => done(r.violations.map("
                + "v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join()"
                + ")));");
    assertThat((List<?>) violations).isEmpty();
    picture(scheme + "-" + width);
  }

  private static void picture(String name) throws IOException {
    String folder = System.getProperty("spinforge.shots");
    if (folder != null) {
      Map<String, Object> metrics = browser.executeCdpCommand("Page.getLayoutMetrics", Map.of());
      Number height = (Number) ((Map<?, ?>) metrics.get("cssContentSize")).get("height");
      Number width = (Number) ((Map<?, ?>) metrics.get("cssContentSize")).get("width");
      browser.executeCdpCommand(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
      byte[] png = browser.getScreenshotAs(OutputType.BYTES);
      Files.write(Path.of(folder, name + ".png"), png);
    }
  }

  @Test
  void withEveryPanelItIsSmall() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(scene.uri()).build();
    byte[] page =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    assertThat(page.length).isLessThanOrEqualTo(60 * 1024);
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 768, 1240, 2560})
  void nothingSticksOutAtAnyWidth(int width) {
    show("light", width, true);
    Number wide = (Number) js("return document.documentElement.scrollWidth");
    assertThat(wide.intValue()).isLessThanOrEqualTo(width);
  }

  @Test
  void thereIsNoErrorOnTheConsoleAndNothingIsAskedForElsewhere() {
    browser.manage().logs().get(LogType.BROWSER);
    show("light", 1240, true);
    await().atMost(30, SECONDS).until(() -> ((Number) polls()).intValue() >= 2);
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .filteredOn(entry -> !entry.getMessage().contains("favicon"))
        .isEmpty();
    List<?> asked =
        (List<?>) js("return performance.getEntriesByType('resource').map(e => e.name)");
    assertThat(asked).isNotEmpty().allMatch(url -> url.equals(scene.uri().toString()));
  }

  private static Object polls() {
    return js("return performance.getEntriesByType('resource').length");
  }

  @Test
  void itChangesWithoutBeingLoadedAgain() {
    show("light", 1240, true);
    js("document.body.dataset.kept = 'yes'");
    // By one script: an element that was found may be swapped before it is read.
    String read = "return document.querySelector('#checklist').innerText";
    Object before = js(read);
    scene.goOn();
    await().atMost(60, SECONDS).until(() -> !before.equals(js(read)));
    assertThat(js("return document.body.dataset.kept")).isEqualTo("yes");
  }

  @Test
  void itCanBeReadWithoutScripts() {
    show("light", 1240, false);
    String text = browser.findElement(By.tagName("body")).getText();
    assertThat(text)
        .contains("Needs a look")
        .contains("p99")
        .contains("Balancer checkout")
        .contains("Database shop")
        .containsPattern("\\d of 5 connections busy, \\d open, 0 callers wait")
        .containsPattern("(?m)^select [\\d.]+/s [\\d.]+ (µs|ms)$")
        .containsPattern("(?m)^update [\\d.]+/s [\\d.]+ (µs|ms)$")
        .contains("Cache shop")
        .containsPattern(
            "memory [\\d,.]+ (ns|µs|ms) Redis [\\d.]+ (µs|ms) loaded fresh [\\d.]+ (µs|ms)")
        .containsPattern("(?m)^products [\\d.]+/s [\\d.]+ %")
        .contains("redis-cli CONFIG SET maxmemory-policy allkeys-lru");
    assertThat(browser.findElements(By.cssSelector("button.copy")))
        .isNotEmpty()
        .noneMatch(WebElement::isDisplayed);
    browser.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", false));
  }

  @Test
  void aFixCanBeCopiedByItsButton() {
    show("light", 1240, true);
    browser.findElement(By.cssSelector("button.copy")).click();
    assertThat(js("return getSelection().toString()"))
        .isEqualTo("redis-cli CONFIG SET maxmemory-policy allkeys-lru");
  }
}
