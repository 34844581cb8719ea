/** Where the time goes while something runs. */
@NullMarked
package io.vivarium.bench.profile;

import org.jspecify.annotations.NullMarked;
