package io.seatlock.server.classic;

import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.classic.Request;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/protocol.md, run as they stand. */
@Timeout(60)
class ClassicProtocolPageTest {

  private static final Path PAGE = Path.of("..", "docs", "protocol.md");
  private static final Pattern LINE = Pattern.compile("([A-Z]) ([<>]) (.+)");

  /** A fenced block: where it starts and its lines. */
  private record Block(int lineNumber, List<String> lines) {}

  private static List<Block> blocks(String language) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Block open = null;
    int number = 0;
    for (String line : Files.readAllLines(PAGE)) {
      number++;
      if (open != null && line.equals("```")) {
        blocks.add(open);
        open = null;
      } else if (open != null) {
        open.lines().add(line);
      } else if (line.equals("```" + language)) {
        open = new Block(number, new ArrayList<>());
      }
    }
    assertThat(open).as("a block that does not end").isNull();
    return blocks;
  }

  @TestFactory
  List<DynamicTest> classicExamples_happenAsTheyStand() throws IOException {
    List<Block> blocks = blocks("classic");
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(10);
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest("line " + block.lineNumber(), () -> happens(block.lines())))
        .toList();
  }

  private static void happens(List<String> lines) throws IOException {
    boolean timeRunsOut = lines.stream().anyMatch(line -> line.contains("\"deleted\""));
    ShowSettings settings =
        timeRunsOut
            ? ShowSettings.DEFAULT.withTimeLimit(Duration.ofSeconds(1))
            : ShowSettings.DEFAULT;
    Map<String, ClassicClient> clients = new LinkedHashMap<>();
    try (TestServer server = TestServer.start(settings, AuthorizationString.of(SECRET))) {
      Set<String> late = new LinkedHashSet<>();
      for (String line : lines) {
        Matcher parts = parts(line);
        if (parts.group(3).contains("\"startstate\"")) {
          late.add(parts.group(1));
        } else if (!late.contains(parts.group(1))) {
          clients.computeIfAbsent(
              parts.group(1), name -> ClassicClient.join(server.address(), "/"));
        }
      }
      for (String line : lines) {
        Matcher parts = parts(line);
        ClassicClient client =
            clients.computeIfAbsent(
                parts.group(1), name -> ClassicClient.connect(server.address(), "/"));
        if (parts.group(2).equals("<")) {
          client.expect(parts.group(3));
        } else if (parts.group(3).equals("close")) {
          client.close();
        } else {
          client.send(parts.group(3));
        }
      }
      Set<String> closed = new LinkedHashSet<>();
      lines.stream()
          .filter(line -> line.contains(" close"))
          .forEach(l -> closed.add(l.substring(0, 1)));
      clients.forEach(
          (name, client) -> {
            if (!closed.contains(name)) {
              client.expectNothingMore();
            }
          });
    } finally {
      clients.values().forEach(ClassicClient::close);
    }
  }

  private static Matcher parts(String line) {
    Matcher parts = LINE.matcher(line);
    assertThat(parts.matches()).as(line).isTrue();
    return parts;
  }

  @Test
  void otherExamples_areMessagesOfTheDialect() throws Exception {
    List<Block> blocks = blocks("json");
    assertThat(blocks).isNotEmpty();
    for (Block block : blocks) {
      for (String line : block.lines()) {
        if (line.contains("\"action\"")) {
          assertThat(Request.parse(line).toJson()).isEqualTo(line);
        } else {
          JsonObject message = JsonParser.parseString(line).getAsJsonObject();
          assertThat(message.keySet()).containsExactly("event", "data");
          assertThat(message.get("data").getAsString()).isNotEmpty();
        }
      }
    }
  }
}
