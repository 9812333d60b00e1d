package io.seatlock.protocol;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The words of the wire for the constants of the core: {@code LOCKED_FOR_YOU} is {@code
 * lockedForYou}.
 */
public final class WireNames {

  /** Each word is made once: a server writes one in every message. */
  private static final Map<Enum<?>, String> WORDS = new ConcurrentHashMap<>();

  private static final Map<String, EventType> EVENT_TYPES = byWord(EventType.values());
  private static final Map<String, Reason> REASONS = byWord(Reason.values());

  private WireNames() {}

  /** The word for a constant: its name in camel case. */
  public static String of(Enum<?> constant) {
    return WORDS.computeIfAbsent(constant, WireNames::inCamelCase);
  }

  private static String inCamelCase(Enum<?> constant) {
    String[] parts = constant.name().toLowerCase(Locale.ROOT).split("_", -1);
    return parts[0]
        + Arrays.stream(parts)
            .skip(1)
            .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
            .collect(Collectors.joining());
  }

  /** The event type of this word, if it is one. */
  public static Optional<EventType> eventType(String word) {
    return Optional.ofNullable(EVENT_TYPES.get(word));
  }

  /** The reason of this word, if it is one. */
  public static Optional<Reason> reason(String word) {
    return Optional.ofNullable(REASONS.get(word));
  }

  private static <E extends Enum<E>> Map<String, E> byWord(E[] constants) {
    return Arrays.stream(constants).collect(Collectors.toMap(WireNames::of, Function.identity()));
  }
}
