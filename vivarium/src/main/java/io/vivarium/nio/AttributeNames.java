package io.vivarium.nio;

import static io.vivarium.kernel.fs.AttributeChange.KEEP;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Attributes by name, such as "posix:permissions" or "unix:*" ({@link java.nio.file.Files}). */
final class AttributeNames {
  private static final Map<String, Function<StatAttributes, Object>> BASIC =
      Map.of(
          "lastModifiedTime", StatAttributes::lastModifiedTime,
          "lastAccessTime", StatAttributes::lastAccessTime,
          "creationTime", StatAttributes::creationTime,
          "size", StatAttributes::size,
          "isRegularFile", StatAttributes::isRegularFile,
          "isDirectory", StatAttributes::isDirectory,
          "isSymbolicLink", StatAttributes::isSymbolicLink,
          "isOther", StatAttributes::isOther,
          "fileKey", StatAttributes::fileKey);

  private static final Map<String, Function<StatAttributes, Object>> POSIX =
      Map.of(
          "permissions", StatAttributes::permissions,
          "owner", StatAttributes::owner,
          "group", StatAttributes::group);

  private static final Map<String, Function<StatAttributes, Object>> UNIX =
      Map.of(
          "mode", a -> a.stat().mode(),
          "ino", a -> a.stat().inode(),
          "dev", a -> a.stat().device(),
          "rdev", a -> a.stat().rdev(),
          "nlink", a -> a.stat().links(),
          "uid", a -> a.stat().uid(),
          "gid", a -> a.stat().gid(),
          "ctime",
              a -> FileTime.from(a.stat().changeTime(), java.util.concurrent.TimeUnit.NANOSECONDS));

  private AttributeNames() {}

  static Map<String, Object> read(StatAttributes attributes, String names) {
    int colon = names.indexOf(':');
    String view = colon < 0 ? "basic" : names.substring(0, colon);
    Map<String, Function<StatAttributes, Object>> known = known(view);
    Map<String, Object> result = new LinkedHashMap<>();
    for (String name : names.substring(colon + 1).split(",", -1)) {
      if (name.equals("*")) {
        known.forEach((key, get) -> result.put(key, get.apply(attributes)));
        continue;
      }
      Function<StatAttributes, Object> get = known.get(name);
      if (get == null) {
        throw new IllegalArgumentException("The view " + view + " has no attribute " + name);
      }
      result.put(name, get.apply(attributes));
    }
    return result;
  }

  static void set(Attributes attributes, String attribute, @Nullable Object value)
      throws IOException {
    String name = attribute.substring(attribute.indexOf(':') + 1);
    switch (name) {
      case "lastModifiedTime" -> attributes.setTimes((FileTime) value, null);
      case "lastAccessTime" -> attributes.setTimes(null, (FileTime) value);
      case "permissions" -> attributes.setMode(bits(value));
      case "mode" -> attributes.setMode(number(value));
      case "owner" -> attributes.setOwner(id(value), KEEP);
      case "group" -> attributes.setOwner(KEEP, id(value));
      case "uid" -> attributes.setOwner(number(value), KEEP);
      case "gid" -> attributes.setOwner(KEEP, number(value));
      default ->
          throw new UnsupportedOperationException("The attribute " + attribute + " cannot be set");
    }
  }

  private static Map<String, Function<StatAttributes, Object>> known(String view) {
    Map<String, Function<StatAttributes, Object>> known = new LinkedHashMap<>(BASIC);
    switch (view) {
      case "basic" -> {}
      case "owner" -> {
        known.clear();
        known.put("owner", StatAttributes::owner);
      }
      case "posix" -> known.putAll(POSIX);
      case "unix" -> {
        known.putAll(POSIX);
        known.putAll(UNIX);
      }
      default ->
          throw new UnsupportedOperationException(
              "A machine has the attribute views basic, owner, posix and unix, not " + view);
    }
    return known;
  }

  private static int bits(@Nullable Object value) {
    Set<PosixFilePermission> permissions = new HashSet<>();
    if (value instanceof Set<?> values) {
      for (Object permission : values) {
        permissions.add((PosixFilePermission) permission);
      }
    }
    return Permissions.toMode(permissions);
  }

  private static int number(@Nullable Object value) {
    if (value instanceof Integer number) {
      return number;
    }
    throw new IllegalArgumentException("This attribute is an Integer, not " + value);
  }

  private static int id(@Nullable Object value) {
    if (value instanceof UserPrincipal principal) {
      return NumericPrincipals.idOf(principal);
    }
    throw new IllegalArgumentException("This attribute is a UserPrincipal, not " + value);
  }
}
