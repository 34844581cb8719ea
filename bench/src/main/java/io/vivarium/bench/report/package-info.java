/** Results of the benchmark matrix for people: a page of text and a page with charts. */
@NullMarked
package io.vivarium.bench.report;

import org.jspecify.annotations.NullMarked;
