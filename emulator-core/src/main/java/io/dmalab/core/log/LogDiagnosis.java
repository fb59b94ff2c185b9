package io.dmalab.core.log;

import io.dmalab.api.diagnose.Diagnosis;
import java.util.List;

/**
 * What one log shows.
 *
 * @param file      as the user gave it
 * @param lines     lines read
 * @param diagnoses in order of first appearance; empty if nothing was recognised
 * @param course    the moments of all diagnoses, oldest first; empty if the log has no times
 * @param links     how the diagnoses belong together, a sentence each
 */
public record LogDiagnosis(String file, long lines, List<Diagnosis> diagnoses, List<Diagnosis.Moment> course, List<String> links) {
    public LogDiagnosis {
        diagnoses = List.copyOf(diagnoses);
        course = List.copyOf(course);
        links = List.copyOf(links);
    }
}
