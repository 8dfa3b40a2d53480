/** The one program: its first argument says which role or command it is. */
@NullMarked
package dev.openmath;

import org.jspecify.annotations.NullMarked;
