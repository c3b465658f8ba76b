using Net2Secure.Routing.Caching.Tests.Storage;

namespace Net2Secure.Routing.Caching.Tests;

/// <summary>Runs the tests, or the process that some of them start and kill.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        if (args is [StoringProcess.Command, var folder]) return StoringProcess.RunAsync(folder);
        return args.Any(static arg => arg is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
