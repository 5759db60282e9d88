// The core's test helpers are compiled into an assembly of the core tests' name, which the core lets in; this lets us in there.
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Facecast.Layer.Tests")]
