package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventTest {

  @ParameterizedTest
  @CsvSource({
    "LOCKED,     LOCKED_FOR_YOU,   LOCKED",
    "UNLOCKED,   UNLOCKED_FOR_YOU, UNLOCKED",
    "RELEASED,   ,                 UNLOCKED",
    "EXPIRED,    DELETED,          UNLOCKED",
    "RESERVED,   RESERVED,         RESERVED",
    "UNRESERVED, UNRESERVED,       UNRESERVED",
    "PAID,       PAID,             PAID",
    "UNPAID,     UNPAID,           UNPAID",
    "BLOCKED,    BLOCKED,          BLOCKED",
    "UNBLOCKED,  UNBLOCKED,        UNBLOCKED",
    "EXPIRING,   EXPIRING,         "
  })
  void typeFor_authorAndOthers_areToldInTheirOwnWords(
      Change change, EventType toAuthor, EventType toOthers) {
    Event event = new Event(1, 0, change, "me", List.of("A1"));
    assertThat(event.typeFor("me")).isEqualTo(toAuthor);
    assertThat(event.typeFor("other")).isEqualTo(toOthers);
    assertThat(event.typeFor(null)).isEqualTo(toOthers);
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void typeFor_changeWithoutAuthor_tellsEveryoneTheSame(Change change) {
    Event event = new Event(1, 0, change, null, List.of("A1"));
    assertThat(event.typeFor("me")).isEqualTo(change.toOthers());
    assertThat(event.typeFor(null)).isEqualTo(change.toOthers());
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void audience_ofTheTwoWordsOfAChange_coversEveryoneOnce(Change change) {
    if (change == Change.TAKEN_OVER) {
      assertThat(change.toOthers()).as("nobody is told").isNull();
      assertThat(change.toAuthor()).isNull();
    } else if (change.toOthers() == change.toAuthor()) {
      assertThat(change.toOthers().audience()).isEqualTo(EventType.Audience.EVERYONE);
    } else {
      if (change.toOthers() != null) {
        assertThat(change.toOthers().audience()).isEqualTo(EventType.Audience.OTHERS);
      }
      if (change.toAuthor() != null) {
        assertThat(change.toAuthor().audience()).isEqualTo(EventType.Audience.AUTHOR);
      }
    }
  }

  @Test
  void seats_changedAfterwards_areNotThoseOfTheEvent() {
    List<String> seats = new ArrayList<>(List.of("A1"));
    Event event = new Event(1, 0, Change.LOCKED, "me", seats);
    seats.clear();
    assertThat(event.seats()).containsExactly("A1");
  }
}
