package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.file.OpenFlags.O_APPEND;
import static io.vivarium.kernel.file.OpenFlags.O_CLOEXEC;
import static io.vivarium.kernel.file.OpenFlags.O_CREAT;
import static io.vivarium.kernel.file.OpenFlags.O_RDONLY;
import static io.vivarium.kernel.file.OpenFlags.O_RDWR;
import static io.vivarium.kernel.file.OpenFlags.O_WRONLY;
import static io.vivarium.kernel.process.TestMachine.awaitState;
import static io.vivarium.kernel.process.TestMachine.eventually;
import static io.vivarium.kernel.process.TestMachine.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.SystemIdentity;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.file.PipeReaders;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessState;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.process.SignalSet;
import io.vivarium.kernel.process.TestMachine;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.Waiter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds /proc to proc(5). */
class ProcFileSystemTest {
  private static final long MEMORY = 512L << 20;

  private final TestMachine machine = new TestMachine();
  private Mount mount;

  @BeforeEach
  void mountProc() {
    machine.mkdir("/proc", 0555);
    ProcFileSystem proc =
        new ProcFileSystem(
            machine.table,
            machine.vfs.mounts(),
            new ProcFileSystem.Machine(
                new SystemIdentity("guinea"), 3, MEMORY, () -> 1 << 20, machine.openFiles));
    mount = machine.vfs.mounts().mount(machine.place("/proc"), proc, false);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private static int sleepForever(Process process) {
    process.sleep(Waiter.NEVER);
    return 0;
  }

  private Process sleeping() {
    Process process = machine.launch(ProcFileSystemTest::sleepForever);
    awaitState(process, ProcessState.SLEEPING);
    return process;
  }

  private FileDescription open(Process process, String path, int flags) {
    return machine.opener.open(
        process, process.credentials(), machine.rootPlace(), path, flags, 0644);
  }

  /** Reads a file as a process does, in small pieces. */
  private String read(Process process, String path) {
    return drain(open(process, path, O_RDONLY));
  }

  /** Reads a file as the host does. */
  private String read(String path) {
    return drain(machine.open(path, O_RDONLY));
  }

  private static String drain(FileDescription file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[7];
    try {
      for (int count = 1; count > 0; ) {
        count = file.read(HostTask.current(), buffer, 0, buffer.length);
        bytes.write(buffer, 0, count);
      }
    } finally {
      file.release();
    }
    return ByteStrings.decode(bytes.toByteArray());
  }

  private static List<String> names(Inode directory) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    return names;
  }

  private String readLink(Process process, String path) {
    return machine
        .vfs
        .resolve(process.credentials(), machine.rootPlace(), path, false)
        .inode()
        .readLink();
  }

  // ---- the tree
  // ----------------------------------------------------------------------------------

  @Test
  void the_root_lists_files_of_the_machine_and_a_directory_for_every_process() {
    Process process = sleeping();
    assertThat(names(machine.place("/proc").inode()))
        .contains("cpuinfo", "loadavg", "meminfo", "mounts", "self", "stat", "sys", "uptime")
        .contains("1", Integer.toString(process.pid()))
        .doesNotHaveDuplicates();
    assertFails(ENOENT, () -> machine.place("/proc/4711"));
    assertFails(ENOENT, () -> machine.place("/proc/01"));
  }

  @Test
  void every_file_can_be_read_and_every_entry_is_what_the_directory_says() {
    Process process = sleeping();
    process.descriptors().install(machine.open("/tmp", O_RDONLY), false);
    Set<Long> inodes = new HashSet<>();
    visit("/proc", machine.place("/proc").inode(), inodes);
    assertThat(inodes).hasSizeGreaterThan(60);
  }

