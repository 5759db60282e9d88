// The stand-in of the editor and the scene tests look inside; the package's own tests use what Unity has.
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("UnityEditor")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Facecast.Layer.Tests")]
