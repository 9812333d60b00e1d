package io.seatlock.protocol;

import java.util.Locale;

/** What the owner of an access key may do; each may do what those before it may. */
public enum Role {
  /** Sees. */
  VIEWER,
  /** Locks seats for itself. */
  KIOSK,
  /** Reserves, sells and blocks seats. */
  BACKEND,
  /** Everything. */
  ADMIN;

  /** Whether this role may do what that one may. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** The role's name on the wire and in files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
