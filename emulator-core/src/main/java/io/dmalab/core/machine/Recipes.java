package io.dmalab.core.machine;

import com.google.inject.Binding;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.ProvisionException;
import com.google.inject.Scope;
import com.google.inject.spi.ConstructorBinding;
import com.google.inject.spi.DefaultBindingScopingVisitor;
import com.google.inject.spi.DefaultBindingTargetVisitor;
import com.google.inject.spi.Dependency;
import com.google.inject.spi.LinkedKeyBinding;
import com.google.inject.spi.ProviderInstanceBinding;
import io.dmalab.core.plugin.Memo;
import jakarta.inject.Provider;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the objects of machines are made: what the injector found out about constructors and their parameters, once, so that making a machine costs
 * what its constructors cost. An exploration makes some ten thousand a second. The injector itself makes whatever is not made by a constructor alone.
 */
final class Recipes {
    /** How one object is made. */
    @FunctionalInterface
    interface Recipe {
        /** @throws ProvisionException if it cannot be made, as from the injector */
        Object make(MachineGraph graph);
    }

    private final Injector injector;
    private final Memo<Key<?>, Recipe> known = new Memo<>();
    private final Memo<Class<?>, Recipe> ofTypes = new Memo<>();

    Recipes(Injector injector) {
        this.injector = injector;
    }

    Recipe of(Class<?> type) {
        return ofTypes.get(type, t -> of(Key.get(t), List.of()));
    }

    /** @param above what it is made for: if it is among them itself, the injector says so */
    private Recipe of(Key<?> key, List<Key<?>> above) {
        return above.contains(key) ? injected(key) : known.get(key, k -> work(k, above));
    }

    private Recipe work(Key<?> key, List<Key<?>> above) {
        Binding<?> binding = injector.getBinding(key);
        List<Key<?>> under = new ArrayList<>(above);
        under.add(key);
        return binding.acceptScopingVisitor(new DefaultBindingScopingVisitor<Recipe>() {
            @Override
            protected Recipe visitOther() {
                return injected(key);
            }

            @Override
            public Recipe visitNoScoping() {
                return unscoped(binding, under);
            }

            @Override
            public Recipe visitScope(Scope scope) {
                Recipe one = scope instanceof MachineScope ? unscoped(binding, under) : null;
                return one == null ? injected(key) : graph -> graph.object(key, one);
            }
        });
    }

    private Recipe unscoped(Binding<?> binding, List<Key<?>> under) {
        return binding.acceptTargetVisitor(new DefaultBindingTargetVisitor<Object, Recipe>() {
            @Override
            protected Recipe visitOther(Binding<?> other) {
                return injected(other.getKey());
            }

            @Override
            public Recipe visit(LinkedKeyBinding<?> linked) {
                return of(linked.getLinkedKey(), under);
            }

            @Override
            public Recipe visit(ProviderInstanceBinding<?> provided) {
                return provided.getInjectionPoints().isEmpty() ? new Provision(provided.getUserSuppliedProvider()) : visitOther(provided);
            }

            @Override
            public Recipe visit(ConstructorBinding<?> constructed) {
                Constructor<?> constructor = (Constructor<?>) constructed.getConstructor().getMember();
                boolean alone = constructed.getInjectableMembers().isEmpty() && constructor.trySetAccessible();
                return alone ? new Construction(constructor, arguments(constructed, under)) : visitOther(constructed);
            }
        });
    }

    private Recipe[] arguments(ConstructorBinding<?> constructed, List<Key<?>> under) {
        List<Dependency<?>> dependencies = constructed.getConstructor().getDependencies();
        Recipe[] arguments = new Recipe[dependencies.size()];
        for (Dependency<?> dependency : dependencies) {
            arguments[dependency.getParameterIndex()] = of(dependency.getKey(), under);
        }
        return arguments;
    }

    private Recipe injected(Key<?> key) {
        com.google.inject.Provider<?> provider = injector.getProvider(key);
        return graph -> provider.get();
    }

    private record Provision(Provider<?> provider) implements Recipe {
        @Override
        public Object make(MachineGraph graph) {
            try {
                return provider.get();
            } catch (ProvisionException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new ProvisionException(e.toString(), e);
            }
        }
    }

    private static final class Construction implements Recipe {
        /** Objects that are made by reflection, which costs more than a method handle for each of them and less before the first. */
        private static final int BY_REFLECTION = 32;

        private final Constructor<?> constructor;
        private final Recipe[] arguments;
        private int made;
        private MethodHandle handle;

        Construction(Constructor<?> constructor, Recipe[] arguments) {
            this.constructor = constructor;
            this.arguments = arguments;
        }

        @Override
        public Object make(MachineGraph graph) {
            Object[] values = new Object[arguments.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = arguments[i].make(graph);
            }
            try {
                MethodHandle known = handle;
                if (known == null && made++ < BY_REFLECTION) {
                    return constructor.newInstance(values);
                }
                // worked out by each thread that comes here first: the handles are alike
                known = known == null ? handle() : known;
                handle = known;
                return (Object) known.invokeExact(values);
            } catch (InvocationTargetException e) {
                throw new ProvisionException(e.getCause().toString(), e.getCause());
            } catch (Throwable e) {
                throw new ProvisionException(e.toString(), e);
            }
        }

        private MethodHandle handle() throws IllegalAccessException {
            return MethodHandles.lookup().unreflectConstructor(constructor).asSpreader(Object[].class, arguments.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        }
    }
}
