/** From a problem to the text that the model continues: templates, few-shot sets, markers. Pure apart from reading data files. */
@NullMarked
package dev.openmath.worker.prompt;

import org.jspecify.annotations.NullMarked;
