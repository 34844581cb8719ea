/** Users and groups: the passwd and group databases. */
@NullMarked
package io.vivarium.kernel.user;

import org.jspecify.annotations.NullMarked;
