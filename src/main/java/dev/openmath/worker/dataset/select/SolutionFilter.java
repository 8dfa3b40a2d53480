package dev.openmath.worker.dataset.select;

import dev.openmath.worker.prompt.CodeMarkers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reasons to leave a solution out of the data set. Solutions carry the tags of {@link CodeMarkers#OPENMATH}. */
public enum SolutionFilter {
    /** More than one answer is boxed; a box printed by code counts. */
    MULTI_BOXED(SolutionFilter::hasSeveralBoxes),
    /** A code block is unfinished or lacks its output: also how solutions that stopped at an error leave. */
    BROKEN_CODE(SolutionFilter::hasBrokenCode),
    /** The answer is given before the first code block. */
    USELESS_CODE(SolutionFilter::answersBeforeCode);

    private static final Pattern BOX = Pattern.compile("\\\\boxed\\{[^}]*\\}");

    private final Predicate<String> drops;

    SolutionFilter(Predicate<String> drops) {
        this.drops = drops;
    }

    /** Whether a solution is left out. */
    public boolean drops(String solution) {
        return drops.test(solution);
    }

    private static boolean hasSeveralBoxes(String solution) {
        Matcher boxes = BOX.matcher(solution);
        return boxes.find() && boxes.find();
    }

    private static boolean hasBrokenCode(String solution) {
        CodeMarkers tags = CodeMarkers.OPENMATH;
        List<List<Integer>> positions = List.of(
                positions(solution, tags.codeBegin()),
                positions(solution, tags.codeEnd()),
                positions(solution, tags.outputBegin()),
                positions(solution, tags.outputEnd()));
        int blocks = positions.getFirst().size();
        if (positions.stream().anyMatch(of -> of.size() != blocks)) {
            return true;
        }
        for (int block = 0; block < blocks; block++) {
            for (int tag = 1; tag < positions.size(); tag++) {
                if (positions.get(tag).get(block) < positions.get(tag - 1).get(block)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean answersBeforeCode(String solution) {
        int code = solution.indexOf(CodeMarkers.OPENMATH.codeBegin());
        int box = solution.indexOf("\\boxed");
        return code >= 0 && box >= 0 && box < code;
    }

    private static List<Integer> positions(String text, String tag) {
        List<Integer> positions = new ArrayList<>();
        for (int at = text.indexOf(tag); at >= 0; at = text.indexOf(tag, at + tag.length())) {
            positions.add(at);
        }
        return positions;
    }
}
