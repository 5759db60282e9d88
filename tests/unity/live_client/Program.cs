using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Facecast.Core;

namespace Facecast.Live
{
    /// <summary>
    /// A headless client for the live test: Program URL ROOM FOLDER. Three sessions in one process render at 60,
    /// 90 and 144 Hz; the first also publishes the JPEG files of FOLDER. Each line on standard input names the
    /// phase that begins; "end" ends everything. Output: a line for each connection and for each time that the face
    /// is played after it; at the end the report as one line of JSON.
    /// </summary>
    public static class Program
    {
        private static readonly TextWriter Output = Console.Out;

        public static int Main(string[] arguments)
        {
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
            Phase phase = new Phase();
            AppDomain.CurrentDomain.UnhandledException += (sender, fault) => phase.NoteException("unhandled: " + fault.ExceptionObject);
            System.Threading.Tasks.TaskScheduler.UnobservedTaskException += (sender, fault) => phase.NoteException("unobserved: " + fault.Exception);
            List<Viewer> viewers = new List<Viewer>
            {
                new Viewer(arguments[0], arguments[1], "ada", 60.0, phase, new JpegFolder(arguments[2], 3.0)),
                new Viewer(arguments[0], arguments[1], "bob", 90.0, phase, null),
                new Viewer(arguments[0], arguments[1], "cy", 144.0, phase, null),
            };
            List<Thread> threads = new List<Thread>();
            foreach (Viewer viewer in viewers)
            {
                Thread thread = new Thread(viewer.Run);
                thread.Start();
                threads.Add(thread);
            }

            for (string line = Console.ReadLine(); line != null && line != "end"; line = Console.ReadLine())
            {
                phase.Begin(line);
            }

            foreach (Viewer viewer in viewers)
            {
                viewer.Stop();
            }

            bool hasEnded = true;
            foreach (Thread thread in threads)
            {
                hasEnded &= thread.Join(5000);
            }

            GC.Collect(); // so that a task whose fault nobody saw shows itself
            GC.WaitForPendingFinalizers();
            Say(Report(viewers, phase, hasEnded));
            return 0;
        }

        /// <summary>Write a line at once; may be called on any thread.</summary>
        public static void Say(string line)
        {
            lock (Output)
            {
                Output.WriteLine(line);
                Output.Flush();
            }
        }

        private static string Report(List<Viewer> viewers, Phase phase, bool hasEnded)
        {
            JsonText json = new JsonText();
            json.Open('{').Key("ended").Bool(hasEnded).Key("exceptions").Open('[');
            foreach (string text in phase.Exceptions)
            {
                json.Text(text);
            }

            json.Close(']').Key("viewers").Open('[');
            foreach (Viewer viewer in viewers)
            {
                viewer.Write(json);
            }

            json.Close(']').Close('}');
            return json.ToString();
        }
    }
}
