package io.dmalab.core.explore;

import io.dmalab.api.kernel.Choice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who goes on at each step, in a form that outlives the exploration: {@code 1,2.0,3~a12b3a} says that the first context is boot's child
 * 1, the second the child 0 of boot's child 2, and that the first goes on for twelve steps, then the second for three, then the first for
 * one. Where a context chose what to do next, that follows behind another tilde: {@code ~0_2,1}, action 0 to item 2, then action 1.
 *
 * @param contexts their paths, as {@link Names#path} has them
 * @param turns    index of a context, once for each step
 * @param moves    of those steps that had a choice, in their order
 */
public record Schedule(List<String> contexts, List<Integer> turns, List<Choice.Move> moves) {
    private static final Pattern TURN = Pattern.compile("([a-z])([0-9]*)");
    private static final Pattern PATH = Pattern.compile("[0-9]+(\\.[0-9]+)*");
    private static final Pattern MOVE = Pattern.compile("([0-9]{1,3})(_([0-9]{1,6}))?");
    private static final int CONTEXTS_MAX = 26;
    private static final int STEPS_MAX = 1_000_000;

    public Schedule {
        contexts = List.copyOf(contexts);
        turns = List.copyOf(turns);
        moves = List.copyOf(moves);
    }

    /** @param names what the numbers of the steps' contexts mean */
    public static Schedule of(List<Step> steps, Names names) {
        Map<String, Integer> contexts = new LinkedHashMap<>();
        List<Integer> turns = new ArrayList<>();
        List<Choice.Move> moves = new ArrayList<>();
        for (Step step : steps) {
            turns.add(contexts.computeIfAbsent(names.path(step.context()), path -> contexts.size()));
            if (step.move() != null) {
                moves.add(step.move());
            }
        }
        return new Schedule(List.copyOf(contexts.keySet()), turns, moves);
    }

    /** @throws IllegalArgumentException if it is no schedule */
    public static Schedule parse(String text) {
        String[] parts = text.split("~", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("a schedule has two or three parts with a ~ between them");
        }
        List<String> contexts = List.of(parts[0].split(",", -1));
        if (contexts.size() > CONTEXTS_MAX || !contexts.stream().allMatch(path -> PATH.matcher(path).matches())) {
            throw new IllegalArgumentException("'" + parts[0] + "' names no contexts");
        }
        List<Integer> turns = new ArrayList<>();
        Matcher turn = TURN.matcher(parts[1]);
        int at = 0;
        while (turn.lookingAt()) {
            int context = turn.group(1).charAt(0) - 'a';
            int times = turn.group(2).isEmpty() ? 1 : turn.group(2).length() > 6 ? STEPS_MAX : Integer.parseInt(turn.group(2));
            if (context >= contexts.size() || turns.size() + times > STEPS_MAX) {
                break;
            }
            for (int i = 0; i < times; i++) {
                turns.add(context);
            }
            at = turn.end();
            turn.region(at, parts[1].length());
        }
        if (at < parts[1].length() || turns.isEmpty()) {
            throw new IllegalArgumentException("'" + parts[1].substring(at) + "' says nobody's turn");
        }
        return new Schedule(contexts, turns, parts.length == 2 ? List.of() : moves(parts[2]));
    }

    /** What {@link #movesText} gave. @throws IllegalArgumentException if it is something else */
    public static List<Choice.Move> moves(String text) {
        List<Choice.Move> moves = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher move = MOVE.matcher(part);
            if (!move.matches()) {
                throw new IllegalArgumentException("'" + part + "' is no move");
            }
            moves.add(new Choice.Move(Integer.parseInt(move.group(1)), move.group(3) == null ? Choice.NO_ITEM : Integer.parseInt(move.group(3))));
        }
        return moves;
    }

    /** The moves as the schedule's text has them; empty if there are none. */
    public String movesText() {
        return moves.stream().map(Schedule::text).collect(Collectors.joining(","));
    }

    private static String text(Choice.Move move) {
        return move.item() == Choice.NO_ITEM ? Integer.toString(move.action()) : move.action() + "_" + move.item();
    }

    /** Path of the context that goes on at a step. */
    String turn(int step) {
        return contexts.get(turns.get(step));
    }

    /** Whether it can be written: a token holds up to 26 contexts. */
    public boolean writable() {
        return contexts.size() <= CONTEXTS_MAX;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.join(",", contexts)).append('~');
        for (int i = 0; i < turns.size();) {
            int end = i;
            while (end < turns.size() && turns.get(end).equals(turns.get(i))) {
                end++;
            }
            text.append((char) ('a' + turns.get(i)));
            if (end - i > 1) {
                text.append(end - i);
            }
            i = end;
        }
        if (!moves.isEmpty()) {
            text.append('~').append(movesText());
        }
        return text.toString();
    }
}
