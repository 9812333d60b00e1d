package io.seatlock.server.access;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import io.seatlock.core.Ids;
import io.seatlock.protocol.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in and what they may do: the authorization string, whose role is backend, and the
 * keys of a file that is read again when it changes. Only digests are kept; they are compared in
 * constant time. Safe for use by many threads.
 */
public final class AccessKeys {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Set<PosixFilePermission> PRIVATE =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final Set<String> FILE_FIELDS = Set.of("keys");
  private static final Set<String> KEY_FIELDS =
      Set.of("name", "sha256", "role", "maxLocks", "maxLocksPerSecond");

  private final AuthorizationString authorization;
  private final @Nullable Path file;
  private final boolean required;
  private final Map<Grant, Set<Runnable>> watchers = new ConcurrentHashMap<>();
  private volatile List<Grant> grants;
  private @Nullable String content;

  private AccessKeys(AuthorizationString authorization, @Nullable Path file, boolean required)
      throws IOException {
    this.authorization = authorization;
    this.file = file;
    this.required = required;
    this.grants = List.of();
    reload();
  }

  /** What the owner of a key may do. */
  public static final class Grant {
    private final String name;
    private final String digest;
    private final Role role;
    private final int maxLocks;
    private final int maxLocksPerSecond;

    private Grant(String name, String digest, Role role, int maxLocks, int maxLocksPerSecond) {
      this.name = name;
      this.digest = digest;
      this.role = role;
      this.maxLocks = maxLocks;
      this.maxLocksPerSecond = maxLocksPerSecond;
    }

    /** The key's name, for logs and limits. */
    public String name() {
      return name;
    }

    /** What its owner may do. */
    public Role role() {
      return role;
    }

    /** How many seats all its sessions together may have locked; MAX_VALUE if any number. */
    public int maxLocks() {
      return maxLocks;
    }

    /** How many seats all its sessions together may lock in a second; MAX_VALUE if any number. */
    public int maxLocksPerSecond() {
      return maxLocksPerSecond;
    }

    private boolean sameAs(Grant other) {
      return name.equals(other.name)
          && digest.equals(other.digest)
          && role == other.role
          && maxLocks == other.maxLocks
          && maxLocksPerSecond == other.maxLocksPerSecond;
    }
  }

  /** Knows the authorization string only; nobody needs a key. */
  public static AccessKeys of(AuthorizationString authorization) {
    try {
      return new AccessKeys(authorization, null, false);
    } catch (IOException e) {
      throw new AssertionError("no file is read", e);
    }
  }

  /**
   * Knows the authorization string and the keys of a file.
   *
   * @param file the file, or null for none
   * @param required whether clients need a key to come in
   * @throws IOException if the file cannot be read, can be read by others, or is ill-formed; the
   *     message says which
   */
  public static AccessKeys load(
      AuthorizationString authorization, @Nullable Path file, boolean required) throws IOException {
    return new AccessKeys(authorization, file, required);
  }

  /** Whether clients need a key to come in. */
  public boolean required() {
    return required;
  }

  /** Whether any key allows to sell seats. */
  public boolean allowsSales() {
    return authorization.exists()
        || grants.stream().anyMatch(grant -> grant.role.includes(Role.BACKEND));
  }

  /** The grant of this key; empty if there is no key or it is unknown. */
  public Optional<Grant> find(@Nullable String key) {
    if (key == null) {
      return Optional.empty();
    }
    if (authorization.matches(key)) {
      return Optional.of(
          new Grant(
              "authorization-string", "", Role.BACKEND, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }
    byte[] digest = digest(key).getBytes(StandardCharsets.US_ASCII);
    Grant found = null;
    for (Grant grant : grants) {
      if (MessageDigest.isEqual(digest, grant.digest.getBytes(StandardCharsets.US_ASCII))) {
        found = grant;
      }
    }
    return Optional.ofNullable(found);
  }

  /**
   * Runs an action as soon as the grant is revoked or changed. The action must not block.
   *
   * @return a task that forgets the action
   */
  public Runnable onRevoked(Grant grant, Runnable revoked) {
    // In one step: the last one that forgets its action takes the set away.
    watchers.compute(
        grant,
        (g, actions) -> {
          Set<Runnable> all = actions == null ? ConcurrentHashMap.newKeySet() : actions;
          all.add(revoked);
          return all;
        });
    if (!grant.digest.isEmpty() && !grants.contains(grant)) {
      revoked.run();
    }
    return () ->
        watchers.computeIfPresent(
            grant,
            (g, actions) -> {
              actions.remove(revoked);
              return actions.isEmpty() ? null : actions;
            });
  }

  /**
   * Reads the file again if it has changed. If it cannot be used, the old keys stay.
   *
   * @return whether keys have changed
   * @throws IOException as when it was first read
   */
  public synchronized boolean reload() throws IOException {
    if (file == null) {
      return false;
    }
    requirePrivate(file);
    String now = Files.readString(file);
    if (now.equals(content)) {
      return false;
    }
    List<Grant> before = grants;
    grants = parse(now, before);
    content = now;
    for (Grant grant : before) {
      if (!grants.contains(grant)) {
        watchers.getOrDefault(grant, Set.of()).forEach(Runnable::run);
      }
    }
    return true;
  }

  /** The digest of a key, as written in the file. */
  public static String digest(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")
        && !PRIVATE.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + " can be read by others; chmod 600 " + file);
    }
  }

