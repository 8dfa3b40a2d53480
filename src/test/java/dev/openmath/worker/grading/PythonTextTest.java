package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected values are those of CPython 3. */
class PythonTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "1__0", "_1", "1_", "1 0", "1e", "e5", ".", "+", "0x10", "infi", "1d", "1f", "--1", "1_.5"
            })
    void refusesWhatPythonRefuses(String text) {
        assertThat(PythonText.parseFloat(text)).isEmpty();
    }

    @Test
    void readsWhatPythonReads() {
        assertThat(PythonText.parseFloat(" 1_000.5e-1\u00a0").getAsDouble()).isEqualTo(100.05);
        assertThat(PythonText.parseFloat("1.").getAsDouble()).isEqualTo(1.0);
        assertThat(PythonText.parseFloat(".5").getAsDouble()).isEqualTo(0.5);
        assertThat(PythonText.parseFloat("\u0663").getAsDouble()).isEqualTo(3.0);
        assertThat(PythonText.parseFloat("-Infinity").getAsDouble()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(PythonText.parseFloat("+nAn").getAsDouble()).isNaN();
        assertThat(PythonText.parseFloat("1e999").getAsDouble()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void stripsWhatPythonStrips() {
        assertThat(PythonText.strip("\u00a0\u0085\u001c x \u3000")).isEqualTo("x");
        assertThat(PythonText.strip("\u200bx")).isEqualTo("\u200bx");
    }

    @Test
    void cutsByCodePoints() {
        assertThat(PythonText.head("\ud835\udfd8ab", 2)).isEqualTo("\ud835\udfd8a");
    }
}
