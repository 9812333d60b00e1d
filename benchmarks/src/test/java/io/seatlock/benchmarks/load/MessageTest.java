package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MessageTest {

  private final Message message = new Message();

  @Test
  void parse_change_tellsKindAndSeat() {
    parse("{\"event\":\"unlockedForYou\",\"data\":\"w12s345\"}");

    assertThat(message.kind()).isEqualTo(Message.Kind.UNLOCKED_FOR_YOU);
    assertThat(message.writer()).isEqualTo(12);
    assertThat(message.slot()).isEqualTo(345);
  }

  @Test
  void parse_spaces_areNoMatter() {
    parse("{ \"event\" : \"locked\",\n \"data\" : \"w0s0\" }");

    assertThat(message.kind()).isEqualTo(Message.Kind.LOCKED);
  }

  @Test
  void parse_startState_isTold() {
    parse("{\"event\":\"startstate\",\"data\":{\"locked\":[],\"reserved\":[],\"paid\":[]}}");

    assertThat(message.kind()).isEqualTo(Message.Kind.START_STATE);
    assertThat(message.writer()).isEqualTo(-1);
  }

  @Test
  void parse_anythingElse_isOther() {
    for (String text :
        new String[] {
          "",
          "{}",
          "\"",
          "{\"event\":\"locked\"}",
          "{\"event\":\"locked\",\"data\":\"w1\"}",
          "{\"event\":\"locked\",\"data\":\"ws\"}",
          "{\"event\":\"locked\",\"data\":\"\"}",
          "{\"event\":\"locked\",\"data\":\"A1\"}",
          "{\"event\":\"locked\",\"data\":\"w1s2",
          "{\"event\":\"reserved\",\"data\":\"A1\"}",
          "{\"error\":\"locked\",\"data\":\"w1s2\"}"
        }) {
      parse(text);
      assertThat(message.kind()).as(text).isEqualTo(Message.Kind.OTHER);
    }
  }

  private void parse(String text) {
    // Not at the buffer's start, and with more behind.
    byte[] bytes = ("\"event\"" + text + "\"\"\"\"").getBytes(StandardCharsets.UTF_8);
    message.parse(ByteBuffer.wrap(bytes), 7, bytes.length - 11);
  }
}
