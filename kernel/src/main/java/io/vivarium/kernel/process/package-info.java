/**
 * Processes: life and death, signals, process groups and sessions, waiting, and program images.
 *
 * <p><b>One lock.</b> Everything that relates processes to each other (the process table, parents
 * and children, groups, sessions, signal state, stopped and zombie states) is guarded by one lock
 * per machine, {@link io.vivarium.kernel.process.ProcessTable#lock}. Methods that expect it to be
 * held say so. Under it nothing blocks, no guest code runs, no file is closed; only wait queues are
 * woken.
 *
 * <p><b>One thread.</b> A process runs on one platform thread. Methods that a system call of the
 * process uses say "own thread".
 *
 * <p><b>Ends.</b> What ends or replaces a running image is thrown as {@link
 * io.vivarium.kernel.process.ControlFlow} through the guest's frames to the main loop of the
 * process.
 */
@NullMarked
package io.vivarium.kernel.process;

import org.jspecify.annotations.NullMarked;
