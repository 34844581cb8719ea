package io.vivarium.kernel.fs.oracle;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.Inode;
import java.util.Random;
import java.util.function.Function;

/**
 * One operation on a tree, the same for every tree.
 *
 * @param text what it does, for people
 * @param action does it and answers its result
 */
public record Operation(String text, Function<Tree, Object> action) {
  private static final String NAMES = "abcd";
  private static final int[] FLAGS = {
    0, 0, 0, Inode.RENAME_NOREPLACE, Inode.RENAME_EXCHANGE, Inode.RENAME_EXCHANGE
  };
  private static final long[] EDGES = {0, 1, 100, 4095, 4096, 4097, 8192, 20000};

  /** What the operation answers: its result, or the name of its errno. */
  public String run(Tree tree) {
    try {
      return String.valueOf(action.apply(tree));
    } catch (ErrnoException e) {
      return e.errno().name();
    }
  }

  @Override
  public String toString() {
    return text;
  }

  /** Some operation; equal random numbers give equal operations. */
  public static Operation random(Random random) {
    return switch (random.nextInt(33)) {
      case 0, 1, 2 -> create(path(random), 0600 + random.nextInt(0200));
      case 3, 4, 5, 6 -> mkdir(path(random), 0700 + random.nextInt(0100));
      case 7 -> symlink(path(random), "no/where" + random.nextInt(3));
      case 8 -> mkfifo(path(random));
      case 9, 10 -> link(path(random), path(random));
      case 11, 12 -> unlink(path(random));
      case 13 -> rmdir(path(random));
      case 14, 15, 16, 17, 18 ->
          rename(path(random), path(random), FLAGS[random.nextInt(FLAGS.length)]);
      case 19 -> chmod(path(random), random.nextInt(010000) | 0700);
      case 20 -> xattr(random);
      case 21, 22 -> open(path(random), slot(random));
      case 23 -> openUnnamed(path(random), slot(random));
      case 24 -> close(slot(random));
      case 25, 26 -> write(slot(random), position(random), bytes(random));
      case 29, 30 -> append(slot(random), bytes(random));
      case 31 -> truncate(path(random), position(random));
      case 27 -> truncate(slot(random), position(random));
      case 28 -> allocate(random);
      default ->
          random.nextBoolean()
              ? createIn(slot(random), name(random))
              : linkSlot(slot(random), path(random));
    };
  }

  private static Operation of(String text, java.util.function.Consumer<Tree> action) {
    return new Operation(
        text,
        tree -> {
          action.accept(tree);
          return "ok";
        });
  }

  static Operation create(String path, int mode) {
    return of("create %s %o".formatted(path, mode), tree -> tree.create(path, mode));
  }

  static Operation mkdir(String path, int mode) {
    return of("mkdir %s %o".formatted(path, mode), tree -> tree.mkdir(path, mode));
  }

  static Operation symlink(String path, String target) {
    return of("symlink %s -> %s".formatted(path, target), tree -> tree.symlink(target, path));
  }

  static Operation mkfifo(String path) {
    return of("mkfifo " + path, tree -> tree.mkfifo(path, 0640));
  }

  static Operation link(String from, String to) {
    return of("link %s %s".formatted(from, to), tree -> tree.link(from, to));
  }

  static Operation unlink(String path) {
    return of("unlink " + path, tree -> tree.unlink(path));
  }

  static Operation rmdir(String path) {
    return of("rmdir " + path, tree -> tree.rmdir(path));
  }

  static Operation rename(String from, String to, int flags) {
    return of(
        "rename %s %s flags %d".formatted(from, to, flags), tree -> tree.rename(from, to, flags));
  }

  static Operation chmod(String path, int mode) {
    return of("chmod %s %o".formatted(path, mode), tree -> tree.chmod(path, mode));
  }

  static Operation xattr(Random random) {
    String path = path(random);
    String name = "user." + name(random);
    if (random.nextInt(3) == 0) {
      return of("removexattr %s %s".formatted(path, name), tree -> tree.removeXattr(path, name));
    }
    byte[] value = new byte[random.nextInt(20)];
    random.nextBytes(value);
    int flags = random.nextInt(3);
    return of(
        "setxattr %s %s flags %d".formatted(path, name, flags),
        tree -> tree.setXattr(path, name, value, flags));
  }

  static Operation open(String path, int slot) {
    return new Operation(
        "open %s as %d".formatted(path, slot),
        tree -> {
          tree.open(path, slot);
          return tree.describe(slot);
        });
  }

  static Operation openUnnamed(String path, int slot) {
    return of(
        "open unnamed in %s as %d".formatted(path, slot), tree -> tree.openUnnamed(path, slot));
  }

  static Operation close(int slot) {
    return of("close " + slot, tree -> tree.close(slot));
  }

  static Operation write(int slot, long position, byte[] bytes) {
    return new Operation(
        "write %d bytes to %d at %d".formatted(bytes.length, slot, position),
        tree -> tree.write(slot, position, bytes) + " then " + tree.describe(slot));
  }

  static Operation append(int slot, byte[] bytes) {
    return new Operation(
        "append %d bytes to %d".formatted(bytes.length, slot),
        tree -> tree.append(slot, bytes) + " then " + tree.describe(slot));
  }

  static Operation truncate(String path, long size) {
    return of("truncate %s to %d".formatted(path, size), tree -> tree.truncate(path, size));
  }

  static Operation truncate(int slot, long size) {
    return of("truncate %d to %d".formatted(slot, size), tree -> tree.truncate(slot, size));
  }

  static Operation allocate(Random random) {
    int slot = slot(random);
    AllocateMode[] modes = AllocateMode.values();
    AllocateMode mode = modes[random.nextInt(modes.length)];
    boolean aligned = random.nextInt(4) > 0;
    long position = aligned ? random.nextInt(4) * 4096L : position(random);
    long length = aligned ? random.nextInt(1, 4) * 4096L : position(random);
    return new Operation(
        "allocate %s %d from %d length %d".formatted(mode, slot, position, length),
        tree -> {
          tree.allocate(slot, mode, position, length);
          return tree.describe(slot);
        });
  }

  static Operation createIn(int slot, String name) {
    return of("create %s in %d".formatted(name, slot), tree -> tree.createIn(slot, name, 0600));
  }

  static Operation linkSlot(int slot, String path) {
    return of("link %d as %s".formatted(slot, path), tree -> tree.linkSlot(slot, path));
  }

  private static String name(Random random) {
    return String.valueOf(NAMES.charAt(random.nextInt(NAMES.length())));
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder(name(random));
    for (int depth = random.nextInt(4); depth > 1; depth--) {
      path.append('/').append(name(random));
    }
    return path.toString();
  }

  private static int slot(Random random) {
    return random.nextInt(Tree.SLOTS);
  }

  private static long position(Random random) {
    return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(3 * 4096);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(3) == 0 ? random.nextInt(9000) : random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }
}
