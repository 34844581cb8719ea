package io.vivarium.nio;

import static io.vivarium.kernel.fs.AttributeChange.KEEP;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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

  static Map<String, Object> read(Attributes attributes, String names) throws IOException {
    int colon = names.indexOf(':');
    String view = colon < 0 ? "basic" : names.substring(0, colon);
    List<String> wanted = List.of(names.substring(colon + 1).split(",", -1));
    return view.equals("user")
        ? readUser(AttributeViews.user(attributes), wanted)
        : read(attributes, view, wanted);
  }

  private static Map<String, Object> read(Attributes attributes, String view, List<String> names)
      throws IOException {
    Map<String, Function<StatAttributes, Object>> known = known(view);
    Map<String, Function<StatAttributes, Object>> wanted = new LinkedHashMap<>();
    for (String name : names) {
      Function<StatAttributes, Object> get = known.get(name);
      if (name.equals("*")) {
        wanted.putAll(known);
      } else if (get != null) {
        wanted.put(name, get);
      } else {
        throw unknown(view, name);
      }
    }
    StatAttributes stat = attributes.read();
    Map<String, Object> result = new LinkedHashMap<>();
    wanted.forEach((name, get) -> result.put(name, get.apply(stat)));
    return result;
  }

  private static Map<String, Object> readUser(UserDefinedFileAttributeView view, List<String> names)
      throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    for (String name : names.contains("*") ? view.list() : names) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      result.put(name, value.array());
    }
    return result;
  }

  static void set(Attributes attributes, String attribute, @Nullable Object value)
      throws IOException {
    int colon = attribute.indexOf(':');
    String view = colon < 0 ? "basic" : attribute.substring(0, colon);
    String name = attribute.substring(colon + 1);
    if (view.equals("user")) {
      AttributeViews.user(attributes)
          .write(name, value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : (ByteBuffer) value);
      return;
    }
    if (!known(view).containsKey(name)) {
      throw unknown(view, name);
    }
    switch (name) {
      case "lastModifiedTime" -> attributes.setTimes((FileTime) value, null);
      case "lastAccessTime" -> attributes.setTimes(null, (FileTime) value);
      case "creationTime" -> {} // Linux has no way to change it either.
      case "permissions" -> attributes.setMode(bits(value));
      case "mode" -> attributes.setMode(number(value));
      case "owner" -> attributes.setOwner(id(value), KEEP);
      case "group" -> attributes.setOwner(KEEP, id(value));
      case "uid" -> attributes.setOwner(number(value), KEEP);
      case "gid" -> attributes.setOwner(KEEP, number(value));
      default -> throw new IllegalArgumentException("The attribute " + name + " cannot be set");
    }
  }

  private static IllegalArgumentException unknown(String view, String name) {
    return new IllegalArgumentException("The view " + view + " has no attribute " + name);
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
              "A machine has the attribute views basic, owner, posix, unix and user, not " + view);
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
