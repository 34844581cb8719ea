package io.vivarium.node.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.image.BaseImage;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.process.BinaryFormat;
import io.vivarium.kernel.process.Launch;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Program;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.node.channel.Call;
import io.vivarium.node.channel.Region;
import io.vivarium.node.channel.Slot;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of a real machine whose program is whoever holds this: calls are written to memory as a
 * worker would write them, through a mapping of its own. For one thread.
 */
final class ChannelGuest implements AutoCloseable {
  private static final Credentials USER = Credentials.of(1000, 1000);

  private final Arena arena = Arena.ofShared();
  private final Kernel kernel;
  private final Process process;
  private final Slot slot;
  private final AtomicInteger bells = new AtomicInteger();
  private final AtomicBoolean gone = new AtomicBoolean();

  ChannelGuest(Path folder) throws IOException {
    Slot host = Region.create(folder.resolve("channel"), 2, arena).slot(1);
    this.slot = Region.open(folder.resolve("channel"), 2, arena).slot(1);
    MemoryFileSystem root = new MemoryFileSystem(StorageLimits.unlimited());
    BaseImage.build(root.root(), "testing");
    this.kernel = new Kernel(root, KernelOptions.DEFAULT);
    kernel.register(new Format(host));
    Location home = place("/home/user");
    Inode file = home.inode().create("guest", NewInode.regular(0755, 1000, 1000));
    byte[] text = "@guest\n".getBytes(UTF_8);
    file.write(0, text, 0, text.length);
    SpawnRequest request = SpawnRequest.program("/home/user/guest", List.of("guest")).build();
    this.process =
        kernel
            .processes()
            .launch(new Launch(request, USER, home, 022, new TreeMap<>(), prepared -> {}));
  }

  private Location place(String path) {
    return kernel.vfs().resolve(Credentials.root(), kernel.vfs().mounts().root(), path, true);
  }

  private final class Format implements BinaryFormat {
    private final Slot host;

    Format(Slot host) {
      this.host = host;
    }

    @Override
    public boolean recognises(byte[] header, int length) {
      return header[0] == '@';
    }

    @Override
    public Program load(Location file, String path, List<String> argv) {
      return own -> {
        SystemCalls calls = new SystemCalls(kernel, own);
        return new Conversation(own, calls, host, bells::incrementAndGet, gone::get)
            .run(Slot.EMPTY);
      };
    }
  }

  Kernel kernel() {
    return kernel;
  }

  Process process() {
    return process;
  }

  Slot slot() {
    return slot;
  }

  /** How often the host has rung. */
  int bells() {
    return bells.get();
  }

  /** The worker has died. */
  void die() {
    gone.set(true);
    slot.ring();
  }

  /** Puts strings into the data, one after the other, and answers their lengths. */
  double[] strings(String... strings) {
    double[] lengths = new double[strings.length];
    int at = 0;
    for (int i = 0; i < strings.length; i++) {
      byte[] bytes = strings[i].getBytes(UTF_8);
      MemorySegment.copy(bytes, 0, slot.data(), ValueLayout.JAVA_BYTE, at, bytes.length);
      lengths[i] = bytes.length;
      at += bytes.length;
    }
    return lengths;
  }

  /** Makes a call whose first argument is the length of a path. */
  long callPath(Call call, String path, double... more) {
    double[] arguments = new double[more.length + 1];
    arguments[0] = strings(path)[0];
    System.arraycopy(more, 0, arguments, 1, more.length);
    return call(call, arguments);
  }

  /** Makes a call. */
  long call(Call call, double... arguments) {
    return callNumber(call.number(), arguments);
  }

  /** Makes the call of a number. */
  long callNumber(int number, double... arguments) {
    send(number, arguments);
    int turn = slot.awaitHost(Slot.REQUEST);
    if (turn != Slot.ANSWER) {
      throw new AssertionError("turn " + turn);
    }
    return slot.result();
  }

  /** Makes a call and does not wait for its answer. */
  void send(int number, double... arguments) {
    slot.setCall(number);
    for (int i = 0; i < Slot.ARGUMENTS; i++) {
      slot.setArgument(i, i < arguments.length ? arguments[i] : 0);
    }
    slot.passToHost(Slot.REQUEST);
  }

  /** A number of the answer. */
  double number(int at) {
    return slot.memory().get(ValueLayout.JAVA_DOUBLE, 264 + 8L * at);
  }

  /** Text of the answer. */
  String text(long length) {
    byte[] bytes = new byte[(int) length];
    MemorySegment.copy(slot.data(), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    return new String(bytes, UTF_8);
  }

  @Override
  public void close() {
    kernel.close();
    arena.close();
  }
}
