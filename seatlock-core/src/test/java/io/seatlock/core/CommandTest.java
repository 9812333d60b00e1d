package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTest {

  @Test
  void seats_changedAfterwards_areNotThoseOfTheCommand() {
    List<String> seats = new ArrayList<>(List.of("A1"));
    Command.Lock lock = new Command.Lock("h1", seats);
    seats.add("A2");
    assertThat(lock.seats()).containsExactly("A1");
    assertThatThrownBy(() -> lock.seats().add("A3"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  static Stream<List<String>> wrongSeats() {
    return Stream.of(
        List.of(), List.of("A1", "A1"), List.of("A1", "A2", "A1"), List.of(""), List.of("A 1"));
  }

  @ParameterizedTest
  @MethodSource("wrongSeats")
  void new_wrongSeats_throws(List<String> seats) {
    String[] array = seats.toArray(String[]::new);
    assertThatThrownBy(() -> new Command.Lock("h1", seats))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Command.Unlock("h1", seats))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.reserve(array)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.pay(array)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void new_nullSeat_throws() {
    assertThatThrownBy(() -> new Command.Lock("h1", Arrays.asList("A1", null)))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Command.Lock(null, List.of("A1")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("holder");
  }

  @Test
  void new_holderIdOfANewSession_isChecked() {
    assertThatThrownBy(() -> new Command.OpenSession("h 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holder id");
  }

  @ParameterizedTest
  @EnumSource(Command.Sale.Action.class)
  void sale_refinementThatTheActionCannotHave_throws(Command.Sale.Action action) {
    Command.Sale sale = new Command.Sale(action, List.of("A1"), null, null, null, null, null);
    boolean reserves = action == Command.Sale.Action.RESERVE;
    boolean sells = reserves || action == Command.Sale.Action.PAY;
    assertAllowed(sells, () -> sale.heldBy("h1"));
    assertAllowed(sells, () -> sale.ref("order"));
    assertAllowed(reserves, () -> sale.due(Instant.EPOCH));
    assertAllowed(true, () -> sale.because("reason").by("h1"));
  }

  private static void assertAllowed(boolean allowed, Runnable refine) {
    if (allowed) {
      refine.run();
    } else {
      assertThatThrownBy(refine::run).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void sale_dueOutsideWhatCanBeKept_throws() {
    assertThatThrownBy(() -> Command.reserve("A1").due(Instant.EPOCH.minusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Command.reserve("A1").due(Instant.MAX))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Command.reserve("A1").due(Instant.ofEpochMilli(Long.MAX_VALUE)).due())
        .isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  @Test
  void sale_textsOfMoreThan128Characters_throw() {
    String pair = "\ud83d\ude00";
    assertThat(Command.pay("A1").ref(pair.repeat(128)).ref()).hasSize(256);
    assertThatThrownBy(() -> Command.pay("A1").ref(pair.repeat(128) + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ref");
    assertThatThrownBy(() -> Command.pay("A1").because("x".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reason");
  }

  /** UTF-8 has no half surrogate pairs: a replayed log would have said "?" instead. */
  @Test
  void sale_textWithHalfASurrogatePair_throwsBecauseItsBytesWouldNotGiveItBack() {
    for (String half : List.of("\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d")) {
      assertThatThrownBy(() -> Command.pay("A1").ref(half))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ref");
      assertThatThrownBy(() -> Command.pay("A1").because(half))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("reason");
      assertThatThrownBy(() -> Command.pay("A1").by(half))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("author");
    }
    Command sale = Command.pay("A1").ref("\ud83d\ude00");
    assertThat(Command.fromBytes(sale.toBytes())).isEqualTo(sale);
  }

  @Test
  void once_actionThatHasNoAnswerToRemember_throws() {
    for (Command action :
        List.of(
            new Command.OpenSession("h1"),
            new Command.CloseSession("h1"),
            new Command.ResumeSession("h1", "s", "c"),
            new Command.DetachSession("h1", "c"),
            new Command.DetachNode("n1"),
            new Command.ChangeSettings(ShowSettings.DEFAULT),
            new Command.Tick(),
            new Command.Once("h1", "7", new Command.Extend("h1")))) {
      assertThatThrownBy(() -> new Command.Once("h1", "8", action))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most once");
    }
  }

  @Test
  void once_beyondALimitAndNoLock_throws() {
    Command.Once once = new Command.Once("h1", "7", new Command.Extend("h1"));
    assertThatThrownBy(once::asBeyondLimit)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("beyond a limit");
  }

  /** A replayed log would have remembered the id "?", which may be another request's. */
  @Test
  void once_idWithHalfASurrogatePair_throws() {
    assertThatThrownBy(() -> new Command.Once("h1", "\ud83d", new Command.Extend("h1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id");
  }
}
