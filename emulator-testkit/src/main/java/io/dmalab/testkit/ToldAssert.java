package io.dmalab.testkit;

import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.error.BasicErrorMessageFactory;

/** An assertion whose failure tells what was looked at. */
abstract class ToldAssert<S extends ToldAssert<S, A>, A> extends AbstractAssert<S, A> {
    ToldAssert(A actual, Class<S> self) {
        super(actual, self);
    }

    /** Adds to an expectation what the subject has to tell. */
    abstract Told tell(Told expectation);

    /** @param expectation what should have been the case; the message begins with it */
    final S expect(boolean met, String expectation) {
        return expect(met, expectation, told -> told);
    }

    /** @param first what is told before the subject */
    final S expect(boolean met, String expectation, UnaryOperator<Told> first) {
        if (!met) {
            // an argument that is no text is shown as it is, whatever signs it holds
            throwAssertionError(new BasicErrorMessageFactory("%n%s", tell(first.apply(new Told(expectation)))));
        }
        return myself;
    }
}
