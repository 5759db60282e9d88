using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Facecast.Core.Tests")]
