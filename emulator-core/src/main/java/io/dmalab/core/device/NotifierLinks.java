package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.HotplugNotifier.Answer;
import java.util.Arrays;

/**
 * The list under a notifier chain (kernel/notifier.c, v6.14): highest priority first, equal priorities in order of registration.
 * A call goes through the links it found when it began; the kernel looks at each next link as it comes to it, which differs only
 * for links that are taken out from inside a callback.
 */
final class NotifierLinks {
    private HotplugNotifier[] links = {};

    /** notifier_chain_register(); false if it is there already (-EEXIST). */
    boolean add(HotplugNotifier notifier) {
        int place = 0;
        for (HotplugNotifier link : links) {
            if (link == notifier) {
                return false;
            }
            place += link.priority() >= notifier.priority() ? 1 : 0;
        }
        HotplugNotifier[] grown = Arrays.copyOf(links, links.length + 1);
        System.arraycopy(links, place, grown, place + 1, links.length - place);
        grown[place] = notifier;
        links = grown;
        return true;
    }

    /** notifier_chain_unregister(); false if it is not there (-ENOENT). */
    boolean remove(HotplugNotifier notifier) {
        int place = Arrays.asList(links).indexOf(notifier);
        if (place < 0) {
            return false;
        }
        HotplugNotifier[] shrunk = Arrays.copyOf(links, links.length - 1);
        System.arraycopy(links, place + 1, shrunk, place, shrunk.length - place);
        links = shrunk;
        return true;
    }

    boolean isEmpty() {
        return links.length == 0;
    }

    /** Calls the links in order until one stops the chain; the last answer given. */
    @KernelFunction("notifier_call_chain")
    Answer call(HotplugEvent event) {
        Answer answer = Answer.DONE;
        for (HotplugNotifier link : links) {
            answer = link.notify(event);
            if (answer == Answer.STOP || answer == Answer.BAD) {
                break;
            }
        }
        return answer;
    }
}
