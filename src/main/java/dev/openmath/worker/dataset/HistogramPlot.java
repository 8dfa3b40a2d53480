package dev.openmath.worker.dataset;

import java.util.Locale;
import java.util.Map;

/** A bar chart as SVG, readable on light and dark ground. */
final class HistogramPlot {
    private static final int BAR = 56;
    private static final int GAP = 12;
    private static final int HEIGHT = 200;
    private static final int MARGIN = 48;

    private HistogramPlot() {}

    static String svg(String title, String axis, Map<String, Integer> bars) {
        int most = Math.max(
                1, bars.values().stream().mapToInt(Integer::intValue).max().orElse(1));
        int width = 2 * MARGIN + Math.max(1, bars.size()) * (BAR + GAP);
        int bottom = MARGIN + HEIGHT;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\" fill=\"#767676\">%n",
                width,
                bottom + MARGIN,
                width,
                bottom + MARGIN));
        svg.append(text(width / 2, 24, title));
        int x = MARGIN + GAP / 2;
        for (Map.Entry<String, Integer> bar : bars.entrySet()) {
            int height = Math.round((float) HEIGHT * bar.getValue() / most);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#4c78a8\"/>%n",
                    x,
                    bottom - height,
                    BAR,
                    height));
            svg.append(text(x + BAR / 2, bottom - height - 4, Integer.toString(bar.getValue())));
            svg.append(text(x + BAR / 2, bottom + 16, bar.getKey()));
            x += BAR + GAP;
        }
        svg.append(text(width / 2, bottom + 38, axis));
        return svg.append("</svg>\n").toString();
    }

    private static String text(int x, int y, String text) {
        return String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", x, y, text);
    }
}
