package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOEXEC;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.permission.PermissionGate;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.user.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * From a path to a program that can run: finds the file, checks that it may be executed, recognises
 * its format, and follows {@code #!} lines (execve(2)). Nothing of the calling process changes.
 *
 * <p>Set-user-ID and set-group-ID bits have no effect, as on a mount with {@code nosuid}.
 * Thread-safe.
 */
public final class ImageLoader {
  /** How much of a file decides what it is, bytes; also the longest {@code #!} line. */
  public static final int HEADER_BYTES = 256;

  /** How many interpreters may run each other's scripts. */
  public static final int MAX_INTERPRETERS = 4;

  private final VirtualFileSystem vfs;
  private final @Nullable PermissionGate gate;

  /** Most bytes of one argument or variable, its terminator included: MAX_ARG_STRLEN of Linux. */
  private static final int MAX_STRING_BYTES = 131072;

  private final Gauge argumentBytes;
  private final Gauge environmentBytes;
  private final List<BinaryFormat> formats = new CopyOnWriteArrayList<>();

  /**
   * A loader that knows scripts only.
   *
   * @param gauges say how many bytes argv and the environment may have, terminators included, and
   *     hear how many they have
   */
  public ImageLoader(VirtualFileSystem vfs, Gauges gauges) {
    this(vfs, gauges, null);
  }

  /**
   * A loader that knows scripts only.
   *
   * @param gauges as above
   * @param gate asked about programs and variables; null for nobody
   */
  public ImageLoader(VirtualFileSystem vfs, Gauges gauges, @Nullable PermissionGate gate) {
    this.vfs = gate == null ? vfs : vfs.gated(gate.programs());
    this.gate = gate;
    this.argumentBytes = gauges.ofMachine(Limit.ARGUMENT_BYTES);
    this.environmentBytes = gauges.ofMachine(Limit.ENVIRONMENT_BYTES);
  }

  /** Adds a format; the first one that recognises a file loads it. */
  public void register(BinaryFormat format) {
    formats.add(format);
  }

  /**
   * A program ready to run. Its file is in use; it becomes a process's, or is given back.
   *
   * @param program what runs
   * @param file the file it came from: for a script the interpreter
   * @param name the name of the command, as /proc/PID/comm shows it
   * @param arguments argv as the program gets it
   */
  record Image(Program program, Location file, String name, List<String> arguments) {
    /** Gives the file back; for images that no process adopts. */
    void release() {
      WorkingPlace.give(file);
    }
  }

  /** E2BIG unless arguments and environment are within their limits. */
  void checkSize(List<String> arguments, List<String> environment) {
    check(arguments, argumentBytes);
    check(environment, environmentBytes);
  }

  private static void check(List<String> strings, Gauge gauge) {
    long bytes = bytes(strings);
    if (bytes > gauge.capacity()) {
      gauge.refused(bytes);
      throw E2BIG.exception();
    }
    gauge.set(bytes);
  }

  /** What strings take up with their terminators; E2BIG when one alone is too long. */
  private static long bytes(List<String> strings) {
    long bytes = 0;
    for (String string : strings) {
      long own = ByteStrings.length(string) + 1L;
      if (own > MAX_STRING_BYTES) {
        throw E2BIG.exception();
      }
      bytes += own;
    }
    return bytes;
  }

  /** The variables that a program may get. */
  List<String> passed(List<String> environment) {
    return gate == null ? environment : gate.passed(environment);
  }

  /** Asks whether a file that is at hand may be run. */
  void permit(Location file) {
    vfs.permit(FileOperation.STAT, file);
  }

  /** Loads what a path names, or with a search path what {@link #search} finds. */
  Image load(
      Credentials who,
      Location directory,
      String path,
      @Nullable String searchPath,
      List<String> arguments) {
    return searchPath == null || path.indexOf('/') >= 0
        ? loadPath(who, directory, path, arguments)
        : search(who, directory, path, searchPath, arguments);
  }

  /** Tries the directories of a search path in order as execvp(3) does; EACCES beats ENOENT. */
  private Image search(
      Credentials who, Location directory, String name, String searchPath, List<String> arguments) {
    if (name.isEmpty()) {
      throw ENOENT.exception();
    }
    boolean denied = false;
    for (String prefix : searchPath.split(":", -1)) {
      try {
        String path = prefix.isEmpty() ? name : prefix + "/" + name;
        return loadPath(who, directory, path, arguments);
      } catch (ErrnoException e) {
        switch (e.errno()) {
          case EACCES -> denied = true;
          case ENOENT, ENOTDIR, ENODEV, ESTALE, ETIMEDOUT, ENAMETOOLONG -> {}
          default -> throw e;
        }
      }
    }
    throw (denied ? EACCES : ENOENT).exception();
  }

  private Image loadPath(Credentials who, Location directory, String path, List<String> arguments) {
    Location file = vfs.resolve(who, directory, path, true, FileOperation.STAT);
    return loadFile(who, directory, file, path, arguments);
  }

  /**
   * Loads a file that is at hand.
   *
   * @param path the name it goes by: what an interpreter is told, and where the name comes from
   */
  Image loadFile(
      Credentials who, Location directory, Location file, String path, List<String> arguments) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    Location candidate = file;
    String candidatePath = path;
    List<String> argv = arguments;
    for (int depth = 0; ; depth++) {
      checkExecutable(who, candidate);
      WorkingPlace.take(candidate);
      boolean adopted = false;
      try {
        byte[] header = new byte[HEADER_BYTES];
        int length = readHeader(candidate, header);
        if (!isScript(header, length)) {
          Program program = format(header, length).load(candidate, candidatePath, argv);
          adopted = true;
          return new Image(program, candidate, name, argv);
        }
        if (depth == MAX_INTERPRETERS) {
          throw ELOOP.exception();
        }
        ScriptHeader script = ScriptHeader.parse(header, length);
        argv = script.rewrite(candidatePath, argv);
        check(argv, argumentBytes);
        candidatePath = script.interpreter();
      } finally {
        if (!adopted) {
          WorkingPlace.give(candidate);
        }
      }
      candidate = vfs.resolve(who, directory, candidatePath, true, FileOperation.STAT);
    }
  }

  private void checkExecutable(Credentials who, Location file) {
    if (file.inode().type() != FileType.REGULAR) {
      throw EACCES.exception();
    }
    vfs.checkAccess(who, file, Access.EXECUTE);
  }

  private static int readHeader(Location file, byte[] header) {
    int length = 0;
    while (length < header.length) {
      int count = file.inode().read(length, header, length, header.length - length);
      if (count == 0) {
        break;
      }
      length += count;
    }
    return length;
  }

  private static boolean isScript(byte[] header, int length) {
    return length >= 2 && header[0] == '#' && header[1] == '!';
  }

  private BinaryFormat format(byte[] header, int length) {
    for (BinaryFormat format : formats) {
      if (format.recognises(header, length)) {
        return format;
      }
    }
    throw ENOEXEC.exception();
  }

  /**
   * The first line of a script: {@code #! interpreter [argument]}.
   *
   * @param interpreter path of the program that runs the script
   * @param argument everything behind it as one argument, or null
   */
  private record ScriptHeader(String interpreter, @Nullable String argument) {

    /** ENOEXEC when it names no interpreter, or the name does not end within the header. */
    static ScriptHeader parse(byte[] header, int length) {
      int end = 2;
      while (end < length && header[end] != '\n') {
        end++;
      }
      boolean complete = end < length || length < header.length;
      int start = skipBlanks(header, 2, end);
      int nameEnd = start;
      while (nameEnd < end && !isBlank(header[nameEnd]) && header[nameEnd] != 0) {
        nameEnd++;
      }
      if (nameEnd == start || (nameEnd == end && !complete)) {
        throw ENOEXEC.exception();
      }
      String interpreter = ByteStrings.decode(header, start, nameEnd - start);
      int argumentStart = skipBlanks(header, nameEnd, end);
      int argumentEnd = end;
      while (argumentEnd > argumentStart && isBlank(header[argumentEnd - 1])) {
        argumentEnd--;
      }
      String argument =
          argumentEnd > argumentStart && header[argumentStart] != 0
              ? ByteStrings.decode(header, argumentStart, argumentEnd - argumentStart)
              : null;
      return new ScriptHeader(interpreter, argument);
    }

    List<String> rewrite(String scriptPath, List<String> argv) {
      List<String> rewritten = new ArrayList<>(argv.size() + 2);
      rewritten.add(interpreter);
      if (argument != null) {
        rewritten.add(argument);
      }
      rewritten.add(scriptPath);
      rewritten.addAll(argv.isEmpty() ? argv : argv.subList(1, argv.size()));
      return List.copyOf(rewritten);
    }

    private static int skipBlanks(byte[] header, int from, int end) {
      int at = from;
      while (at < end && isBlank(header[at])) {
        at++;
      }
      return at;
    }

    private static boolean isBlank(byte b) {
      return b == ' ' || b == '\t';
    }
  }
}
