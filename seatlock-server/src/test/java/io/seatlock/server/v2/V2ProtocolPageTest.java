package io.seatlock.server.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.v2.Encoder;
import io.seatlock.protocol.v2.Request;
import io.seatlock.server.testing.V2TestServer;
import io.seatlock.server.testing.V2TestServer.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of docs/protocol-v2.md, word for word, with a server. */
class V2ProtocolPageTest {

  private static final Path PAGE = Path.of("..", "docs", "protocol-v2.md");
  private static final Pattern BLOCK = Pattern.compile("```conversation\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINE = Pattern.compile("([a-z ]+?) ([<>]) (\\{.*})");
  private static final Pattern CLOSED = Pattern.compile("([a-z ]+?) is closed with ([0-9]+)");
  private static final Pattern LOST = Pattern.compile("([a-z ]+?) is lost");

  /** The fields whose values are the server's own; they must be of the same kind. */
  private static final Set<String> RANDOM =
      Set.of("session", "holder", "expiresInMillis", "retryAfterMillis");

  private final Map<String, Client> clients = new HashMap<>();
  private final Map<String, String> shownToReal = new HashMap<>();

  static List<String> conversations() throws IOException {
    return BLOCK.matcher(Files.readString(PAGE)).results().map(match -> match.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void conversation_ofThePage_goesAsThePageSays(String conversation) throws IOException {
    boolean waits = conversation.contains("\"expiring\"");
    ShowSettings settings =
        waits
            ? ShowSettings.DEFAULT
                .withTimeLimit(Duration.ofMillis(900))
                .withWarnBefore(Duration.ofMillis(400))
            : ShowSettings.DEFAULT;
    try (V2TestServer server = new V2TestServer(settings)) {
      greetAll(server, conversation);
      conversation.lines().forEach(line -> play(server, line));
    }
  }

  /** Whoever does not say hello in the conversation has said it before. */
  private void greetAll(V2TestServer server, String conversation) {
    Set<String> greeted = new HashSet<>();
    for (String line : conversation.lines().toList()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches() && greeted.add(matcher.group(1))) {
        boolean isHello = matcher.group(3).contains("\"hello\"");
        if (!isHello) {
          String name = matcher.group(1);
          Client client = server.v2("main");
          client.hello(name.equals("backend") ? V2TestServer.KEY : null);
          clients.put(name, client);
        }
      }
    }
  }

  private void play(V2TestServer server, String line) {
    Matcher message = LINE.matcher(line);
    Matcher closed = CLOSED.matcher(line);
    Matcher lost = LOST.matcher(line);
    if (message.matches()) {
      Client client = clients.computeIfAbsent(message.group(1), name -> server.v2("main"));
      if (message.group(2).equals(">")) {
        client.sendRaw(real(message.group(3)));
      } else {
        JsonObject actual = client.next();
        assertThat(asShown(message.group(3), actual)).as(line).isEqualTo(parse(message.group(3)));
      }
    } else if (closed.matches()) {
      assertThat(clients.get(closed.group(1)).closeCode())
          .as(line)
          .isEqualTo(Integer.parseInt(closed.group(2)));
    } else if (lost.matches()) {
      clients.get(lost.group(1)).drop();
    } else if (line.equals("the server stops")) {
      server.stop();
    } else {
      throw new AssertionError("not understood: " + line);
    }
  }

  private String real(String text) {
    String real = text;
    for (Map.Entry<String, String> value : shownToReal.entrySet()) {
      real = real.replace('"' + value.getKey() + '"', '"' + value.getValue() + '"');
    }
    return real;
  }

  /** The actual message with the page's values in the fields that differ each time. */
  private JsonObject asShown(String page, JsonObject actual) {
    JsonObject shown = parse(page);
    for (String field : RANDOM) {
      JsonElement here = actual.get(field);
      JsonElement there = shown.get(field);
      if (here != null && there != null) {
        boolean isText = here.getAsJsonPrimitive().isString();
        assertThat(isText).isEqualTo(there.getAsJsonPrimitive().isString());
        if (isText) {
          shownToReal.putIfAbsent(there.getAsString(), here.getAsString());
          assertThat(shownToReal).containsEntry(there.getAsString(), here.getAsString());
        } else {
          assertThat(here.getAsLong()).isNotNegative();
        }
        actual.add(field, there);
      }
    }
    return actual;
  }

  private static JsonObject parse(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  @Test
  void page_hasAnExampleOfEveryMessage() throws IOException {
    Set<String> shown =
        conversations().stream()
            .flatMap(String::lines)
            .map(LINE::matcher)
            .filter(Matcher::matches)
            .map(matcher -> parse(matcher.group(3)))
            .map(message -> message.has("action") ? message.get("action") : message.get("event"))
            .map(JsonElement::getAsString)
            .collect(Collectors.toSet());
    assertThat(shown)
        .containsAll(Stream.of(Request.Action.values()).map(WireNames::of).toList())
        .containsAll(Stream.of(EventType.values()).map(WireNames::of).toList())
        .contains("welcome", "startstate", "refused", "error", "extended", "pong", "goodbye")
        .contains("goingAway");
  }

  @Test
  void page_namesEveryErrorCode() throws IOException {
    String page = Files.readString(PAGE);
    for (Encoder.ErrorCode code : Encoder.ErrorCode.values()) {
      assertThat(page).contains("| `" + WireNames.of(code) + "` |");
    }
  }

  // --- asyncapi.yaml

  private static final Pattern REFERENCE =
      Pattern.compile(" {6}\\w+: \\{\\$ref: '#/components/messages/(\\w+)'}");
  private static final Pattern COMPONENT = Pattern.compile(" {4}(\\w+):");
  private static final Pattern WORD =
      Pattern.compile(" {10}(action|event): \\{type: string, const: (\\w+)}");

  /** The words of a channel's messages: {@code action lock}, {@code event locked}. */
  private static Set<String> asyncApi(String channel) throws IOException {
    List<String> lines = Files.readAllLines(PAGE.resolveSibling("asyncapi.yaml"));
    List<String> ofChannel =
        lines.subList(lines.indexOf("  " + channel + ":"), lines.indexOf("operations:")).stream()
            .skip(1)
            .takeWhile(line -> line.startsWith("    "))
            .toList();
    Map<String, String> words = new HashMap<>();
    String component = "";
    for (String line : lines.subList(lines.indexOf("components:"), lines.size())) {
      Matcher begin = COMPONENT.matcher(line);
      Matcher word = WORD.matcher(line);
      if (begin.matches()) {
        component = begin.group(1);
      } else if (word.matches()) {
        String before = words.put(component, word.group(1) + " " + word.group(2));
        assertThat(before).as("another word of %s", component).isNull();
      }
    }
    List<String> all =
        ofChannel.stream()
            .map(REFERENCE::matcher)
            .filter(Matcher::matches)
            .map(matcher -> String.valueOf(words.get(matcher.group(1))))
            .toList();
    assertThat(all).doesNotHaveDuplicates();
    return Set.copyOf(all);
  }

  private static Stream<String> words(String kind, Enum<?>... values) {
    return Stream.of(values).map(value -> kind + " " + WireNames.of(value));
  }

  @Test
  void asyncApi_channelOfV2_hasItsMessagesAndNoOthers() throws IOException {
    Set<String> expected = new HashSet<>();
    words("action", Request.Action.values()).forEach(expected::add);
    words("event", EventType.values()).forEach(expected::add);
    Stream.of("welcome", "startstate", "extended", "refused", "error")
        .forEach(event -> expected.add("event " + event));
    Stream.of("pong", "goodbye", "goingAway").forEach(event -> expected.add("event " + event));
    assertThat(asyncApi("v2")).isEqualTo(expected);
  }

  @Test
  void asyncApi_channelOfClassic_hasItsMessagesAndNoOthers() throws IOException {
    Set<String> expected = new HashSet<>();
    words("action", io.seatlock.protocol.classic.Request.Action.values()).forEach(expected::add);
    words("event", EventType.values()).forEach(expected::add);
    // Told as reserved and unreserved; blocked is a refusal there.
    Stream.of("expiring", "unblocked").forEach(event -> expected.remove("event " + event));
    words("event", Reason.values()).forEach(expected::add);
    Stream.of("nothingLocked", "noSession", "sessionExists", "idReused")
        .forEach(reason -> assertThat(expected.remove("event " + reason)).isTrue());
    Stream.of("startstate", "busy", "unauthorized", "invalid")
        .forEach(event -> expected.add("event " + event));
    assertThat(asyncApi("classic")).isEqualTo(expected);
  }

  @Test
  void asyncApi_namesEveryErrorCodeAndNoOther() throws IOException {
    String codes =
        Stream.of(Encoder.ErrorCode.values()).map(WireNames::of).collect(Collectors.joining(", "));
    assertThat(Files.readString(PAGE.resolveSibling("asyncapi.yaml")))
        .contains("          code: {type: string, enum: [" + codes + "]}");
  }
}
