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
  void parse_changeOfV2_tellsKindSeatAndNumbers() {
    parse(
        "{\"event\":\"lockedForYou\",\"id\":41,\"seq\":7,\"seats\":[\"w1s2\"],\"expiresInMillis\":9}");

    assertThat(message.kind()).isEqualTo(Message.Kind.LOCKED_FOR_YOU);
    assertThat(message.writer()).isEqualTo(1);
    assertThat(message.slot()).isEqualTo(2);
    assertThat(message.id()).isEqualTo(41);
    assertThat(message.seq()).isEqualTo(7);

    parse("{\"event\":\"unlocked\",\"seq\":1234567890123,\"seats\":[\"w0s0\"]}");

    assertThat(message.kind()).isEqualTo(Message.Kind.UNLOCKED);
    assertThat(message.id()).isEqualTo(-1);
    assertThat(message.seq()).isEqualTo(1234567890123L);
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
  void parse_welcome_isTold() {
    parse("{\"event\":\"welcome\",\"id\":0,\"session\":\"a.b\",\"seq\":0}");

    assertThat(message.kind()).isEqualTo(Message.Kind.WELCOME);
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
          "{\"error\":\"locked\",\"data\":\"w1s2\"}",
          "{\"event\":\"locked\",\"seq\":1}",
          "{\"event\":\"locked\",\"seq\":1,\"seats\":[]}",
          "{\"event\":\"locked\",\"seq\":1,\"seats\":[\"w1s2\",\"w1s3\"]}",
          "{\"event\":\"locked\",\"seq\":1,\"places\":[\"w1s2\"]}",
          "{\"event\":\"locked\",\"seq\":1,\"seats\":[\"w1s2\""
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
