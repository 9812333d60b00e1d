package io.seatlock.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.stream.JsonToken;
import io.seatlock.protocol.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

  private static List<String> names(String text) throws InvalidMessageException {
    List<String> names = new ArrayList<>();
    StrictJson.readObject(
        text,
        (name, value) -> {
          names.add(name);
          if (value.peek() == JsonToken.STRING) {
            var unused = value.nextString();
          } else {
            value.skipValue();
          }
        });
    return names;
  }

  private static void assertFault(String text, String sentence) {
    assertThatThrownBy(() -> names(text))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(sentence);
  }

  @Test
  void readObject_fieldsOfEveryType_areReadInTheirOrder() throws Exception {
    String text = " {\"b\":1, \"a\" : [true,null,{\"b\":-1.5e3}],\t\"\":\"\",\r\n\"ü\":{} } \n";
    assertThat(names(text)).containsExactly("b", "a", "", "ü");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "[{}]", "7", "\"{}\"", "true"})
  void readObject_anotherValue_isNotAnObject(String text) {
    assertFault(text, "The message is not a JSON object.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1;\"b\":2}",
        "{\"a\"=1}",
        "{\"a\":\"b",
        "{\"a\":'b'}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":b}",
        "{\"a\":TRUE}",
        "{\"a\":NaN}",
        "{\"a\":-Infinity}",
        "{\"a\":01}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":0x1}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":\"tab\there\"}",
        "{\"a\":\"line\nend\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\'\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12",
        "/*c*/{\"a\":1}",
        "//c\n{\"a\":1}",
        ")]}'\n{\"a\":1}",
        "\u00a0{}",
        " \uFEFF{}",
        "{\"a\":1\uFEFF}",
        "}",
        "\0{}"
      })
  void readObject_notJson_saysSo(String text) {
    assertFault(text, "The message is not JSON.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"}", "{}", " 7", ",", "x", "\0", " //c", "/**/", "#", "\u00a0", "\uFEFF"})
  void readObject_somethingAfterTheEnd_saysSo(String rest) {
    assertFault("{\"a\":1}" + rest, "Something follows the JSON object.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFEFF{\"a\":1}", "\uFEFF", "\uFEFF\uFEFF{}"})
  void readObject_byteOrderMark_saysSo(String text) {
    assertFault(text, "The message starts with a byte order mark.");
  }

  @Test
  void readObject_keyTwice_namesIt() {
    assertFault("{\"a\":1,\"b\":2,\"a\":1}", "A field comes twice: a.");
  }

  @Test
  void readObject_keyTwiceInAnotherSpelling_namesIt() {
    assertFault("{\"seat\":1,\"s\\u0065at\":2}", "A field comes twice: seat.");
  }

  @Test
  void readObject_sameKeyInAnotherObject_isNoFault() throws Exception {
    assertThat(names("{\"a\":{\"a\":1},\"b\":{\"a\":1}}")).containsExactly("a", "b");
  }

  @Test
  void readObject_longOrHarmfulKeyTwice_isShownShortAndHarmless() {
    String key = "\\u0007" + "k".repeat(10_000);
    assertFault(
        "{\"" + key + "\":1,\"" + key + "\":2}",
        "A field comes twice: \uFFFD" + "k".repeat(39) + "….");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\ud800x\"}",
        "{\"a\":\"\ud800\"}",
        "{\"a\":\"\udc00\"}",
        "{\"\\udfff\":1}"
      })
  void readObject_halfASurrogatePair_saysSo(String text) {
    assertFault(text, "The message has half of a surrogate pair.");
  }

  @Test
  void readObject_wholeSurrogatePairs_areRead() throws Exception {
    assertThat(names("{\"\\ud83d\\ude00\":1,\"\ud83d\ude01\":2}"))
        .containsExactly("\ud83d\ude00", "\ud83d\ude01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void readObject_nestedDeeply_saysSoAndKeepsTheStack(String level) {
    assertFault("{\"a\":" + level.repeat(1_000_000), "The message is nested too deeply.");
  }

  @Test
  void readObject_nestedALittle_isRead() throws Exception {
    assertThat(names("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}")).containsExactly("a");
  }

  @Test
  void readObject_hugeStringsAndNumbers_areRead() throws Exception {
    String text =
        "{\"a\":\"" + "x".repeat(1_000_000) + "\",\"b\":" + "9".repeat(1000) + ",\"c\":1e999999}";
    assertThat(names(text)).containsExactly("a", "b", "c");
  }

  @Test
  void string_ofAnotherType_namesTheField() {
    for (String value : List.of("7", "true", "null", "{}", "[]", "[\"x\"]")) {
      assertThatThrownBy(() -> StrictJson.readObject("{\"f\":" + value + "}", StrictJson::string))
          .isInstanceOf(InvalidMessageException.class)
          .hasMessage("The field f is not a string.");
    }
  }

  @Test
  void shown_cutsAtACharacterAndNeverWithinOne() {
    String smile = "\ud83d\ude00";
    assertThat(StrictJson.shown(smile.repeat(41))).isEqualTo(smile.repeat(40) + "…");
    assertThat(StrictJson.shown(smile.repeat(40))).isEqualTo(smile.repeat(40));
  }
}
