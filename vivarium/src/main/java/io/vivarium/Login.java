package io.vivarium;

import io.vivarium.kernel.user.Credentials;

/**
 * A user of a machine, as its /etc/passwd and /etc/group say.
 *
 * @param name login name
 * @param credentials ids and groups
 * @param home home directory
 * @param shell login shell
 */
record Login(String name, Credentials credentials, String home, String shell) {}
