package io.seatlock.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.protocol.classic.Request;
import io.seatlock.protocol.v2.Message;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid messages, damaged at random: each is read or refused, and nothing else happens. */
@Timeout(20)
class MessageFuzzTest {

  private static final int ROUNDS = 5_000;

  private static final List<String> REQUESTS =
      List.of(
          "{\"action\":\"lock\",\"seat\":\"A1\"}",
          "{\"action\":\"pay\",\"seat\":\"A1\",\"authorizationString\":\"s3cret\"}",
          "{\"x\":[1,-2.5e3,true,false,null,{\"y\":[]}],\"seat\":\"\\u00fc\",\"action\":\"revoke\"}",
          " { \"action\" : \"unlock\" ,\n\t\"seat\" : \"\\ud83d\\ude00\" } ");

  private static final List<String> MESSAGES =
      List.of(
          "{\"event\":\"locked\",\"seq\":17,\"seats\":[\"A1\"]}",
          "{\"event\":\"refused\",\"id\":\"a\",\"reason\":\"notYours\",\"seats\":{\"A1\":\"notYours\"}}",
          "{\"event\":\"error\",\"code\":\"invalid\",\"message\":\"The message is not JSON.\"}",
          "{\"event\":\"startstate\",\"seq\":1,\"locked\":[\"A1\"],\"reserved\":[],\"paid\":[\"C\"],"
              + "\"blocked\":[],\"yours\":[]}");

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ":",
          ",",
          "\\",
          "\\u",
          "\\ud800",
          "\ud800",
          "\udc00",
          "\0",
          "\uFEFF",
          "null",
          "true",
          "1e9",
          "-",
          "0",
          "/*",
          "//",
          "'",
          "\n",
          "[[[[[[[[",
          "\"seat\":",
          "\"action\":\"lock\"",
          "\"data\":",
          "{\"a\":",
          "99999999999999999999",
          "\u2028",
          " ");

  @ParameterizedTest
  @ValueSource(longs = {1, 20_261_123, 0x5ea7})
  void parse_damagedRequest_isReadOrRefused(long seed) throws Exception {
    Random random = new Random(seed);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = damaged(REQUESTS.get(random.nextInt(REQUESTS.size())), random);
      try {
        Request request = Request.parse(text);
        assertThat(Request.parse(request.toJson())).isEqualTo(request);
        read++;
      } catch (InvalidMessageException e) {
        assertSentence(e);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + text, e);
      }
    }
    assertThat(read).as("both kinds must occur").isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 20_261_124, 0xbeef})
  void parse_damagedMessage_isReadOrRefused(long seed) {
    Random random = new Random(seed);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = damaged(MESSAGES.get(random.nextInt(MESSAGES.size())), random);
      try {
        assertThat(Message.parse(text)).isNotNull();
        read++;
      } catch (InvalidMessageException e) {
        assertSentence(e);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + text, e);
      }
    }
    assertThat(read).as("both kinds must occur").isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
  }

  private static void assertSentence(InvalidMessageException e) {
    String sentence = e.getMessage();
    if (!sentence.matches("(?s)[A-Z].{5,150}\\.") || sentence.contains("Gson")) {
      throw new AssertionError("not a sentence for a client: " + sentence, e);
    }
  }

  private static String damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && !damaged.isEmpty(); i++) {
      int at = random.nextInt(damaged.length());
      int end = Math.min(damaged.length(), at + 1 + random.nextInt(4));
      switch (random.nextInt(6)) {
        case 0 -> damaged.delete(at, end);
        case 1 -> damaged.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> damaged.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        case 3 -> damaged.setCharAt(at, (char) random.nextInt(0x180));
        case 4 -> damaged.insert(at, damaged.substring(random.nextInt(damaged.length())));
        default -> damaged.setLength(at);
      }
    }
    return damaged.toString();
  }
}
