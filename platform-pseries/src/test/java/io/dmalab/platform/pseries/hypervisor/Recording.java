package io.dmalab.platform.pseries.hypervisor;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replays recorded calls on a hypervisor with QEMU's profile and collects the answers that differ. */
final class Recording {
    private static final long RAM = 1L << 62;

    private final List<String> differences = new ArrayList<>();
    private final Map<Long, PhbConfig> bridges = new LinkedHashMap<>();
    private Hypervisor hypervisor;
    private int calls;

    int calls() {
        return calls;
    }

    List<String> differences() {
        return differences;
    }

    void replay(BufferedReader lines) throws IOException {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            String[] words = line.split(" ");
            String answer = switch (words[0]) {
                case "#" -> "";
                case "machine" -> machine(words);
                case "phb" -> phb(words);
                case "vio" -> vio(words);
                case "drc" -> drc(words);
                case "E" -> event(words);
                case "R" -> rtas(words);
                default -> hcall(words);
            };
            int equals = line.indexOf(" = ");
            if (equals >= 0) {
                calls++;
                if (!answer.equals(line.substring(equals + 3))) {
                    differences.add(number + ": " + line + " (answered " + answer + ")");
                }
            }
        }
    }

    private String machine(String[] w) {
        HypervisorProfile profile = HypervisorProfile.QEMU.withDdw(d -> d.windowsMax((int) number(w[1])).largestBlock(number(w[2])));
        hypervisor = new Hypervisor(profile, PartitionMemory.upTo(RAM));
        return "";
    }

    private String phb(String[] w) {
        List<Long> liobns = Arrays.stream(w[3].split(",")).map(Recording::number).toList();
        int windows = Math.min(hypervisor.profile().ddw().windowsMax(), liobns.size());
        PhbConfig config = new PhbConfig(number(w[1]), (int) number(w[2]), liobns, windows, number(w[4]), number(w[5]), (int) number(w[6]),
                w[7].equals("1"), number(w[9]), number(w[8]));
        bridges.put(config.buid(), config);
        hypervisor.addPhb(config);
        return "";
    }

    private String vio(String[] w) {
        hypervisor.addVioWindow(number(w[1]), number(w[2]), number(w[3]), (int) number(w[4]));
        return "";
    }

    private String drc(String[] w) {
        return "";
    }

    private String event(String[] w) {
        switch (w[1]) {
            case "EV_WINDOW_ENABLE" -> {
                hypervisor.enableWindow(ownerOf(number(w[2])), number(w[2]), number(w[3]), (int) number(w[4]), number(w[5]), true);
            }
            case "EV_WINDOW_DISABLE" -> hypervisor.disableWindow(number(w[2]));
            case "EV_TABLE_ZERO" -> hypervisor.window(number(w[2])).clear();
            case "EV_PHB_GONE" -> hypervisor.removePhb(number(w[2]));
            case "EV_PHB_NEW" -> hypervisor.addPhb(bridges.get(number(w[2])));
            default -> { }
        }
        return "";
    }

    /** The bridge that a LIOBN belongs to; null for a virtual device's. */
    private Phb ownerOf(long liobn) {
        return bridges.values().stream().filter(bridge -> bridge.liobns().contains(liobn)).findFirst()
                .map(bridge -> hypervisor.phb(bridge.buid())).orElse(null);
    }

    private String rtas(String[] w) {
        int token = (int) number(w[1]);
        int inputs = (int) number(w[2]);
        int outputs = (int) number(w[3]);
        int[] args = new int[inputs];
        for (int i = 0; i < inputs; i++) {
            args[i] = (int) number(w[4 + i]);
        }
        int[] rets = new int[Math.max(1, outputs)];
        Arrays.fill(rets, 0xeeeeeeee);
        long rc = hypervisor.rtas(token, args, rets, null);
        StringBuilder answer = new StringBuilder().append(rc).append(' ').append(rets[0]);
        for (int i = 1; i < outputs; i++) {
            answer.append(" 0x").append(Integer.toHexString(rets[i]));
        }
        return answer.toString();
    }

    private String hcall(String[] w) {
        TceHcalls tce = hypervisor.tce();
        long liobn = number(w[1]);
        long ioba = number(w[2]);
        return switch (w[0]) {
            case "H_PUT_TCE" -> Long.toString(tce.hPutTce(liobn, ioba, number(w[3])));
            case "H_GET_TCE" -> {
                long rc = tce.hGetTce(liobn, ioba);
                yield rc == 0 ? "0 0x" + Long.toHexString(tce.output()) : Long.toString(rc);
            }
            case "H_STUFF_TCE" -> Long.toString(tce.hStuffTce(liobn, ioba, number(w[3]), number(w[4])));
            case "I" -> {
                long[] list = w[5].equals("-") ? new long[0] : Arrays.stream(w[5].split(",")).mapToLong(Recording::number).toArray();
                yield Long.toString(tce.hPutTceIndirect(liobn, ioba, number(w[3]), i -> i < list.length ? list[i] : 0, number(w[4])));
            }
            default -> throw new IllegalArgumentException("unknown line: " + String.join(" ", w));
        };
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
