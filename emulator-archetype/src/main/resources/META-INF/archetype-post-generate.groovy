import java.nio.file.Files
import java.nio.file.Path

// The kind that was asked for moves up into the project, the others go.
Path project = Path.of(request.outputDirectory, request.artifactId)
Path chosen = project.resolve(request.properties.getProperty('kind'))
Files.walk(chosen).withCloseable { files ->
    files.filter { Files.isRegularFile(it) }.toList().each { file ->
        Path target = project.resolve(chosen.relativize(file).toString())
        Files.createDirectories(target.parent)
        Files.move(file, target)
    }
}
['policy', 'driver', 'platform'].each { project.resolve(it).toFile().deleteDir() }

// Artifacts of a checkout: the project finds them where the archetype was found.
def checkout = request.remoteRepositories.find { it.id == 'dmalab-build' }
Path pom = project.resolve('pom.xml')
String repositories = checkout == null ? '' : """  <repositories>
    <!-- where './build deploy' of dmalab's checkout puts its artifacts; not needed where Maven finds them anyway -->
    <repository>
      <id>dmalab-build</id>
      <url>${URI.create(checkout.url).normalize().toString().replaceFirst("^file:/(?!/)", "file:///")}</url>
      <snapshots><updatePolicy>always</updatePolicy></snapshots>
    </repository>
  </repositories>
"""
Files.writeString(pom, Files.readString(pom).replaceAll(/ *<!-- repositories -->\R/, java.util.regex.Matcher.quoteReplacement(repositories)))