  private void visit(String path, Inode directory, Set<Long> inodes) {
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          String child = path + "/" + name;
          Inode inode = directory.lookup(name);
          assertThat(inode.type()).as(child).isEqualTo(type);
          assertThat(inode.ino()).as(child).isEqualTo(ino);
          assertThat(inode.stat().type()).as(child).isEqualTo(type);
          assertThat(inode.stat().device()).isEqualTo(directory.fileSystem().device());
          assertThat(inodes.add(ino)).as("own inode number of %s", child).isTrue();
          if (type == FileType.REGULAR) {
            assertThat(inode.size()).as(child).isZero();
            read(child);
          } else if (type == FileType.DIRECTORY) {
            assertThat(inode.parent()).as(child).isSameAs(directory);
            assertThat(inode.link()).isEqualTo(new Inode.Link(directory, name));
            // A thread shares its descriptors with the process.
            if (!child.matches(".*/task/\\d+/fd(info)?")) {
              visit(child, inode, inodes);
            }
          }
          return true;
        });
  }

  @Test
  void enumerating_goes_on_at_a_cookie_although_processes_come_and_go() {
    Process first = sleeping();
    Process second = sleeping();
    List<String> seen = new ArrayList<>();
    long[] position = {0};
    Inode root = machine.place("/proc").inode();
    root.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          seen.add(name);
          position[0] = cookie;
          return !name.equals(Integer.toString(first.pid()));
        });
    machine.table.signal(first, Signal.SIGKILL);
    machine.end(first);
    Process third = sleeping();
    assertThat(seen).contains("self", Integer.toString(first.pid()));
    List<String> rest = new ArrayList<>();
    root.readDirectory(position[0], (name, ino, type, cookie) -> rest.add(name));
    assertThat(rest).containsExactly(Integer.toString(second.pid()), Integer.toString(third.pid()));
  }

  @Test
  void nothing_can_be_changed() {
    Credentials root = Credentials.root();
    Location start = machine.rootPlace();
    NewInode file = NewInode.regular(0644, 0, 0);
    assertFails(ENOENT, () -> machine.vfs.create(root, start, "/proc/new", file));
    assertFails(EPERM, () -> machine.vfs.unlink(root, start, "/proc/version"));
    assertFails(EPERM, () -> machine.vfs.rmdir(root, start, "/proc/1"));
    assertFails(EPERM, () -> machine.vfs.rename(root, start, "/proc/version", start, "/proc/x", 0));
    assertFails(EPERM, () -> machine.vfs.chmod(root, machine.place("/proc/version"), 0777));
    FileDescription opened = machine.open("/proc/version", O_WRONLY);
    assertFails(EIO, () -> opened.write(HostTask.current(), new byte[1], 0, 1));
    opened.release();
    machine.run(process -> {
      assertFails(EACCES, () -> open(process, "/proc/version", O_WRONLY));
      assertFails(EACCES, () -> open(process, "/proc/new", O_WRONLY | O_CREAT));
      return 0;
    });
  }

  @Test
  void an_open_file_keeps_its_text_until_it_is_read_from_the_beginning_again() {
    FileDescription file = machine.open("/proc/sys/kernel/random/uuid", O_RDONLY);
    byte[] head = new byte[10];
    byte[] tail = new byte[50];
    assertThat(file.read(HostTask.current(), head, 0, 10)).isEqualTo(10);
    assertThat(file.read(HostTask.current(), tail, 0, 50)).isEqualTo(27);
    String first = ByteStrings.decode(head) + ByteStrings.decode(tail, 0, 27);
    assertThat(first).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n");
    file.seek(0, Whence.SET);
    assertThat(drain(file)).isNotEqualTo(first).hasSize(37);
    assertThat(read("/proc/sys/kernel/random/boot_id"))
        .isEqualTo(read("/proc/sys/kernel/random/boot_id"));
  }

  // ---- self
  // --------------------------------------------------------------------------------------

  @Test
  void self_is_whoever_asks() {
    for (int i = 0; i < 2; i++) {
      machine.run(process -> {
        String pid = Integer.toString(process.pid());
        assertThat(readLink(process, "/proc/self")).isEqualTo(pid);
        assertThat(readLink(process, "/proc/thread-self")).isEqualTo(pid + "/task/" + pid);
        assertThat(read(process, "/proc/self/stat")).startsWith(pid + " (");
        assertThat(read(process, "/proc/thread-self/stat")).startsWith(pid + " (");
        assertThat(read(process, "/proc/mounts")).contains("proc /proc proc ");
        return 0;
      });
    }
    assertFails(ENOENT, () -> machine.place("/proc/self"));
  }

  @Test
  void self_means_the_child_while_its_file_actions_run() {
    machine.write("/tmp/file", 0644, "text");
    String child =
        machine.command(process -> {
          assertThat(readLink(process, "/proc/self/fd/4")).isEqualTo("/tmp/file");
          return 12;
        });
    machine.run(process -> {
      var actions =
          List.<io.vivarium.kernel.process.FileAction>of(
              new io.vivarium.kernel.process.FileAction.Open(9, "/tmp/file", O_RDONLY, 0),
              new io.vivarium.kernel.process.FileAction.Open(4, "/proc/self/fd/9", O_RDONLY, 0));
      int pid = process.spawn(request(child).fileActions(actions).build());
      assertThat(process.waitFor(pid, 0).status()).isEqualTo(12 << 8);
      return 0;
    });
  }

  // ---- processes
  // ---------------------------------------------------------------------------------

  @Test
  void cmdline_and_environ_are_terminated_strings() {
    String command =
        machine.command(
            "/bin/tool",
            process -> {
              assertThat(read(process, "/proc/self/cmdline")).isEqualTo("/bin/tool\0\0a b\0");
              assertThat(read(process, "/proc/self/environ")).isEqualTo("A=1\0B=\udcff\0");
              assertThat(read(process, "/proc/self/comm")).isEqualTo("tool\n");
              return 0;
            });
    machine.end(
        machine.launch(
            request(command, "", "a b").environment(List.of("A=1", "B=\udcff")).newSession()));
  }

  @Test
  void stat_has_the_52_fields_of_proc_5() {
    machine.run(process -> {
      process.setMemory(() -> 3 << 16);
      process.signals().setMask(SignalSet.of(Signal.SIGTERM));
      process.kill(process.pid(), Signal.SIGTERM);
      process.signals().setAction(Signal.SIGHUP, SignalAction.IGNORE);
      process.signals().setAction(Signal.SIGINT, SignalAction.handler(0, 0));
      String line = read(process, "/proc/self/stat");
      assertThat(line).endsWith("\n");
      String[] fields = line.strip().split(" ");
      assertThat(fields).hasSize(52);
      assertThat(fields[0]).isEqualTo(Integer.toString(process.pid()));
      assertThat(fields[1]).isEqualTo("(" + process.name() + ")");
      assertThat(fields[2]).isEqualTo("R");
      assertThat(fields[3]).as("ppid").isEqualTo("1");
      assertThat(fields[4]).as("group").isEqualTo(fields[0]);
      assertThat(fields[5]).as("session").isEqualTo(fields[0]);
      assertThat(fields[6]).as("terminal").isEqualTo("0");
      assertThat(fields[7]).as("foreground").isEqualTo("-1");
      assertThat(fields[17]).as("priority").isEqualTo("20");
      assertThat(fields[19]).as("threads").isEqualTo("1");
      assertThat(Long.parseLong(fields[21])).as("start time").isBetween(0L, 100_000L);
      assertThat(fields[22]).as("vsize").isEqualTo(Integer.toString(3 << 16));
      assertThat(fields[23]).as("rss").isEqualTo("48");
      assertThat(fields[24]).as("rsslim").isEqualTo("18446744073709551615");
      assertThat(fields[30]).as("pending").isEqualTo("16384");
      assertThat(fields[31]).as("blocked").isEqualTo("16384");
      assertThat(fields[32]).as("ignored").isEqualTo("1");
      assertThat(fields[33]).as("caught").isEqualTo("2");
      assertThat(fields[37]).as("exit signal").isEqualTo("17");
      assertThat(read(process, "/proc/self/statm")).isEqualTo("48 48 0 0 0 48 0\n");
      return 0;
    });
  }

  @Test
  void status_tells_ids_groups_signals_and_memory() {
    machine.run(
        Credentials.root(),
        process -> {
          process.setCredentials(
              Credentials.root().setGroups(7, 5).setGids(1, 2, 3).setUids(4, 5, 6));
          process.setMemory(() -> 1 << 20);
          process.setUmask(027);
          process.signals().setMask(SignalSet.of(Signal.SIGRTMAX));
          String status = read(process, "/proc/self/status");
          assertThat(status.lines())
              .contains(
                  "Name:\t" + process.name(),
                  "Umask:\t0027",
                  "State:\tR (running)",
                  "Pid:\t" + process.pid(),
                  "PPid:\t1",
                  "Uid:\t4\t5\t6\t5",
                  "Gid:\t1\t2\t3\t2",
                  "Groups:\t5 7 ",
                  "VmRSS:\t    1024 kB",
                  "Threads:\t1",
                  "SigBlk:\t8000000000000000",
                  "CapEff:\t0000000000000000");
          assertThat(read(process, "/proc/1/status").lines())
              .contains("Name:\tinit", "State:\tS (sleeping)", "PPid:\t0")
              .contains("CapEff:\t000001ffffffffff");
          return 0;
        });
  }

  @Test
  void zombies_have_status_but_no_arguments_and_no_places() {
    String brief = machine.command("/bin/brief", process -> 3);
    machine.run(process -> {
      int pid = process.spawn(request(brief).build());
      awaitState(machine.table.find(pid), ProcessState.ZOMBIE);
      String directory = "/proc/" + pid;
      assertThat(read(process, directory + "/stat")).startsWith(pid + " (brief) Z ");
      assertThat(read(process, directory + "/stat")).endsWith(" 768\n");
      assertThat(read(process, directory + "/status")).contains("State:\tZ (zombie)\n");
      assertThat(read(process, directory + "/cmdline")).isEmpty();
      assertFails(ENOENT, () -> readLink(process, directory + "/cwd"));
      assertFails(ENOENT, () -> readLink(process, directory + "/exe"));
      assertThat(names(machine.place(directory + "/fd").inode())).isEmpty();

      Inode held = machine.place(directory).inode();
      process.waitFor(pid, 0);
      assertFails(ENOENT, () -> held.lookup("stat"));
      assertFails(ENOENT, () -> machine.place(directory));
      return 0;
    });
  }

  @Test
  void limits_and_maps_have_the_columns_of_linux() {
    Process process = sleeping();
    String directory = "/proc/" + process.pid();
    process.descriptors().setLimits(100, 200, false);
    assertThat(read(directory + "/limits").lines())
        .hasSize(17)
        .contains(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max open files            100                  200                  files     ",
            "Max processes             64                   64                   processes ")
        .allMatch(line -> line.length() == 78);
    assertThat(read(directory + "/maps")).isEmpty();
    process.setMemory(() -> 17 << 16);
    assertThat(read(directory + "/maps"))
        .isEqualTo("00000000-00110000 rw-p 00000000 00:00 0" + " ".repeat(34) + "[heap]\n");
  }

  // ---- links
  // -------------------------------------------------------------------------------------

  @Test
  void cwd_exe_and_root_lead_to_what_the_process_uses_whatever_happened_to_the_names() {
    machine.mkdir("/home/old", 0755);
    machine.write("/home/old/file", 0644, "inside");
    String tool = machine.command("/bin/tool", ProcFileSystemTest::sleepForever);
    Process process = machine.launch(request(tool).newSession().workingDirectory("/home/old"));
    String directory = "/proc/" + process.pid();
    assertThat(machine.place(directory + "/cwd").path()).isEqualTo("/home/old");
    assertThat(machine.place(directory + "/exe").path()).isEqualTo("/bin/tool");
    assertThat(machine.place(directory + "/root").path()).isEqualTo("/");
    assertThat(read(directory + "/root/home/old/file")).isEqualTo("inside");

    Location start = machine.rootPlace();
    machine.vfs.rename(Credentials.root(), start, "/home/old", start, "/home/new", 0);
    machine.vfs.unlink(Credentials.root(), start, "/bin/tool");
    assertThat(machine.place(directory + "/cwd").path()).isEqualTo("/home/new");
    assertThat(read(directory + "/cwd/file")).isEqualTo("inside");
    assertThat(read(directory + "/exe")).startsWith("!program");
    Inode exe = machine.place(directory).inode().lookup("exe");
    assertThat(exe.readLink()).endsWith(" (deleted)");
  }

  @Test
  void fd_links_open_the_file_anew_and_show_how_it_is_open() {
    machine.write("/tmp/file", 0666, "0123456789");
    machine.run(process -> {
      int both = process.descriptors().install(open(process, "/tmp/file", O_RDWR), false);
      int in = process.descriptors().install(open(process, "/tmp/file", O_RDONLY), true);
      int out = process.descriptors().install(open(process, "/tmp/file", O_WRONLY), false);
      String fds = "/proc/self/fd/";
      FileDescription first = process.descriptors().peek(both);
      first.seek(4, Whence.SET);
      assertThat(read(process, fds + both)).as("an offset of its own").hasSize(10);
      assertThat(first.seek(0, Whence.CURRENT)).isEqualTo(4);
      Credentials who = process.credentials();
      Location root = machine.rootPlace();
      assertThat(machine.vfs.resolve(who, root, fds + both, false).inode().mode() & 0777)
          .isEqualTo(0700);
      assertThat(machine.vfs.resolve(who, root, fds + in, false).inode().mode() & 0777)
          .isEqualTo(0500);
      assertThat(machine.vfs.resolve(who, root, fds + out, false).inode().mode() & 0777)
          .isEqualTo(0300);
      assertThat(readLink(process, fds + in)).isEqualTo("/tmp/file");
      assertFails(ENOENT, () -> readLink(process, fds + 77));

      machine.vfs.unlink(Credentials.root(), root, "/tmp/file");
      assertThat(readLink(process, fds + in)).endsWith(" (deleted)");
      assertThat(read(process, fds + in)).hasSize(10);
      return 0;
    });
  }

  @Test
  void fd_links_name_pipes_by_their_inode() {
    PipeTable pipes = new PipeTable(new CountLimit(4, Errno.ENFILE), PipeReaders.UNKNOWN);
    PipeEnds ends = pipes.create(0, 1000, 1000);
    machine.run(process -> {
      int fd = process.descriptors().install(ends.reader(), false);
      process.descriptors().install(ends.writer(), false);
      long ino = process.descriptors().peek(fd).inode().ino();
      assertThat(readLink(process, "/proc/self/fd/" + fd)).isEqualTo("pipe:[" + ino + "]");
      Location place =
          machine.vfs.resolve(
              process.credentials(), machine.rootPlace(), "/proc/self/fd/" + fd, true);
      assertThat(place.inode()).isSameAs(process.descriptors().peek(fd).inode());
      return 0;
    });
  }

  @Test
  void fdinfo_tells_offset_and_flags() {
    machine.write("/tmp/file", 0666, "0123456789");
    machine.run(process -> {
      int fd = process.descriptors().install(open(process, "/tmp/file", O_RDWR | O_APPEND), true);
      process.descriptors().peek(fd).seek(3, Whence.SET);
      long ino = process.descriptors().peek(fd).inode().ino();
      assertThat(read(process, "/proc/self/fdinfo/" + fd))
          .isEqualTo(
              "pos:\t3\nflags:\t0%o\nmnt_id:\t1\nino:\t%d\n"
                  .formatted(O_RDWR | O_APPEND | O_CLOEXEC, ino));
      return 0;
    });
  }

  @Test
  void what_is_private_of_a_process_is_for_its_user_and_root() {
    Process target = sleeping();
    target.descriptors().install(machine.open("/tmp", O_RDONLY), false);
    String directory = "/proc/" + target.pid();
    machine.run(
        Credentials.of(1001, 1001),
        process -> {
          assertThat(read(process, directory + "/stat")).isNotEmpty();
          assertThat(read(process, directory + "/cmdline")).isNotEmpty();
          assertFails(EACCES, () -> read(process, directory + "/environ"));
          assertFails(EACCES, () -> open(process, directory + "/fd", O_RDONLY));
          assertFails(EACCES, () -> readLink(process, directory + "/fd/0"));
          for (String link : List.of("/cwd", "/exe", "/root")) {
            assertFails(EACCES, () -> readLink(process, directory + link));
            assertFails(EACCES, () -> open(process, directory + link, O_RDONLY));
          }
          return 0;
        });
    for (Credentials who : List.of(TestMachine.USER, Credentials.root())) {
      machine.run(
          who,
          process -> {
            assertThat(read(process, directory + "/environ")).isEmpty();
            assertThat(readLink(process, directory + "/fd/0")).isEqualTo("/tmp");
            assertThat(readLink(process, directory + "/cwd")).isEqualTo("/");
            return 0;
          });
    }
  }

  @Test
  void a_process_that_gave_up_privileges_is_not_open_to_its_new_user() {
    Process target =
        machine.launch(
            request(machine.command(ProcFileSystemTest::sleepForever)).newSession(),
            Credentials.root().setUids(0, 1001, 0),
            process -> {});
    machine.run(
        Credentials.of(1001, 1001),
        process -> {
          assertFails(EACCES, () -> readLink(process, "/proc/" + target.pid() + "/cwd"));
          return 0;
        });
  }

  // ---- the machine
  // -------------------------------------------------------------------------------

  @Test
  void the_machine_is_what_it_was_told_to_be_and_not_the_host() {
    assertThat(read("/proc/sys/kernel/hostname")).isEqualTo("guinea\n");
    assertThat(read("/proc/sys/kernel/ostype")).isEqualTo("Linux\n");
    assertThat(read("/proc/sys/kernel/osrelease")).isEqualTo(SystemIdentity.RELEASE + "\n");
    assertThat(read("/proc/version")).startsWith("Linux version " + SystemIdentity.RELEASE + " ");
    assertThat(read("/proc/sys/kernel/pid_max")).isEqualTo("32768\n");
    assertThat(read("/proc/sys/fs/file-max")).isEqualTo("10000\n");
    assertThat(read("/proc/sys/fs/file-nr")).matches("\\d+\t0\t10000\n");
    assertThat(read("/proc/cpuinfo").lines().filter(line -> line.startsWith("processor\t: ")))
        .containsExactly("processor\t: 0", "processor\t: 1", "processor\t: 2");
    assertThat(read("/proc/stat").lines().filter(line -> line.matches("cpu\\d .*"))).hasSize(3);
  }

  @Test
  void meminfo_adds_up() {
    Process process = sleeping();
    process.setMemory(() -> 64L << 20);
    String text = read("/proc/meminfo");
    assertThat(text.lines())
        .allMatch(line -> line.matches("\\w+: +\\d+ kB"))
        .contains("MemTotal:         524288 kB")
        .contains("MemFree:          457728 kB")
        .contains("Cached:             1024 kB")
        .contains("SwapTotal:             0 kB");
    process.setMemory(() -> 1L << 40);
    assertThat(read("/proc/meminfo").lines()).contains("MemFree:               0 kB");
  }

  @Test
  void uptime_load_and_stat_count() {
    assertThat(read("/proc/uptime")).matches("\\d+\\.\\d\\d \\d+\\.\\d\\d\n");
    long before = forks();
    machine.run(process -> {
      assertThat(read(process, "/proc/loadavg"))
          .matches("\\d+\\.\\d\\d \\d+\\.\\d\\d \\d+\\.\\d\\d 1/2 " + process.pid() + "\n");
      return 0;
    });
    assertThat(forks()).isEqualTo(before + 1);
    assertThat(read("/proc/stat").lines()).anyMatch(line -> line.matches("btime 1\\d{9}"));
  }

  private long forks() {
    return read("/proc/stat")
        .lines()
        .filter(line -> line.startsWith("processes "))
        .mapToLong(line -> Long.parseLong(line.substring("processes ".length())))
        .sum();
  }

  @Test
  void the_load_average_follows_what_runs() {
    LoadAverage load = new LoadAverage(0);
    assertThat(load.look(0, 5)).isEqualTo("0.00 0.00 0.00");
    assertThat(load.look(60_000_000_000L, 1)).isEqualTo("0.63 0.18 0.06");
    assertThat(load.look(3_600_000_000_000L, 1)).isEqualTo("1.00 1.00 0.98");
    assertThat(load.look(3_660_000_000_000L, 0)).isEqualTo("0.37 0.82 0.92");
  }

  @Test
  void mounts_are_listed_with_what_separates_fields_escaped() {
    machine.mkdir("/home/a b\\c", 0755);
    MemoryFileSystem second = new MemoryFileSystem(StorageLimits.unlimited());
    machine.vfs.mounts().mount(machine.place("/home/a b\\c"), second, true);
    String mounts = read("/proc/1/mounts");
    assertThat(mounts.lines())
        .hasSize(3)
        .contains("proc /proc proc rw,nosuid,relatime 0 0")
        .contains("tmpfs /home/a\\040b\\134c tmpfs ro,nosuid,relatime 0 0");
    assertThat(read("/proc/1/mountinfo").lines())
        .hasSize(3)
        .anyMatch(line ->
            line.matches(
                "3 1 \\d+:\\d+ / /home/a\\\\040b\\\\134c ro,nosuid,relatime - tmpfs tmpfs rw"));
    assertThat(read("/proc/filesystems")).contains("nodev\tproc\n", "nodev\ttmpfs\n");
    assertThat(mount.path()).isEqualTo("/proc");
  }

  @Test
  void processes_may_end_while_others_read_about_them() {
    String brief = machine.command(process -> 0);
    machine.run(process -> {
      process.signals().setAction(Signal.SIGCHLD, SignalAction.IGNORE);
      for (int i = 0; i < 200; i++) {
        int pid = process.spawn(request(brief).build());
        for (String file : List.of("stat", "status", "cmdline", "limits", "fd", "cwd")) {
          try {
            FileDescription opened = open(process, "/proc/" + pid + "/" + file, O_RDONLY);
            if (opened.inode().type() == FileType.REGULAR) {
              drain(opened);
            } else {
              opened.release();
            }
          } catch (io.vivarium.kernel.errno.ErrnoException gone) {
            assertThat(gone.errno()).isEqualTo(ENOENT);
          }
        }
      }
      eventually("all have ended", () -> machine.table.processes().size() == 2);
      return 0;
    });
  }
}
