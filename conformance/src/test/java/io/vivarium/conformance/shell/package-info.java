/**
 * Shell snippets that run both in a machine and in the bash of the real host, and what they prove.
 *
 * <p>The snippets are text resources ({@code shell/*.cases}), read by {@link CaseFile} into a
 * {@link Corpus}. A {@link ShellUnderTest} runs one snippet and answers an {@link Outcome}; {@link
 * HostBash} is the oracle. {@link Comparison} holds two outcomes against each other.
 */
@NullMarked
package io.vivarium.conformance.shell;

import org.jspecify.annotations.NullMarked;
