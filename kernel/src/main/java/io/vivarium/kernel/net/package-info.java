/**
 * The network of one machine: sockets of the families unix, inet and inet6, which reach each other
 * within the machine and nothing beyond it.
 *
 * <p>{@link io.vivarium.kernel.net.NetworkNamespace} makes sockets and knows which names and ports
 * are taken; {@link io.vivarium.kernel.net.SocketTable} counts what they hold, and its monitor
 * guards the state of them all. Nothing blocks, asks for permission or releases a description under
 * that monitor.
 */
@NullMarked
package io.vivarium.kernel.net;

import org.jspecify.annotations.NullMarked;
