package io.seatlock.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.WireNames;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

  private static final RequestId ID = RequestId.of(7);

  private static InvalidMessageException fault(String text) {
    try {
      Request request = Request.parse(text);
      throw new AssertionError("was read as " + request);
    } catch (InvalidMessageException e) {
      return e;
    }
  }

  // --- what is read

  static Stream<Request> requests() {
    Request reserve =
        new Request(
            ID,
            Request.Action.RESERVE,
            List.of("A1", "座2"),
            "h1",
            Instant.parse("2026-12-01T18:00:00.5Z"),
            "order \"17\" <&>",
            "why not",
            null,
            null,
            null);
    return Stream.concat(
        Stream.of(Request.Action.values())
            .map(action -> Request.of(ID, action, action.onSeats() ? List.of("A1") : List.of())),
        Stream.of(
            reserve,
            Request.hello(new RequestId("\"first\""), "key", "h1.secret", 17L),
            Request.hello(ID, null, null, 0L),
            Request.hello(ID, null, null, 999_999_999_999_999_999L),
            Request.of(
                ID,
                Request.Action.LOCK,
                IntStream.range(0, Request.MAX_SEATS).mapToObj(i -> "S" + i).toList())));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void parse_whatToJsonWrote_givesTheSameRequest(Request request) throws InvalidMessageException {
    assertThat(Request.parse(request.toJson())).isEqualTo(request);
  }

  @Test
  void toJson_isTheShortestForm() {
    assertThat(Request.of(ID, Request.Action.UNLOCK_ALL, List.of()).toJson())
        .isEqualTo("{\"action\":\"unlockAll\",\"id\":7}");
    assertThat(Request.of(ID, Request.Action.LOCK, List.of("A1")).toJson())
        .isEqualTo("{\"action\":\"lock\",\"id\":7,\"seats\":[\"A1\"]}");
  }

  @Test
  void parse_unknownFields_areIgnoredWhateverTheyHold() throws InvalidMessageException {
    assertThat(
            Request.parse(
                """
                {"x":{"id":1,"id":2},"action":"ping","y":[[null,{}],1.5e3],"id":7,"seats":["A1"]}
                """))
        .isEqualTo(Request.of(ID, Request.Action.PING, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-12-01T18:00:00Z",
        "2026-12-01T18:00:00.123Z",
        "2026-12-01T18:00:00.123456789Z",
        "1970-01-01T00:00:00Z"
      })
  void parse_due_isAnInstant(String due) throws InvalidMessageException {
    Request request =
        Request.parse(
            "{\"action\":\"reserve\",\"id\":7,\"seats\":[\"A1\"],\"due\":\"" + due + "\"}");
    assertThat(request.due()).isEqualTo(Instant.parse(due));
  }

  @Test
  void toString_showsNeitherKeyNorToken() {
    assertThat(Request.hello(ID, "my key", "my token", 1L).toString())
        .doesNotContain("my key")
        .doesNotContain("my token");
  }

  // --- faults

  /** A body after {@code "id":7} and the beginning of the sentence that names its fault. */
  private record Fault(String body, String sentence) {}

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault("", "The field action is missing."),
        new Fault("\"action\":7", "The field action is not a string."),
        new Fault("\"action\":null", "The field action is not a string."),
        new Fault("\"action\":\"fly\"", "There is no action fly."),
        new Fault("\"action\":\"LOCK\"", "There is no action LOCK."),
        new Fault("\"action\":\"unlock_all\"", "There is no action unlock_all."),
        new Fault("\"action\":\"\\u0000\"", "There is no action \ufffd."),
        new Fault("\"action\":\"ping\",\"action\":\"ping\"", "A field comes twice: action."),
        new Fault("\"action\":\"ping\",\"id\":8", "A field comes twice: id."),
        new Fault("\"action\":\"lock\"", "The field seats is missing."),
        new Fault("\"action\":\"lock\",\"seats\":[]", "The field seats names no seat."),
        new Fault("\"action\":\"lock\",\"seats\":\"A1\"", "The field seats is not an array."),
        new Fault("\"action\":\"lock\",\"seats\":null", "The field seats is not an array."),
        new Fault(
            "\"action\":\"lock\",\"seats\":{\"0\":\"A1\"}", "The field seats is not an array."),
        new Fault("\"action\":\"lock\",\"seats\":[\"A1\",2]", "The field seats holds something"),
        new Fault("\"action\":\"lock\",\"seats\":[null]", "The field seats holds something"),
        new Fault("\"action\":\"lock\",\"seats\":[[\"A1\"]]", "The field seats holds something"),
        new Fault("\"action\":\"pay\",\"seats\":[\"A1\"],\"holder\":1", "The field holder is not"),
        new Fault("\"action\":\"pay\",\"seats\":[\"A1\"],\"ref\":1", "The field ref is not"),
        new Fault("\"action\":\"pay\",\"seats\":[\"A1\"],\"reason\":[]", "The field reason is not"),
        new Fault(
            "\"action\":\"reserve\",\"seats\":[\"A1\"],\"due\":1", "The field due is not a s"),
        new Fault(
            "\"action\":\"reserve\",\"seats\":[\"A1\"],\"due\":\"soon\"", "The field due is n"),
        new Fault(
            "\"action\":\"reserve\",\"seats\":[\"A1\"],\"due\":\"2026-12-01\"",
            "The field due is not an ISO-8601 instant"),
        new Fault(
            "\"action\":\"reserve\",\"seats\":[\"A1\"],\"due\":\"2026-12-01T18:00:00\"",
            "The field due is not an ISO-8601 instant"),
        new Fault(
            "\"action\":\"reserve\",\"seats\":[\"A1\"],\"due\":\"2026-13-01T18:00:00Z\"",
            "The field due is not an ISO-8601 instant"),
        new Fault("\"action\":\"hello\",\"key\":7", "The field key is not a string."),
        new Fault("\"action\":\"hello\",\"session\":7", "The field session is not a string."),
        new Fault("\"action\":\"hello\",\"since\":\"7\"", "The field since is not an integer"),
        new Fault("\"action\":\"hello\",\"since\":-1", "The field since is not an integer"),
        new Fault("\"action\":\"hello\",\"since\":1.0", "The field since is not an integer"),
        new Fault("\"action\":\"hello\",\"since\":1000000000000000000", "The field since is not"),
        new Fault("\"action\":\"hello\",\"since\":null", "The field since is not an integer"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void parse_fault_isNamedAndTheIdIsFoundBeforeIt(Fault fault) {
    InvalidMessageException e =
        fault("{\"id\":7" + (fault.body.isEmpty() ? "" : ",") + fault.body + "}");
    assertThat(e).hasMessageStartingWith(fault.sentence);
    assertThat(e.requestId()).contains(ID);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void parse_fault_isNamedAndTheIdIsFoundBehindIt(Fault fault) {
    if (fault.sentence.startsWith("A field comes twice")) {
      return; // nothing is read behind a field that comes twice
    }
    InvalidMessageException e =
        fault("{" + fault.body + (fault.body.isEmpty() ? "" : ",") + "\"id\":7}");
    assertThat(e).hasMessageStartingWith(fault.sentence);
    assertThat(e.requestId()).contains(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "7",
        "\"lock\"",
        "null",
        "[]",
        "[{\"id\":7,\"action\":\"ping\"}]",
        "{",
        "{\"id\":7,\"action\":\"ping\"",
        "{\"id\":7,\"action\":\"ping\"}}",
        "{\"id\":7,\"action\":\"ping\"} {}",
        "{\"id\":7,\"action\":\"ping\",}",
        "{\"id\":7 \"action\":\"ping\"}",
        "{'id':7,'action':'ping'}",
        "{id:7,action:\"ping\"}",
        "{\"id\":7,\"action\":\"ping\"} // comment",
        "{\"id\":07,\"action\":\"ping\"}",
        "{\"id\":NaN,\"action\":\"ping\"}",
        "{\"id\":7,\"action\":\"pi\nng\"}",
        "{\"id\":7,\"action\":\"\\x70ing\"}",
        "\ufeff{\"id\":7,\"action\":\"ping\"}",
        ")]}'\n{\"id\":7,\"action\":\"ping\"}"
      })
  void parse_whatIsNotOneStrictJsonObject_isRefused(String text) {
    assertThat(fault(text)).hasMessageEndingWith(".");
  }

  @Test
  void parse_idMissing_isNamed() {
    InvalidMessageException e = fault("{\"action\":\"ping\"}");
    assertThat(e).hasMessage("The field id is missing.");
    assertThat(e.requestId()).isEmpty();
  }

  @Test
  void parse_severalFaults_namesTheFirst() {
    assertThat(fault("{\"key\":7,\"since\":true,\"id\":7}")).hasMessageContaining("key");
  }

  @Test
  void parse_foreignText_isShownShortAndWithoutControlCharacters() {
    InvalidMessageException e = fault("{\"id\":7,\"action\":\"" + "\\u001b".repeat(1_000) + "\"}");
    assertThat(e.getMessage()).hasSizeLessThan(80).doesNotContain("\u001b");
  }

  @Test
  void parse_deepNesting_isRefused() {
    String deep = "[".repeat(8_000) + "]".repeat(8_000);
    assertThat(fault("{\"id\":7,\"action\":\"ping\",\"x\":" + deep + "}"))
        .hasMessage("The message is nested too deeply.");
  }

  @ParameterizedTest
  @EnumSource(Request.Action.class)
  void parse_actionOnSeats_needsThemAndOthersIgnoreThem(Request.Action action)
      throws InvalidMessageException {
    String text = "{\"id\":7,\"action\":\"" + WireNames.of(action) + "\"";
    if (action.onSeats()) {
      assertThat(fault(text + "}")).hasMessage("The field seats is missing.");
    } else {
      assertThat(Request.parse(text + ",\"seats\":[\"A1\"]}").seats()).isEmpty();
    }
  }

  @Test
  void new_withoutIdOrAction_throws() {
    assertThatThrownBy(() -> Request.of(null, Request.Action.PING, List.of()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("id");
    assertThatThrownBy(() -> Request.of(ID, null, List.of()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("action");
  }

  // --- noise

  /** Characters that JSON gives a meaning, or that are trouble elsewhere. */
  private static final String TROUBLE = "{}[]\",:\\'/0-1.eEtnfu \u0000\n\ufeff\ud83d\ude00\u2028é";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void parse_mutatedMessages_giveARequestOrAnInvalidMessageException(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> corpus = requests().map(Request::toJson).toList();
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 25_000; i++) {
      StringBuilder text = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
      for (int n = random.nextInt(4); n >= 0; n--) {
        mutate(text, corpus, random);
      }
      try {
        Request request = Request.parse(text.toString());
        assertThat(Request.parse(request.toJson())).isEqualTo(request);
        read++;
      } catch (InvalidMessageException e) {
        assertThat(e.getMessage()).endsWith(".");
        e.requestId().ifPresent(RequestTest::mustBeWritable);
        refused++;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ", message " + i + ": " + text, e);
      }
    }
    assertThat(read).isGreaterThan(1_000);
    assertThat(refused).isGreaterThan(1_000);
  }

  /** An id that was read can be sent back. */
  private static void mustBeWritable(RequestId id) {
    String answer =
        new String(Encoder.error(id, Encoder.ErrorCode.INVALID, "no"), StandardCharsets.UTF_8);
    assertThat(answer).contains("\"id\":" + id.json() + ",");
  }

  private static void mutate(StringBuilder text, List<String> corpus, SplittableRandom random) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(8));
    switch (random.nextInt(5)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, TROUBLE.charAt(random.nextInt(TROUBLE.length())));
      case 2 -> text.insert(at, text.substring(at, end));
      case 3 -> {
        String other = corpus.get(random.nextInt(corpus.size()));
        int from = random.nextInt(other.length());
        text.insert(at, other, from, Math.min(other.length(), from + random.nextInt(30)));
      }
      default -> {
        if (at < text.length()) {
          text.setCharAt(at, (char) random.nextInt(random.nextInt(20) == 0 ? 0x10000 : 0x80));
        }
      }
    }
  }
}
