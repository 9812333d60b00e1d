package io.seatlock.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.ShowSettings;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTextTest {

  private static String array(Command command) {
    StringBuilder text = new StringBuilder();
    CommandText.asArrays(text).writeCommand(command);
    return text.toString();
  }

  @Test
  void asArrays_everyKindOfCommand_isAnArrayWithoutCredentials() {
    Command lock = new Command.Lock("h1", List.of("A1", "A2"));
    Command sale =
        Command.reserve("A1")
            .heldBy("h1")
            .by("box")
            .due(Instant.ofEpochMilli(0))
            .ref("order 17")
            .because("\"why\"\n\\\u0000");
    assertThat(array(lock)).isEqualTo("[\"lock\",\"A1 A2\",\"h1\"]");
    assertThat(array(new Command.Once("h1", "r1", lock)))
        .isEqualTo("[\"lock\",\"A1 A2\",\"h1\",\"r1\"]");
    assertThat(array(new Command.Unlock("h1", List.of("A1"))))
        .isEqualTo("[\"unlock\",\"A1\",\"h1\"]");
    assertThat(array(sale))
        .isEqualTo(
            "[\"reserve\",\"A1\",\"h1\",null,\"order 17\",\"\\u0022why\\u0022\\u000a\\u005c\\ufffd\","
                + "\"box\",\"1970-01-01T00:00:00Z\"]");
    assertThat(array(new Command.Once("h1", "r1", Command.pay("A1"))))
        .isEqualTo("[\"pay\",\"A1\",null,\"r1\"]");
    assertThat(array(new Command.UnlockAll("h1"))).isEqualTo("[\"unlockAll\",null,\"h1\"]");
    assertThat(array(new Command.Extend("h1"))).isEqualTo("[\"extend\",null,\"h1\"]");
    assertThat(array(new Command.OpenSession("h1", "digest", "n/1")))
        .isEqualTo("[\"openSession\",null,\"h1\",null,null,null,null,null,\"n/1\"]");
    assertThat(array(new Command.OpenSession("h1"))).isEqualTo("[\"openSession\",null,\"h1\"]");
    assertThat(array(new Command.ResumeSession("h1", "digest", "n/1")))
        .isEqualTo("[\"resumeSession\",null,\"h1\",null,null,null,null,null,\"n/1\"]");
    assertThat(array(new Command.DetachSession("h1", "n/1")))
        .isEqualTo("[\"detachSession\",null,\"h1\",null,null,null,null,null,\"n/1\"]");
    assertThat(array(new Command.DetachNode("n")))
        .isEqualTo("[\"detachNode\",null,null,null,null,null,null,null,\"n\"]");
    assertThat(array(new Command.ChangeSettings(ShowSettings.DEFAULT)))
        .isEqualTo(
            "[\"changeSettings\",null,null,null,null,\"timeLimit PT10M, maxTime PT30M,"
                + " maxLocks 100, grace PT30S, warnBefore PT0S\"]");
    assertThat(array(new Command.CloseSession("h1"))).isEqualTo("[\"closeSession\",null,\"h1\"]");
    assertThat(array(new Command.Tick())).isEqualTo("[\"tick\"]");
  }

  @Test
  void asArrays_holderThatWasTold_isTheNumberOfThatArray() {
    StringBuilder text = new StringBuilder();
    CommandText words = CommandText.asArrays(text);
    words.writeCommand(new Command.Tick());
    words.writeCommand(new Command.Lock("h1", List.of("A1")));
    words.writeCommand(new Command.Lock("h2", List.of("A2")));
    words.writeCommand(new Command.Once("h1", "r1", new Command.Extend("h1")));
    words.writeCommand(Command.pay("A2").heldBy("h2"));
    assertThat(text)
        .hasToString(
            "[\"tick\"][\"lock\",\"A1\",\"h1\"][\"lock\",\"A2\",\"h2\"]"
                + "[\"extend\",null,1,\"r1\"][\"pay\",\"A2\",2]");
  }

  @Test
  void asObject_tellsTheNames() {
    assertThat(CommandText.asObject(Command.pay("A1", "A2").ref("order 17").by("box")))
        .isEqualTo(
            "{\"action\":\"pay\",\"seats\":\"A1 A2\",\"ref\":\"order 17\",\"author\":\"box\"}");
    assertThat(CommandText.asObject(new Command.DetachSession("h1", "n/1")))
        .isEqualTo("{\"action\":\"detachSession\",\"holder\":\"h1\",\"connection\":\"n/1\"}");
  }
}
