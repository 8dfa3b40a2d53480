package dev.openmath.worker.grading;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** English words for whole numbers below a million. */
final class NumberWords {
    private static final Map<String, Integer> SMALL = new HashMap<>();

    /** From a half to a tenth. */
    private static final List<String> PARTS =
            List.of("half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth");

    private static final Pattern FRACTION =
            Pattern.compile("(?:(.+) and )?([a-z]+) (" + String.join("|", PARTS) + "|halve|fourth)s?");

    static {
        List<String> units = List.of(
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
                "thirteen",
                "fourteen",
                "fifteen",
                "sixteen",
                "seventeen",
                "eighteen",
                "nineteen");
        List<String> tens = List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
        for (int i = 0; i < units.size(); i++) {
            SMALL.put(units.get(i), i);
        }
        for (int i = 0; i < tens.size(); i++) {
            SMALL.put(tens.get(i), 20 + 10 * i);
        }
    }

    private NumberWords() {}

    /** The whole number or fraction that words name, such as two thirds or one and a half, or empty. */
    static Optional<Rational> value(String words) {
        OptionalLong whole = parse(words);
        if (whole.isPresent()) {
            return Optional.of(Rational.of(whole.getAsLong()));
        }
        Matcher fraction =
                FRACTION.matcher(words.strip().toLowerCase(Locale.ROOT).replace('-', ' '));
        if (!fraction.matches()) {
            return Optional.empty();
        }
        String count = fraction.group(2);
        OptionalLong numerator = count.startsWith("a") ? OptionalLong.of(1) : parse(count);
        OptionalLong before = fraction.group(1) == null ? OptionalLong.of(0) : parse(fraction.group(1));
        if (numerator.isEmpty() || before.isEmpty()) {
            return Optional.empty();
        }
        int denominator = PARTS.indexOf(fraction.group(3)
                        .replaceFirst("s$", "")
                        .replace("halve", "half")
                        .replace("fourth", "quarter"))
                + 2;
        return Optional.of(Rational.of(before.getAsLong())
                .plus(new Rational(BigInteger.valueOf(numerator.getAsLong()), BigInteger.valueOf(denominator))));
    }

    /** The number that words name, or empty. */
    static OptionalLong parse(String words) {
        long total = 0;
        long group = 0;
        long last = Long.MAX_VALUE;
        boolean any = false;
        for (String word : words.strip().toLowerCase(Locale.ROOT).split("[\\s-]+")) {
            Integer small = SMALL.get(word);
            if (small != null) {
                boolean joins =
                        last == Long.MAX_VALUE || last >= 20 && last < 100 && small > 0 && small < 10 || last == 100;
                if (!joins) {
                    return OptionalLong.empty();
                }
                group += small;
                last = small;
                any = true;
            } else if (word.equals("hundred") && any && group > 0 && group < 10) {
                group *= 100;
                last = 100;
            } else if (word.equals("thousand") && any && total == 0 && group > 0) {
                total = group * 1000;
                group = 0;
                last = 100;
            } else if (!word.equals("and") || last != 100) {
                return OptionalLong.empty();
            }
        }
        return any ? OptionalLong.of(total + group) : OptionalLong.empty();
    }
}
