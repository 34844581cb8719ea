package io.vivarium.kernel.syscall;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.process.Process;

/** The system calls of one process, by theme. For the thread of the process only. */
public final class SystemCalls {
  private final FileCalls files;
  private final XattrCalls xattrs;
  private final DescriptorCalls descriptors;
  private final LockCalls locks;
  private final PollCalls poll;
  private final ProcessCalls processes;
  private final SignalCalls signals;
  private final IdentityCalls identity;
  private final TerminalCalls terminals;
  private final SocketCalls sockets;

  /** The calls of a process of a machine. */
  public SystemCalls(Kernel kernel, Process process) {
    this.files = new FileCalls(process, kernel.guestVfs(), kernel.guestOpener());
    this.xattrs = new XattrCalls(process, kernel.guestVfs());
    this.descriptors = new DescriptorCalls(process, kernel.guestVfs(), kernel.pipes());
    this.locks = new LockCalls(process);
    this.poll = new PollCalls(process);
    this.processes = new ProcessCalls(process);
    this.signals = new SignalCalls(process);
    this.identity = new IdentityCalls(process, kernel.users(), kernel.identity());
    this.sockets = new SocketCalls(process, kernel.network(), kernel.guestVfs());
    this.terminals = new TerminalCalls(process, files);
  }

  /** Calls that take paths. */
  public FileCalls files() {
    return files;
  }

  /** Extended attributes. */
  public XattrCalls xattrs() {
    return xattrs;
  }

  /** Calls on descriptors. */
  public DescriptorCalls descriptors() {
    return descriptors;
  }

  /** Advisory locks. */
  public LockCalls locks() {
    return locks;
  }

  /** Waiting for descriptors. */
  public PollCalls poll() {
    return poll;
  }

  /** Processes. */
  public ProcessCalls processes() {
    return processes;
  }

  /** Signals. */
  public SignalCalls signals() {
    return signals;
  }

  /** Users and groups. */
  public IdentityCalls identity() {
    return identity;
  }

  /** Terminals. */
  public TerminalCalls terminals() {
    return terminals;
  }

  /** Sockets. */
  public SocketCalls sockets() {
    return sockets;
  }
}