  // --- the file

  private static final class FileForm {
    @Nullable List<@Nullable KeyForm> keys;
  }

  private static final class KeyForm {
    @Nullable String name;
    @Nullable String sha256;
    @Nullable String role;
    @Nullable Integer maxLocks;
    @Nullable Integer maxLocksPerSecond;
  }

  private static List<Grant> parse(String text, List<Grant> before) throws IOException {
    Gson gson = new GsonBuilder().setStrictness(Strictness.STRICT).create();
    FileForm form;
    JsonElement all;
    try {
      form = gson.fromJson(text, FileForm.class);
      all = gson.fromJson(text, JsonElement.class);
    } catch (JsonParseException e) {
      throw new IOException("the keys file is not the JSON it must be: " + e.getMessage(), e);
    }
    if (form == null || form.keys == null) {
      throw new IOException("the keys file has no array named keys");
    }
    requireOnly(FILE_FIELDS, all.getAsJsonObject(), "the keys file");
    JsonArray fields = all.getAsJsonObject().getAsJsonArray("keys");
    List<Grant> parsed = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Map<String, String> namesByDigest = new HashMap<>();
    for (KeyForm key : form.keys) {
      Grant grant = grant(key);
      // A limit that is misspelt must not be none.
      requireOnly(KEY_FIELDS, fields.get(parsed.size()).getAsJsonObject(), "the key " + grant.name);
      if (!names.add(grant.name)) {
        throw new IOException("the keys file has two keys named " + grant.name);
      }
      String other = namesByDigest.put(grant.digest, grant.name);
      if (other != null) {
        throw new IOException("the keys " + other + " and " + grant.name + " have the same sha256");
      }
      // The same object for the same grant, so that watchers of it stay.
      parsed.add(before.stream().filter(grant::sameAs).findFirst().orElse(grant));
    }
    return List.copyOf(parsed);
  }

  private static void requireOnly(Set<String> known, JsonObject object, String what)
      throws IOException {
    for (String field : object.keySet()) {
      if (!known.contains(field)) {
        throw new IOException(what + " has a field " + field + ", which is not known");
      }
    }
  }

  private static Grant grant(@Nullable KeyForm key) throws IOException {
    if (key == null || key.name == null || !Ids.isWellFormed(key.name)) {
      throw new IOException("the keys file has a key without a well-formed name");
    }
    if (key.sha256 == null || !DIGEST.matcher(key.sha256).matches()) {
      throw new IOException("the key " + key.name + " has no sha256 of 64 hexadecimal digits");
    }
    return new Grant(
        key.name,
        key.sha256,
        role(key),
        limit(key, "maxLocks", key.maxLocks),
        limit(key, "maxLocksPerSecond", key.maxLocksPerSecond));
  }

  private static Role role(KeyForm key) throws IOException {
    for (Role role : Role.values()) {
      if (role.word().equals(key.role)) {
        return role;
      }
    }
    throw new IOException(
        "the key "
            + key.name
            + " has no role of "
            + String.join(", ", List.of(Role.values()).stream().map(Role::word).toList())
                .toLowerCase(Locale.ROOT));
  }

  private static int limit(KeyForm key, String what, @Nullable Integer limit) throws IOException {
    if (limit != null && limit < 1) {
      throw new IOException("the key " + key.name + " has a " + what + " of " + limit);
    }
    return limit == null ? Integer.MAX_VALUE : limit;
  }
}
