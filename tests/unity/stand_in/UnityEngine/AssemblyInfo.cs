// The stand-in of the editor and the tests look inside.
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("UnityEditor")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Facecast.Unity.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Facecast.Layer.Tests")]
