package io.vivarium.kernel;

/**
 * What is fixed about a machine for its whole life.
 *
 * @param hostname host name, 1 to 64 characters
 * @param cpuCount processors that guests are told of, at least 1
 * @param memoryBytes memory that guests are told of, bytes
 * @param maxProcesses most processes at a time, zombies included; more answer EAGAIN
 * @param maxOpenFiles most open file descriptions; more answer ENFILE
 * @param maxPipes most pipes and open FIFOs; more answer ENFILE
 * @param maxTerminals most pseudo-terminals; more answer ENOSPC
 * @param maxArgumentBytes most bytes of argv, terminators included; more answer E2BIG
 * @param maxEnvironmentBytes most bytes of the environment, likewise
 */
public record KernelOptions(
    String hostname,
    int cpuCount,
    long memoryBytes,
    int maxProcesses,
    int maxOpenFiles,
    int maxPipes,
    int maxTerminals,
    long maxArgumentBytes,
    long maxEnvironmentBytes) {

  /** The defaults: one processor, 256 processes, 4096 open files, 1024 pipes, 1 MiB of argv. */
  public static final KernelOptions DEFAULT =
      new KernelOptions("vivarium", 1, 1L << 30, 256, 4096, 1024, 128, 1 << 20, 1 << 20);

  /** The same with another host name. */
  public KernelOptions withHostname(String name) {
    return new KernelOptions(
        name,
        cpuCount,
        memoryBytes,
        maxProcesses,
        maxOpenFiles,
        maxPipes,
        maxTerminals,
        maxArgumentBytes,
        maxEnvironmentBytes);
  }

  /** The same with another number of processes. */
  public KernelOptions withMaxProcesses(int count) {
    return new KernelOptions(
        hostname,
        cpuCount,
        memoryBytes,
        count,
        maxOpenFiles,
        maxPipes,
        maxTerminals,
        maxArgumentBytes,
        maxEnvironmentBytes);
  }

  /** The same with other hardware to tell guests of. */
  public KernelOptions withHardware(int processors, long memory) {
    return new KernelOptions(
        hostname,
        processors,
        memory,
        maxProcesses,
        maxOpenFiles,
        maxPipes,
        maxTerminals,
        maxArgumentBytes,
        maxEnvironmentBytes);
  }
}
