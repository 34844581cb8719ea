package io.vivarium.kernel.process;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.user.Credentials;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A process that the host starts: what a guest's child would inherit, and the request.
 *
 * @param request what to run
 * @param credentials who it is
 * @param workingDirectory where relative paths of the request start
 * @param umask its umask
 * @param descriptors its descriptors; the descriptions become the process's, and are released when
 *     the launch fails
 * @param prepare runs on the calling thread when the process has its pid, session and descriptors
 *     but no program yet; what it throws cancels the launch
 */
public record Launch(
    SpawnRequest request,
    Credentials credentials,
    Location workingDirectory,
    int umask,
    SortedMap<Integer, FileDescription> descriptors,
    Consumer<Process> prepare) {}
