package dev.openmath.packaging;

import java.util.ArrayList;
import java.util.List;

/**
 * Transition rules of a GenerationJob: what a sample depends on freezes once the plan is stored; before that
 * everything may be mended. They sit on the root because they need the status.
 */
final class FrozenFields {
    record Rule(String expression, String message) {}

    private static final String PLANNED =
            "has(oldSelf.status) && has(oldSelf.status.plan) && has(oldSelf.status.plan.sha256)";
    private static final String REMEDY = " is frozen since the job was planned, because finished samples depend on it;"
            + " create another GenerationJob with another output.s3.prefix";

    static final List<Rule> RULES = rules();

    private FrozenFields() {}

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        required(rules, "spec.profile");
        required(rules, "spec.problems");
        optional(rules, "spec", "sampling");
        optional(rules, "spec", "grading");
        optional(rules, "spec.codeInterpreter", "maxExecutions");
        optional(rules, "spec.codeInterpreter", "timeoutSeconds");
        optional(rules, "spec.codeInterpreter", "maxOutputCharacters");
        optional(rules, "spec.codeInterpreter", "onError");
        required(rules, "spec.model.name");
        required(rules, "spec.model.maxModelLength");
        optional(rules, "spec.model", "revision");
        optional(rules, "spec.model", "dtype");
        optional(rules, "spec.model", "quantization");
        required(rules, "spec.output.s3.bucket");
        required(rules, "spec.output.s3.prefix");
        optional(rules, "spec.output.s3", "endpoint");
        rules.add(new Rule(
                unlessPlanned("oldSelf.spec.sharding.samplesPerShard == self.spec.sharding.samplesPerShard"),
                "sharding.samplesPerShard" + REMEDY));
        rules.add(new Rule(
                unlessPlanned("oldSelf.spec.prompts.all(o, self.spec.prompts.exists(p, p.name == o.name))"),
                "prompts may be added but not removed once the job is planned; keep the item"));
        rules.add(new Rule(
                unlessPlanned(
                        "oldSelf.spec.prompts.all(o, self.spec.prompts.all(p, p.name != o.name || (p.type == o.type"
                                + " && has(p.fewShot) == has(o.fewShot) && (!has(p.fewShot) || p.fewShot == o.fewShot)"
                                + " && has(p.sources) == has(o.sources) && (!has(p.sources) || p.sources == o.sources))))"),
                "type, fewShot and sources of a planned prompt are frozen; add another item under prompts instead"));
        rules.add(new Rule(
                unlessPlanned("oldSelf.spec.prompts.all(o, self.spec.prompts.all(p, p.name != o.name"
                        + " || p.samplesPerProblem >= o.samplesPerProblem))"),
                "prompts[].samplesPerProblem may only grow once the job is planned"));
        return List.copyOf(rules);
    }

    private static void required(List<Rule> rules, String path) {
        rules.add(new Rule(unlessPlanned("self." + path + " == oldSelf." + path), path.substring(5) + REMEDY));
    }

    private static void optional(List<Rule> rules, String parent, String name) {
        String now = "self." + parent + "." + name;
        String old = "oldSelf." + parent + "." + name;
        String label = (parent + "." + name).substring(5);
        rules.add(new Rule(
                unlessPlanned("has(%s) == has(%s) && (!has(%s) || %s == %s)".formatted(now, old, now, now, old)),
                label + REMEDY));
    }

    private static String unlessPlanned(String rule) {
        return "!(" + PLANNED + ") || (" + rule + ")";
    }
}
