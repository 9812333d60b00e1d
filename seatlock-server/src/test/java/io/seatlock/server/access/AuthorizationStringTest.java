package io.seatlock.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationStringTest {

  @Test
  void matches_theSame_only() {
    AuthorizationString right = AuthorizationString.of("s3crét");
    assertThat(right.exists()).isTrue();
    assertThat(right.matches("s3crét")).isTrue();
    for (String wrong : new String[] {null, "", "s3cret", "s3cré", "s3crét ", "S3CRÉT"}) {
      assertThat(right.matches(wrong)).isFalse();
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "null", "s3cret"})
  void matches_whereThereIsNone_never(String candidate) {
    assertThat(AuthorizationString.none().matches(candidate)).isFalse();
    assertThat(AuthorizationString.none().exists()).isFalse();
  }

  @Test
  void of_empty_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> AuthorizationString.of(""));
  }

  @Test
  void toString_doesNotShowTheSecret() {
    assertThat(AuthorizationString.of("s3cret").toString()).doesNotContain("s3cret");
  }
}
