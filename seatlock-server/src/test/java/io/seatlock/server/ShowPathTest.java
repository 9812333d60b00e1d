package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.SeatLock;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShowPathTest {

  @ParameterizedTest
  @CsvSource({
    "/, main",
    "/main, main",
    "/?a=b, main",
    "/?, main",
    "/hamlet-2026-12-01, hamlet-2026-12-01",
    "/hamlet?x=/y%zz, hamlet",
    "/%68amlet, hamlet",
    "/S%C3%bcd, Süd",
    "/~a.b:c_d-e, ~a.b:c_d-e",
    "/main%3A, main:",
    "/%2e%2E, .."
  })
  void show_path_isTheDecodedName(String path, String name) {
    assertThat(ShowPath.show(path)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hamlet",
        "*",
        "?",
        "?/",
        "//",
        "/a/",
        "/a/b",
        "/%2F",
        "/%2",
        "/%",
        "/%g0",
        "/%0g",
        "/%-1",
        "/%+1",
        "/% 1",
        "/%%",
        "/%\uff11\uff11",
        "/ü",
        "/\ufffd",
        "/%80",
        "/%FF",
        "/%C3",
        "/%C0%AF",
        "/%ED%A0%80",
        "/%F5%80%80%80",
        "/a%00",
        "/a b",
        "/a+b",
        "/a%20",
        "/%E2%82%AC",
        "/a#b",
        "/a;b"
      })
  void show_illFormed_isEmpty(String path) {
    assertThat(ShowPath.show(path)).isEmpty();
  }

  @Test
  void show_lengthIsCountedInCharacters() {
    assertThat(ShowPath.show("/" + "%F0%9D%9F%99".repeat(64))).isPresent();
    assertThat(ShowPath.show("/" + "%F0%9D%9F%99".repeat(65))).isEmpty();
    assertThat(ShowPath.show("/" + "a".repeat(64))).isPresent();
    assertThat(ShowPath.show("/" + "a".repeat(65))).isEmpty();
  }

  @Test
  void show_anyName_isTakenIfAndOnlyIfTheCoreTakesIt() {
    long seed = 20_261_123;
    Random random = new Random(seed);
    int taken = 0;
    try (SeatLock seatLock = SeatLock.create()) {
      for (int i = 0; i < 20_000; i++) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(random.nextInt(20) == 0 ? 70 : 2);
        int range = random.nextBoolean() ? 0x80 : 0x30000;
        while (text.codePointCount(0, text.length()) < length) {
          int c = random.nextInt(range);
          if (c < 0xd800 || c > 0xdfff) {
            text.appendCodePoint(length > 2 && c < 0x60 ? 'a' : c);
          }
        }
        String name = text.toString();
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        boolean takenByCore;
        try {
          takenByCore = seatLock.show(name).name().equals(name);
        } catch (IllegalArgumentException e) {
          takenByCore = false;
        }
        taken += takenByCore ? 1 : 0;
        assertThat(ShowPath.show("/" + encoded).filter(name::equals).isPresent())
            .as("seed %s: %s", seed, encoded)
            .isEqualTo(takenByCore);
      }
    }
    assertThat(taken).as("both kinds must occur").isBetween(1_000, 19_000);
  }
}
