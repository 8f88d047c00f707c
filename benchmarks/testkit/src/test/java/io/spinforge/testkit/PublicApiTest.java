package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicApiTest {

  @TempDir Path dir;
  private Path listing;

  @BeforeEach
  void compileAModule() throws IOException {
    listing = dir.resolve("api.txt");
    compile(
        Map.of(
            "module-info.java", "module room { exports room; exports room.side; }",
            "room/Door.java",
                """
                package room;
                public interface Door {
                  void open() throws java.io.IOException;
                  static Door of(String... names) { return new Hidden(); }
                  final class Key<T extends Comparable<T>> {
                    int inside;
                    protected T outside;
                    private Key() {}
                    public int b() { return 1; }
                    public int a() { return 2; }
                    static class Secret { public static class Deep {} }
                  }
                }
                class Hidden implements Door { public void open() {} public enum Deep { A } }
                """,
            "room/side/Window.java", "package room.side; public enum Window { NORTH, EAST }",
            "room/below/Cellar.java", "package room.below; public class Cellar {}"));
  }

  @AfterEach
  void updateNoMore() {
    System.clearProperty("api.update");
  }

  @Test
  void listsWhatAUserCanSeeSorted() throws IOException {
    update();
    assertThat(listing)
        .hasContent(
            """
            public interface room.Door {
              public abstract void open() throws java.io.IOException;
              public static room.Door of(java.lang.String...);
            }

            public final class room.Door$Key<T extends java.lang.Comparable<T>> {
              protected T outside;
              public int a();
              public int b();
            }

            public final class room.side.Window extends java.lang.Enum<room.side.Window> {
              public static final room.side.Window EAST;
              public static final room.side.Window NORTH;
              public static room.side.Window valueOf(java.lang.String);
              public static room.side.Window[] values();
            }
            """);
    PublicApi.assertListed(listing, "room", "room.side");
  }

  @Test
  void differenceNamesTheTypeAndTheFix() throws IOException {
    update();
    String text = Files.readString(listing);
    Files.writeString(
        listing, text.replace("int a();", "long a();").replace("  protected T outside;\n", ""));
    assertThatThrownBy(() -> PublicApi.assertListed(listing, "room", "room.side"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dapi.update=true")
        .hasMessageEndingWith(
            """
            + room.Door$Key: protected T outside;
            + room.Door$Key: public int a();
            - room.Door$Key: public long a();\
            """);
  }

  @Test
  void missingListingIsADifference() {
    assertThatThrownBy(() -> PublicApi.assertListed(listing, "room", "room.side"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("+ public interface room.Door {");
  }

  @Test
  void packagesAreThoseTheModuleExports() {
    assertThatThrownBy(() -> PublicApi.assertListed(listing, "room", "room.below"))
        .hasMessage("the module exports [room, room.side], the test names [room, room.below]");
  }

  private void update() {
    System.setProperty("api.update", "true");
    PublicApi.assertListed(listing, "room", "room.side");
    System.clearProperty("api.update");
  }

  private void compile(Map<String, String> sources) throws IOException {
    List<String> args = new ArrayList<>(List.of("--release", "17", "-d"));
    args.add(dir.resolve("target/classes").toString());
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = dir.resolve("src").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    int code =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, args.toArray(String[]::new));
    assertThat(code).isZero();
  }
}
