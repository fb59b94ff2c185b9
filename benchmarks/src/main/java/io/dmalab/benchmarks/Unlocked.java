package io.dmalab.benchmarks;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Locks;
import io.dmalab.api.kernel.SpinLock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A kernel whose spin locks do nothing, so that what they cost can be told from the rest. */
final class Unlocked {
    private Unlocked() {}

    static Kernel of(Kernel kernel) {
        Locks locks = proxy(Locks.class, kernel.locks(), "spin", new NoLock());
        return proxy(Kernel.class, kernel, "locks", locks);
    }

    /** {@code target}, except that the method of that name gives {@code answer}. */
    private static <T> T proxy(Class<T> type, T target, String method, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (self, called, arguments) -> called.getName().equals(method) ? answer : call(called, target, arguments)));
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static final class NoLock implements SpinLock {
        @Override
        public void lock() {}

        @Override
        public void unlock() {}

        @Override
        public boolean tryLock() {
            return true;
        }
    }
}
